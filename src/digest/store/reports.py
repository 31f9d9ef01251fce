"""What an edition's ledger and events add up to, counted by the database: nothing here grows with recipients."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select

from digest.models.mail import Outcome, State
from digest.store.schema import deliveries, events, stories

MOST_DOMAINS = 50
MOST_LINKS = 200
OTHERS = "(others)"


class DomainSums(NamedTuple):
    """One recipients' domain: how many messages, in which states, and what was heard of them later."""

    domain: str
    total: int
    accepted: int
    deferred: int
    rejected: int
    unknown: int
    delivered: int
    bounced: int
    complained: int


class LinkSums(NamedTuple):
    """One link: how many readers clicked it, as people do (`human`) and as programs do (`scanner`)."""

    url: str
    story: str
    title: str
    human: int
    scanner: int


def domains(connection: Connection, edition: str, most: int = MOST_DOMAINS) -> list[DomainSums]:
    """The largest domains, and all others as one row named `(others)`."""
    sums: tuple[ColumnElement[int], ...] = (
        func.count().label("total"),
        *(_number(deliveries.c.state == state.value) for state in _STATES),
        *(_number(deliveries.c.outcome == outcome.value) for outcome in Outcome),
    )
    mine = deliveries.c.edition == edition
    grouped = (
        select(deliveries.c.domain, *sums)
        .where(mine)
        .group_by(deliveries.c.domain)
        .order_by(func.count().desc(), deliveries.c.domain)
        .limit(most + 1)
    )
    found = [DomainSums(*row) for row in connection.execute(grouped)]
    if len(found) <= most:
        return found
    shown = found[:most]
    whole = connection.execute(select(*sums).where(mine)).one()
    rest: list[int] = [total - sum(int(row[i]) for row in shown) for i, total in enumerate(whole, start=1)]
    return [*shown, DomainSums(OTHERS, *rest)]


_STATES = (State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNKNOWN)


def settled_since(connection: Connection, edition: str, since: float) -> int:
    """How many messages came to an end since a moment (seconds since 1970)."""
    still = ("planned", "claimed", "intent", "deferred")
    chosen = select(func.count()).where(
        deliveries.c.edition == edition, deliveries.c.state.not_in(still), deliveries.c.changed >= since
    )
    return connection.scalar(chosen) or 0


def outcomes(connection: Connection, edition: str) -> dict[str, int]:
    """How many messages were delivered, bounced or complained about, as far as we were told."""
    chosen = (
        select(deliveries.c.outcome, func.count())
        .where(deliveries.c.edition == edition, deliveries.c.outcome.is_not(None))
        .group_by(deliveries.c.outcome)
        .order_by(deliveries.c.outcome)
    )
    return dict(connection.execute(chosen).all())


def readers_by_event(connection: Connection, edition: str) -> dict[str, int]:
    """How many readers each kind of event is known of."""
    chosen = (
        select(events.c.kind, func.count(events.c.delivery.distinct()))
        .select_from(deliveries.join(events, events.c.delivery == deliveries.c.id))
        .where(deliveries.c.edition == edition)
        .group_by(events.c.kind)
        .order_by(events.c.kind)
    )
    return dict(connection.execute(chosen).all())


def links(connection: Connection, edition: str, most: int = MOST_LINKS) -> list[LinkSums]:
    """The links that were clicked, those most clicked by people first."""
    url, story = events.c.doc["url"].as_string(), events.c.doc["story"].as_string()
    scanned = events.c.doc["likely"].as_string() == "scanner"
    clicks = (
        select(
            func.coalesce(url, "").label("url"),
            func.coalesce(story, "").label("story"),
            case((scanned, 1), else_=0).label("scanned"),
            events.c.delivery.label("delivery"),
        )
        .select_from(deliveries.join(events, events.c.delivery == deliveries.c.id))
        .where(deliveries.c.edition == edition, events.c.kind == "clicked")
        .distinct()
        .subquery()
    )
    human, scanner = _number(clicks.c.scanned == 0), _number(clicks.c.scanned == 1)
    chosen = (
        select(clicks.c.url, clicks.c.story, human.label("human"), scanner.label("scanner"))
        .group_by(clicks.c.url, clicks.c.story)
        .order_by(human.desc(), scanner.desc(), clicks.c.url, clicks.c.story)
        .limit(most)
    )
    rows = connection.execute(chosen).all()
    wanted = {row.story for row in rows if row.story}
    titles: dict[str, Any] = {}
    if wanted:
        named = select(stories.c.id, stories.c.title).where(stories.c.id.in_(sorted(wanted)))
        titles = dict(connection.execute(named).all())
    return [LinkSums(row.url, row.story, titles.get(row.story, ""), row.human, row.scanner) for row in rows]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
