"""Take people in: a batch of them in a few statements, never undoing what a reader decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from digest.models.people import Consent, Subscription
from digest.store.schema import consents, subscribers, subscriptions
from digest.store.suppression import suppress


@dataclass(frozen=True, slots=True)
class Joining:
    """A person as they come in: `key` is the normalised address that identifies them. None keeps what is known.
    The subscriptions say nothing yet about whose they are: their `subscriber` is 0."""

    email: str
    key: str
    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    joined: datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()
    consent: str = ""
    suppressed: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a batch. `kept_out` are people who had left or are suppressed, and stay so."""

    new: int
    known: int
    kept_out: int
    suppressed: int


def fence(words: Iterable[str]) -> str:
    """A set of short words as it is stored: `,world,business,`."""
    inner = ",".join(dict.fromkeys(word.lower() for word in words))
    return f",{inner}," if inner else ","


def unfence(text: str) -> tuple[str, ...]:
    """The words that `fence` stored."""
    return tuple(word for word in text.split(",") if word)


def join(connection: Connection, batch: Sequence[Joining], suppression_key: bytes, now: datetime) -> Joined:
    """Take in a batch of people. Someone who left, or whose address is suppressed, is never made active again."""
    at = now.timestamp()
    people = {person.key: person for person in batch}
    before = _ids(connection, people)
    fresh = [person for key, person in people.items() if key not in before]
    if fresh:
        connection.execute(insert(subscribers), [_subscriber(person, at) for person in fresh])
    for key, subscriber in before.items():
        changes = _changes(people[key])
        if changes:
            connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(**changes))
    ids = _ids(connection, people)
    kept_out = _subscribe(connection, people, ids, before, at)
    listed = [person for person in people.values() if person.suppressed]
    for person in listed:
        suppress(connection, person.key, suppression_key, person.suppressed or "imported", now)
    return Joined(len(fresh), len(before), kept_out, len(listed))


def _subscribe(
    connection: Connection,
    people: Mapping[str, Joining],
    ids: Mapping[str, int],
    before: Mapping[str, int],
    at: float,
) -> int:
    left: set[tuple[int, str]] = set()
    if before:
        chosen = select(subscriptions.c.subscriber, subscriptions.c.digest).where(
            subscriptions.c.subscriber.in_(before.values()), subscriptions.c.state == Consent.LEFT.value
        )
        left = set(connection.execute(chosen))
    rows: list[dict[str, Any]] = []
    kept_out = 0
    for key, person in people.items():
        for wanted in person.subscriptions:
            if (ids[key], wanted.digest) in left and wanted.state is not Consent.LEFT:
                kept_out += 1
                continue
            rows.append(
                {
                    "subscriber": ids[key],
                    "digest": wanted.digest,
                    "state": wanted.state.value,
                    "frequency": wanted.frequency.value,
                    "topics": fence(wanted.topics),
                    "paused_until": wanted.paused_until.timestamp() if wanted.paused_until else None,
                    "since": person.joined.timestamp() if person.joined else at,
                }
            )
    if rows:
        make = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
        statement = make(subscriptions)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=["subscriber", "digest"],
            set_={
                "state": new.state,
                "frequency": new.frequency,
                "topics": new.topics,
                "paused_until": new.paused_until,
            },
        )
        connection.execute(statement, rows)
        _consent(connection, people, ids, before, at)
    return kept_out


def _consent(
    connection: Connection,
    people: Mapping[str, Joining],
    ids: Mapping[str, int],
    before: Mapping[str, int],
    at: float,
) -> None:
    rows = [
        {
            "subscriber": ids[key],
            "digest": wanted.digest,
            "at": person.joined.timestamp() if person.joined else at,
            "how": "import",
            "wording": person.consent,
            "version": "",
        }
        for key, person in people.items()
        if person.consent and key not in before
        for wanted in person.subscriptions
    ]
    if not rows:
        return
    connection.execute(insert(consents), rows)
    newest = (
        select(func.max(consents.c.id))
        .where(consents.c.subscriber == subscriptions.c.subscriber, consents.c.digest == subscriptions.c.digest)
        .scalar_subquery()
    )
    concerned = {row["subscriber"] for row in rows}
    connection.execute(update(subscriptions).where(subscriptions.c.subscriber.in_(concerned)).values(consent=newest))


def _ids(connection: Connection, people: Mapping[str, Joining]) -> dict[str, int]:
    keys = list(people)
    found: dict[str, int] = {}
    for start in range(0, len(keys), 500):
        part = select(subscribers.c.email_key, subscribers.c.id).where(
            subscribers.c.email_key.in_(keys[start : start + 500])
        )
        found.update(connection.execute(part).all())
    return found


def _subscriber(person: Joining, at: float) -> dict[str, Any]:
    return {
        "email": person.email,
        "email_key": person.key,
        "name": person.name or "",
        "language": (person.language or "").lower() or None,
        "timezone": person.timezone or None,
        "tags": fence(person.tags or ()),
        "attributes": dict(person.attributes),
        "joined": person.joined.timestamp() if person.joined else at,
    }


def _changes(person: Joining) -> dict[str, Any]:
    given = {
        "name": person.name or None,
        "language": (person.language or "").lower() or None,
        "timezone": person.timezone or None,
        "tags": None if person.tags is None else fence(person.tags),
        "attributes": dict(person.attributes) or None,
    }
    return {name: value for name, value in given.items() if value is not None}
