"""What an edition's ledger and events add up to, counted by the database: nothing here grows with recipients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select

from digest.models.mail import Outcome, State
from digest.store.links import NAME as LINKS
from digest.store.remembered import recall
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
    # Our own pages know a link by its short id, a provider by its address.
    doc = events.c.doc
    link = func.coalesce(doc["link"].as_string(), doc["url"].as_string(), "")
    scanned = func.coalesce(doc["machine"].as_boolean(), False) | (
        func.coalesce(doc["likely"].as_string(), "") == "scanner"
    )
    clicks = (
        select(
            link.label("link"),
            func.coalesce(doc["story"].as_string(), "").label("story"),
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
        select(clicks.c.link, clicks.c.story, human.label("human"), scanner.label("scanner"))
        .group_by(clicks.c.link, clicks.c.story)
        .order_by(human.desc(), scanner.desc(), clicks.c.link, clicks.c.story)
        .limit(most)
    )
    leads = recall(connection, edition, LINKS) or {}
    rows = [(leads.get(row.link, row.link), row) for row in connection.execute(chosen)]
    by_id, by_url = _stories(connection, [row.story for _, row in rows], [_bare(url) for url, _ in rows])
    return [
        LinkSums(url, story, by_id.get(story, ""), row.human, row.scanner)
        for url, row in rows
        for story in [row.story or by_url.get(_bare(url), "")]
    ]


def _bare(url: str) -> str:
    """An address without what our links add to it."""
    return url.partition("?")[0]


def _stories(
    connection: Connection, ids: Sequence[str], urls: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Titles by id, and ids by address, of the stories that have one of these."""
    named = select(stories.c.id, stories.c.title, stories.c.url).where(
        stories.c.id.in_(sorted(set(ids))) | stories.c.url.in_(sorted(set(urls)))
    )
    rows = connection.execute(named).all()
    return {row.id: row.title for row in rows}, {row.url: row.id for row in rows if row.url}


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
