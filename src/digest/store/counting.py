"""What a ledger adds up to: totals by state, reasons, what is due next, and the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from digest.models.mail import State
from digest.store.schema import deliveries

HELD = "held"
DUE = (State.PLANNED.value, State.DEFERRED.value)


def totals(connection: Connection, edition: str) -> dict[str, dict[State, int]]:
    """How many rows each segment has in each state."""
    chosen = select(deliveries.c.segment, deliveries.c.state, func.count()).where(deliveries.c.edition == edition)
    counted: dict[str, dict[State, int]] = {}
    for segment, state, number in connection.execute(chosen.group_by(deliveries.c.segment, deliveries.c.state)):
        counted.setdefault(segment, {})[State(state)] = number
    return counted


def sums(connection: Connection, edition: str) -> dict[State, int]:
    """How many rows of an edition are in each state."""
    chosen = select(deliveries.c.state, func.count()).where(deliveries.c.edition == edition)
    return {State(state): number for state, number in connection.execute(chosen.group_by(deliveries.c.state))}


def reasons(connection: Connection, edition: str) -> list[tuple[State, str, int]]:
    """(state, reason, how many) of everything that has a reason, most first."""
    chosen = (
        select(deliveries.c.state, deliveries.c.reason, func.count().label("n"))
        .where(deliveries.c.edition == edition, deliveries.c.reason != "")
        .group_by(deliveries.c.state, deliveries.c.reason)
        .order_by(func.count().desc(), deliveries.c.reason)
    )
    return [(State(state), reason, number) for state, reason, number in connection.execute(chosen)]


def next_due(connection: Connection, edition: str) -> datetime | None:
    """When the next planned or deferred delivery is due; None when nothing is left to do."""
    chosen = select(func.min(deliveries.c.due)).where(deliveries.c.edition == edition, deliveries.c.state.in_(DUE))
    due = connection.scalar(chosen)
    return None if due is None else datetime.fromtimestamp(due, UTC)


def next_held(connection: Connection, edition: str) -> datetime | None:
    """When the next delivery is due that only waits for its turn at the pace; None when there is none."""
    chosen = select(func.min(deliveries.c.due)).where(
        deliveries.c.edition == edition,
        deliveries.c.state == State.PLANNED.value,
        deliveries.c.due > 0,
        deliveries.c.batch == HELD,
    )
    due = connection.scalar(chosen)
    return None if due is None else datetime.fromtimestamp(due, UTC)


def rows(connection: Connection, edition: str, states: Sequence[State] = (), limit: int | None = None) -> list[Any]:
    """Ledger rows of an edition, by subscriber."""
    chosen = select(deliveries).where(deliveries.c.edition == edition).order_by(deliveries.c.subscriber)
    if states:
        chosen = chosen.where(deliveries.c.state.in_([state.value for state in states]))
    return list(connection.execute(chosen.limit(limit) if limit else chosen))
