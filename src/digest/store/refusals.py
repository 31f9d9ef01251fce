"""Addresses that a mail server refused while we sent: what a sender wrote down about them, as events."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, String, cast, literal, or_, select

from digest.models.mail import Bounce, Event, EventKind, State
from digest.store.schema import deliveries, editions, events

# How senders begin the reason of a refusal that says something against the address.
WORDS = {"hard bounce": Bounce.HARD, "soft bounce": Bounce.SOFT}


def unheard(connection: Connection, since: datetime, limit: int) -> tuple[Event, ...]:
    """Refusals of editions cut after `since` that no event was made of, as events; at most so many."""
    key = literal("refused:") + cast(deliveries.c.id, String)
    heard = select(events.c.id).where(events.c.id == key).exists()
    chosen = (
        select(deliveries.c.id, deliveries.c.reason, deliveries.c.changed)
        .join(editions, editions.c.id == deliveries.c.edition)
        .where(
            editions.c.cut >= since.timestamp(),
            deliveries.c.state == State.REJECTED.value,
            or_(*(deliveries.c.reason.startswith(word) for word in WORDS)),
            ~heard,
        )
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    return tuple(
        Event(
            f"refused:{row.id}",
            row.id,
            EventKind.BOUNCED,
            datetime.fromtimestamp(row.changed, UTC),
            row.reason,
            bounce=next(bounce for word, bounce in WORDS.items() if row.reason.startswith(word)),
        )
        for row in connection.execute(chosen)
    )
