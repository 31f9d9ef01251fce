"""Look at subscribers and their subscriptions: who there is, who a filter admits, and who would be left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from digest.models.people import Consent, Frequency, Subscriber, Subscription
from digest.store.joining import unfence
from digest.store.schema import subscribers, subscriptions, suppressions
from digest.store.suppression import EVERYWHERE, of

Page = list[tuple[Subscriber, tuple[Subscription, ...]]]


def overlaps(
    connection: Connection, digest: str, segments: Sequence[tuple[str, ColumnElement[bool]]]
) -> tuple[dict[str, int], dict[tuple[str, str], int], int]:
    """(people each segment takes, first match wins; people in both of a pair; active people in none)."""
    joined = subscribers.join(subscriptions, of(digest))
    taken: dict[str, int] = {}
    both: dict[tuple[str, str], int] = {}
    masks = [case((matching, 1), else_=0).label(f"s{i}") for i, (_, matching) in enumerate(segments)]
    grouped = select(*masks, func.count().label("n")).select_from(joined).where(_mailable()).group_by(*masks)
    nobody = 0
    for row in connection.execute(grouped):
        inside = [name for (name, _), hit in zip(segments, row[:-1], strict=True) if hit]
        if inside:
            taken[inside[0]] = taken.get(inside[0], 0) + row.n
        else:
            nobody += row.n
        for i, first in enumerate(inside):
            for second in inside[i + 1 :]:
                both[first, second] = both.get((first, second), 0) + row.n
    return {name: taken.get(name, 0) for name, _ in segments}, both, nobody


def count(connection: Connection, digest: str, matching: ColumnElement[bool]) -> int:
    """How many people with an active subscription to a digest a condition admits; nobody is loaded."""
    joined = subscribers.join(subscriptions, of(digest))
    chosen = select(func.count()).select_from(joined).where(_mailable(), matching)
    return connection.scalar(chosen) or 0


def left_out(connection: Connection, digest: str) -> dict[str, int]:
    """How many subscriptions of a digest are not mailed, by state; and how many active people are suppressed."""
    grouped = (
        select(subscriptions.c.state, func.count())
        .where(subscriptions.c.digest == digest, subscriptions.c.state != Consent.ACTIVE.value)
        .group_by(subscriptions.c.state)
    )
    counted: dict[str, int] = dict(connection.execute(grouped).all())
    listed = select(suppressions.c.email).where(suppressions.c.scope.in_([EVERYWHERE, digest]))
    joined = subscribers.join(subscriptions, of(digest))
    hit = select(func.count()).select_from(joined).where(_mailable(), subscribers.c.email_key.in_(listed))
    suppressed = connection.scalar(hit) or 0
    return counted | ({"suppressed": suppressed} if suppressed else {})


def listing(
    connection: Connection,
    matching: ColumnElement[bool] | None = None,
    digest: str | None = None,
    limit: int | None = None,
) -> Iterator[tuple[Subscriber, tuple[Subscription, ...]]]:
    """People and their subscriptions, by number."""
    given = 0
    for page in pages(connection, matching, digest, 1000):
        for one in page:
            if limit is not None and given >= limit:
                return
            given += 1
            yield one


def pages(
    connection: Connection, matching: ColumnElement[bool] | None, digest: str | None, size: int
) -> Iterator[Page]:
    """The same in pages of `size`, each asked for by itself: no driver is left to hold a million rows at once."""
    chosen = select(subscribers).where(subscribers.c.email.is_not(None)).order_by(subscribers.c.id).limit(size)
    if matching is not None and digest is not None:
        chosen = chosen.join(subscriptions, of(digest)).where(matching)
    last = 0
    while rows := connection.execute(chosen.where(subscribers.c.id > last)).all():
        last = rows[-1].id
        held: dict[int, list[Subscription]] = {}
        some = select(subscriptions).where(subscriptions.c.subscriber.in_([row.id for row in rows]))
        for row in connection.execute(some.order_by(subscriptions.c.subscriber, subscriptions.c.digest)):
            held.setdefault(row.subscriber, []).append(_subscription(row))
        yield [(_person(row), tuple(held.get(row.id, ()))) for row in rows]


def keys_of(connection: Connection, page: Page) -> Iterator[tuple[int, str]]:
    """(number, normalised address) of the people of a page."""
    chosen = select(subscribers.c.id, subscribers.c.email_key).where(
        subscribers.c.id.in_([person.id for person, _ in page]), subscribers.c.email_key.is_not(None)
    )
    for row in connection.execute(chosen):
        yield row.id, row.email_key


def subscriptions_of(connection: Connection, subscriber: int) -> tuple[Subscription, ...]:
    """Everything that a person gets, or got before they left."""
    chosen = select(subscriptions).where(subscriptions.c.subscriber == subscriber).order_by(subscriptions.c.digest)
    return tuple(_subscription(row) for row in connection.execute(chosen))


def find(connection: Connection, key: str) -> Subscriber | None:
    """The person with this normalised address."""
    row = connection.execute(select(subscribers).where(subscribers.c.email_key == key)).first()
    return _person(row) if row else None


def by_number(connection: Connection, subscriber: int) -> Subscriber | None:
    """The person with this number; None when there is none, or they were forgotten."""
    row = connection.execute(select(subscribers).where(subscribers.c.id == subscriber)).first()
    return _person(row) if row is not None and row.email_key is not None else None


def subscription(connection: Connection, subscriber: int, digest: str) -> Subscription | None:
    """One person's subscription to one digest."""
    chosen = select(subscriptions).where(subscriptions.c.subscriber == subscriber, subscriptions.c.digest == digest)
    row = connection.execute(chosen).first()
    return _subscription(row) if row else None


def _mailable() -> ColumnElement[bool]:
    return and_(subscribers.c.email.is_not(None), subscriptions.c.state == Consent.ACTIVE.value)


def _person(row: Any) -> Subscriber:
    return Subscriber(
        row.id,
        row.email,
        row.name,
        row.language or "",
        row.timezone or "",
        dict(row.attributes),
        unfence(row.tags),
        datetime.fromtimestamp(row.joined, UTC),
        None if row.engaged is None else datetime.fromtimestamp(row.engaged, UTC),
        row.plain,
    )


def _subscription(row: Any) -> Subscription:
    return Subscription(
        row.subscriber,
        row.digest,
        Consent(row.state),
        Frequency(row.frequency),
        unfence(row.topics),
        None if row.paused_until is None else datetime.fromtimestamp(row.paused_until, UTC),
        row.consent,
        datetime.fromtimestamp(row.since, UTC),
    )
