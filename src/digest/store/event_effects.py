"""What events do to people: who is suppressed, whose subscription ends, and who was seen to read.

A hard bounce and a complaint suppress the address everywhere; three soft bounces within thirty days do, too. A
bounce that is about us (policy, content, size) suppresses nobody. Leaving ends the subscription, unless a later
consent renewed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from digest.audiences.words import email_key
from digest.models.mail import EVERY_DIGEST, Bounce, Event, EventKind
from digest.models.people import Consent
from digest.store.inserting import insert_into
from digest.store.preferences import about
from digest.store.schema import consents, deliveries, events, subscribers, subscriptions, suppressions
from digest.store.suppression import EVERYWHERE
from digest.tokens import address_hash

SOFT_LIMIT = 3
SOFT_WINDOW = 30 * 86400.0
HARD = "bounced"
SOFT = "bounced three times"
COMPLAINED = "complained"

_READING = frozenset({EventKind.OPENED, EventKind.CLICKED, EventKind.USEFUL, EventKind.NOT_USEFUL})


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of this store: what it is about (`whose`: a delivery, a letter, or a reader as `about` writes them),
    the address that was written to, and the ledger's row of a delivery. `proven` is as the store sees it."""

    event: Event
    whose: str
    subscriber: int
    email: str
    digest: str
    proven: bool
    row: Any = None
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """How many addresses were newly suppressed, subscriptions ended, and reports kept without an effect."""

    suppressed: int
    left: int
    unproven: int


def apply(connection: Connection, new: Sequence[Happened], suppression_key: bytes, now: datetime) -> Effects:
    """Let new events have their effects, in the caller's transaction."""
    listed: dict[tuple[int, str], str] = {}
    for happened in new:
        if not happened.proven:
            continue
        if happened.event.kind == EventKind.COMPLAINED:
            listed[happened.subscriber, happened.email] = COMPLAINED
        elif happened.event.kind == EventKind.BOUNCED and happened.event.bounce == Bounce.HARD:
            listed.setdefault((happened.subscriber, happened.email), HARD)
    for subscriber, email in _too_often(connection, new):
        listed.setdefault((subscriber, email), SOFT)
    _engage(connection, new)
    return Effects(
        _suppress(connection, listed, suppression_key, now),
        _leave(connection, new),
        sum(not happened.proven for happened in new),
    )


def _too_often(connection: Connection, new: Sequence[Happened]) -> list[tuple[int, str]]:
    """(subscriber, address) of those whose mail bounced softly in three deliveries within thirty days."""
    soft = [h for h in new if h.row is not None and _is_soft(h.event.kind, h.event.bounce)]
    if not soft:
        return []
    first = min(happened.event.at.timestamp() for happened in soft) - SOFT_WINDOW
    chosen = (
        select(deliveries.c.subscriber, deliveries.c.email, deliveries.c.id, events.c.at, events.c.doc)
        .join(events, events.c.delivery == deliveries.c.id)
        .where(
            deliveries.c.subscriber.in_(sorted({happened.subscriber for happened in soft})),
            events.c.kind == EventKind.BOUNCED.value,
            events.c.at >= first,
        )
        .order_by(events.c.at, events.c.id)
    )
    known: dict[tuple[int, str], list[tuple[float, str]]] = {}
    for subscriber, email, delivery, at, doc in connection.execute(chosen):
        if _is_soft(EventKind.BOUNCED, doc.get("bounce", "")):
            known.setdefault((subscriber, email), []).append((at, delivery))
    return [who for who, bounces in known.items() if _crowded(bounces)]


def _is_soft(kind: str, bounce: str) -> bool:
    return kind == EventKind.BOUNCED and bounce == Bounce.SOFT


def _crowded(bounces: Sequence[tuple[float, str]]) -> bool:
    """Whether some thirty days hold bounces of three deliveries; `bounces` are in the order of time."""
    start = 0
    for end in range(len(bounces)):
        while bounces[end][0] - bounces[start][0] > SOFT_WINDOW:
            start += 1
        if len({delivery for _, delivery in bounces[start : end + 1]}) >= SOFT_LIMIT:
            return True
    return False


def _suppress(
    connection: Connection, listed: dict[tuple[int, str], str], suppression_key: bytes, now: datetime
) -> int:
    if not listed:
        return 0
    forgotten = _forgotten(connection, {subscriber for subscriber, email in listed if not email})
    rows: dict[str, dict[str, Any]] = {}
    for (subscriber, email), reason in listed.items():
        try:
            key: str | None = email_key(email)
        except ValueError:
            key = None
        address = address_hash(suppression_key, key) if key else forgotten.get(subscriber)
        if address:
            values = {"address": address, "scope": EVERYWHERE, "email": key, "reason": reason}
            rows[address] = values | {"at": now.timestamp()}
    if not rows:
        return 0
    statement = insert_into(connection, suppressions).on_conflict_do_nothing(index_elements=["address", "scope"])
    ordered = [rows[address] for address in sorted(rows)]
    return len(connection.scalars(statement.returning(suppressions.c.address), ordered).all())


def _forgotten(connection: Connection, people: set[int]) -> dict[int, str]:
    """What is kept of the addresses of people who were forgotten."""
    if not people:
        return {}
    chosen = select(subscribers.c.id, subscribers.c.forgotten).where(
        subscribers.c.id.in_(people), subscribers.c.forgotten.is_not(None)
    )
    return dict(connection.execute(chosen).all())


def _leave(connection: Connection, new: Iterable[Happened]) -> int:
    leaving: dict[tuple[int, str], float] = {}
    for happened in new:
        if happened.event.kind == EventKind.LEFT and happened.proven and happened.subscriber:
            who = (happened.subscriber, happened.digest or EVERY_DIGEST)
            leaving[who] = max(leaving.get(who, 0.0), happened.event.at.timestamp())
    ended = 0
    for (subscriber, digest), at in sorted(leaving.items()):
        if _came_back(connection, subscriber, digest, at):
            continue
        renewed = exists().where(consents.c.id == subscriptions.c.consent, consents.c.at > at)
        held = and_(subscriptions.c.subscriber == subscriber, subscriptions.c.state != Consent.LEFT.value, ~renewed)
        if digest != EVERY_DIGEST:
            held = and_(held, subscriptions.c.digest == digest)
        gone = update(subscriptions).where(held).values(state=Consent.LEFT.value, paused_until=None)
        ended += connection.execute(gone).rowcount
    return ended


def _came_back(connection: Connection, subscriber: int, digest: str, at: float) -> bool:
    """Whether a reader undid their leaving later than that: such an event only came late."""
    chosen = select(events.c.doc).where(
        events.c.delivery == about(subscriber), events.c.kind == EventKind.RETURNED.value, events.c.at > at
    )
    return any(digest in (EVERY_DIGEST, doc.get("digest")) for doc in connection.scalars(chosen))


def _engage(connection: Connection, new: Iterable[Happened]) -> None:
    """Note when readers last read: what a person did counts, what a program did on its own does not."""
    latest: dict[int, float] = {}
    for happened in new:
        if happened.event.kind in _READING and not happened.event.machine and happened.subscriber:
            at = happened.event.at.timestamp()
            latest[happened.subscriber] = max(latest.get(happened.subscriber, at), at)
    if latest:
        newer = or_(subscribers.c.engaged.is_(None), subscribers.c.engaged < bindparam("its_at"))
        statement = update(subscribers).where(subscribers.c.id == bindparam("its"), newer)
        rows = [{"its": subscriber, "its_at": latest[subscriber]} for subscriber in sorted(latest)]
        connection.execute(statement.values(engaged=bindparam("its_at")), rows)
