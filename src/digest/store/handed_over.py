"""What was handed over before its hour: which runs gave their mail to a provider that keeps it until then, and what
becomes of it when it is called back.

A run writes the provider's batch id into its row before its first message leaves. The people whom it wrote to are
those whom it claimed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update

from digest.models.mail import State
from digest.store.schema import deliveries, editions, runs, sent

_KEY = "handed_over"
_WITH_THEM = (State.ACCEPTED.value, State.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Mail that a provider keeps until `at`, under the id `batch`; `called_back` when it is certain to be thrown
    away."""

    run: str
    batch: str
    at: datetime
    called_back: bool = False


def write(connection: Connection, run: str, batch: str, at: datetime) -> None:
    """Write down under which id a run hands over, and for when. Must be committed before its first message leaves."""
    _change(connection, run, {"batch": batch, "at": at.timestamp(), "called_back": False})


def of(connection: Connection, edition: str) -> tuple[HandedOver, ...]:
    """Every hand-over of an edition, the newest run last."""
    in_order = (func.length(runs.c.id), runs.c.id)
    found = connection.execute(select(runs.c.id, runs.c.options).where(runs.c.edition == edition).order_by(*in_order))
    return tuple(_read(row) for row in found if _KEY in (row.options or {}))


def number(connection: Connection, edition: str, of_runs: Sequence[str]) -> int:
    """How many messages of these runs the provider has, or may have."""
    chosen = select(func.count()).where(*_theirs(edition, of_runs))
    return int(connection.scalar(chosen) or 0)


def call_back(
    connection: Connection, edition: str, of_runs: Sequence[str], state: State, why: str, at: datetime
) -> int:
    """Write down that what these runs handed over was called back: `cancelled` when that is certain, else `unknown`;
    how many messages that is. What the readers of a segment got is forgotten when none of them has it."""
    values = {"state": state.value, "reason": why, "changed": at.timestamp()}
    done = connection.execute(update(deliveries).where(*_theirs(edition, of_runs)).values(**values)).rowcount
    if state is State.CANCELLED:
        for run in of_runs:
            _change(connection, run, {"called_back": True})
        got = exists().where(
            deliveries.c.edition == edition,
            deliveries.c.segment == sent.c.audience,
            deliveries.c.state.in_(_WITH_THEM),
        )
        connection.execute(delete(sent).where(sent.c.edition == edition, ~got))
    return done


def waits(connection: Connection, subscriber: int, digest: str, now: datetime) -> bool:
    """Whether a message of a digest to this reader lies with a provider until its hour."""
    chosen = (
        select(runs.c.id, runs.c.options)
        .join(deliveries, deliveries.c.claimer == runs.c.id)
        .join(editions, editions.c.id == deliveries.c.edition)
        .where(
            deliveries.c.subscriber == subscriber,
            deliveries.c.state.in_(_WITH_THEM),
            editions.c.digest == digest,
            editions.c.send_by > now.timestamp(),
        )
    )
    found = [_read(row) for row in connection.execute(chosen) if _KEY in (row.options or {})]
    return any(one.at > now and not one.called_back for one in found)


def _theirs(edition: str, of_runs: Sequence[str]) -> tuple[Any, ...]:
    # What an event has told of is not with the provider any more.
    return (
        deliveries.c.edition == edition,
        deliveries.c.claimer.in_(of_runs),
        deliveries.c.state.in_(_WITH_THEM),
        deliveries.c.outcome.is_(None),
    )


def _change(connection: Connection, run: str, values: dict[str, Any]) -> None:
    options = dict(connection.scalar(select(runs.c.options).where(runs.c.id == run)) or {})
    options[_KEY] = dict(options.get(_KEY, {})) | values
    connection.execute(update(runs).where(runs.c.id == run).values(options=options))


def _read(row: Any) -> HandedOver:
    kept = row.options[_KEY]
    return HandedOver(row.id, kept["batch"], datetime.fromtimestamp(kept["at"], UTC), bool(kept["called_back"]))
