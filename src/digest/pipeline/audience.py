"""Segments of people as conditions on the store, and who would get an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.audiences import parse
from digest.errors import ConfigError, UsageError
from digest.models.mail import Delivery
from digest.models.people import Consent, Recipient, Segment, Subscriber, Subscription
from digest.pipeline.project import Project
from digest.store import lookup, people, preferences, suppression
from digest.store.filters import compile as compile_filter

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


@dataclass(frozen=True, slots=True)
class Reach:
    """Who an edition reaches: people a segment takes (first match wins), pairs that overlap, people in none, and
    subscriptions that are not mailed, by state."""

    taken: Mapping[str, int]
    both: Mapping[tuple[str, str], int]
    nobody: int
    left_out: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.taken.values())


def matching(project: Project, segment: Segment, digest: str, now: datetime) -> ColumnElement[bool]:
    """The segment's filter as a condition over subscribers and their subscription to `digest`."""
    return compile_filter(parse(segment), digest=digest, now=now, zone=project.zone)


def takes(project: Project, digest: str, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Whom each segment takes, in order: those its filter admits and no segment before it does. A condition that is
    neither true nor false of a person (an empty field) admits nobody, so it takes nobody from later segments."""
    from sqlalchemy import and_, case, literal

    taken: dict[str, ColumnElement[bool]] = {}
    before: list[ColumnElement[bool]] = []
    for segment in project.segments(digest):
        admits = matching(project, segment, digest, now)
        taken[segment.name] = and_(admits, *before)
        before.append(case((admits, literal(1)), else_=literal(0)) == 0)
    return taken


def left_out(
    project: Project, connection: Connection, digest: str, claimed: Sequence[Recipient], now: datetime
) -> tuple[Delivery, ...]:
    """Those of the claimed whom this digest must not be written to after all, each with why; `store.suppression` has
    the rules. Whoever wants only big stories gets what is made with the template for one."""
    big = project.digest(digest).template == "breaking"
    return suppression.barred(connection, project.store.suppression_key, digest, claimed, day=now, big=big)


def reach(project: Project, digest: str) -> Reach:
    """Who the digest would reach now."""
    now = project.now()
    conditions = [(s.name, matching(project, s, digest, now)) for s in project.segments(digest)]
    with project.store.database.read() as connection:
        taken, both, nobody = people.overlaps(connection, digest, conditions)
        out = people.left_out(connection, digest)
    return Reach(taken, both, nobody, out)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one address stands for a digest: whether each segment admits them, which one takes them (empty: none),
    and why none does, in words."""

    admits: Mapping[str, bool]
    taken_by: str
    why_not: str = ""


def admitted(project: Project, name: str, digest: str) -> tuple[Segment, int]:
    """A segment, and how many readers of a digest who can be mailed now its filter admits.

    Raises:
        ConfigError: there is no such segment.
    """
    condition = condition_of(project, name, digest)
    with project.store.database.read() as connection:
        return project.audiences[name], people.count(connection, digest, condition)


def standing(project: Project, email: str, digest: str) -> Standing:
    """Where the reader with this address stands.

    Raises:
        UsageError: that is no address.
    """
    from digest.readers import BadAddress, normalise

    try:
        key = normalise(email).key
    except BadAddress as problem:
        raise UsageError(f'"{email}" is no address: {problem}') from problem
    now = project.now()
    conditions = {segment.name: matching(project, segment, digest, now) for segment in project.segments(digest)}
    takers = takes(project, digest, now)
    with project.store.database.read() as connection:
        person = people.find(connection, key)
        if person is None:
            return Standing(dict.fromkeys(conditions, False), "", "there is no reader with this address")
        admits = {
            name: preferences.admits(connection, person.id, digest, condition)
            for name, condition in conditions.items()
        }
        held = people.subscription(connection, person.id, digest)
        barred = suppression.of_address(connection, key, project.store.suppression_key)
        taken = lookup.taken_by(connection, person.id, digest, takers, now)
    listed = [bar.reason for bar in barred if bar.scope in (suppression.EVERYWHERE, digest)]
    if listed:
        return Standing(admits, "", f"the address is suppressed ({listed[0]})")
    if taken:
        return Standing(admits, taken[0])
    if held is None:
        return Standing(admits, "", "they have no subscription to it")
    why = "no audience of it admits them" if held.state is Consent.ACTIVE else f"their subscription is {held.state}"
    return Standing(admits, "", why)


def only_digest(project: Project, name: str | None) -> str:
    """The digest that is meant: the named one, else the only one there is.

    Raises:
        UsageError: there are several, and none is named.
        ConfigError: there is none of that name.
    """
    if name:
        project.digest(name)
        return name
    known = list(project.settings.digests)
    if len(known) > 1:
        raise UsageError("there are several digests", hint=f"say --digest with one of: {', '.join(known)}")
    return known[0]


def members(
    project: Project, segment: str | None, digest: str | None, limit: int | None
) -> Iterator[tuple[Subscriber, tuple[Subscription, ...]]]:
    """Everyone, or those whom a segment's filter admits, with what they get.

    Raises:
        ConfigError: there is no such segment.
    """
    condition = None
    if segment is not None:
        digest = only_digest(project, digest)
        condition = condition_of(project, segment, digest)
    with project.store.database.read() as connection:
        yield from people.listing(connection, condition, digest, limit)


def condition_of(project: Project, name: str, digest: str) -> ColumnElement[bool]:
    """Whom the named segment's filter admits now, as a condition.

    Raises:
        ConfigError: there is no such segment.
    """
    if name not in project.audiences:
        raise ConfigError(f'there is no audience "{name}"', hint=f"known: {', '.join(project.audiences)}")
    return matching(project, project.audiences[name], digest, project.now())
