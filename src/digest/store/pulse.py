"""How fast an edition's messages are being settled, and those of which nobody knows what became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select, update

from digest.models.mail import State
from digest.store.schema import deliveries

_TRIED = (State.ACCEPTED.value, State.REJECTED.value, State.UNKNOWN.value, State.DEFERRED.value)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message without an answer: whose, why, and since when."""

    id: str
    email: str
    name: str
    segment: str
    reason: str
    since: datetime


def settled(connection: Connection, edition: str, since: datetime) -> int:
    """How many messages of an edition were tried since then."""
    chosen = select(func.count()).where(
        deliveries.c.edition == edition,
        deliveries.c.state.in_(_TRIED),
        deliveries.c.changed > since.timestamp(),
    )
    return connection.scalar(chosen) or 0


def doubts(connection: Connection, edition: str, most: int) -> tuple[Doubt, ...]:
    """The messages without an answer, by subscriber."""
    chosen = (
        select(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state == State.UNKNOWN.value)
        .order_by(deliveries.c.subscriber)
        .limit(most)
    )
    return tuple(
        Doubt(row.id, row.email, row.name, row.segment, row.reason, datetime.fromtimestamp(row.changed, UTC))
        for row in connection.execute(chosen)
    )


def decide(
    connection: Connection, edition: str, keys: Sequence[str], state: State, reason: str, now: datetime
) -> int:
    """Give messages without an answer the state that a person decided on; how many were without one still."""
    done = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.edition == edition,
            deliveries.c.id.in_(keys),
            deliveries.c.state == State.UNKNOWN.value,
        )
        .values(state=state.value, reason=reason, due=0.0, changed=now.timestamp())
    )
    return done.rowcount
