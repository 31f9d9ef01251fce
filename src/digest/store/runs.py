"""Runs: each start of sending an edition, and what people ask of it while it goes on: pause, cancel, undo, a rate.

A wish is a word in the run's row. The process that sends reads it between and inside its windows; one that died
leaves it behind, so that nobody goes on with a paused send by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from digest.store.schema import editions, runs

RUNNING, WAITING, PAUSED, REFUSED = "running", "waiting", "paused", "refused"
NO_WISH, PAUSE, CANCEL, UNDO = "", "pause", "cancel", "undo"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked of a run: a word (`pause`, `cancel`, `undo`, or nothing), and the rate as it was written."""

    word: str = NO_WISH
    rate: str | None = None


def open_run(
    connection: Connection,
    edition: str,
    transport: str,
    options: Mapping[str, Any],
    now: datetime,
    state: str = RUNNING,
) -> str:
    """Write down that a run started; its id. Call it under the lock. A rate that was asked of the run before it
    holds on."""
    before = last_run(connection, edition)
    number = connection.scalar(select(func.count()).select_from(runs).where(runs.c.edition == edition)) or 0
    run = f"{edition.replace('/', '-')}-r{number + 1}"
    values = {"id": run, "edition": edition, "transport": transport, "state": state, "planned": 0}
    rate = before.rate if before is not None else None
    connection.execute(insert(runs).values(**values, started=now.timestamp(), options=dict(options), rate=rate))
    return run


def set_run_state(connection: Connection, run: str, state: str) -> None:
    """Write down what a run does now: `waiting`, `running` or `paused`."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished=None))


def close_run(connection: Connection, run: str, state: str, now: datetime) -> None:
    """Write down how a run ended: `finished`, `stopped`, `paused`, `refused` (by its first messages), `cancelled` or
    `undone`."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished=now.timestamp()))


def last_run(connection: Connection, edition: str) -> Any | None:
    """The newest run of an edition."""
    # The number of a run is the end of its id; shorter ids are smaller numbers.
    newest = (func.length(runs.c.id).desc(), runs.c.id.desc())
    return connection.execute(select(runs).where(runs.c.edition == edition).order_by(*newest).limit(1)).first()


def transport_of(connection: Connection, run: str) -> str:
    """Through what a run sends; empty when there is no such run."""
    return str(connection.scalar(select(runs.c.transport).where(runs.c.id == run)) or "")


def ever(connection: Connection, edition: str, state: str) -> bool:
    """Whether any run of an edition ended so."""
    chosen = select(func.count()).where(runs.c.edition == edition, runs.c.state == state)
    return bool(connection.scalar(chosen))


def first_started(connection: Connection, edition: str) -> datetime | None:
    """When the first run of an edition started."""
    began = connection.scalar(select(func.min(runs.c.started)).where(runs.c.edition == edition))
    return None if began is None else datetime.fromtimestamp(began, UTC)


def wish_of(connection: Connection, run: str) -> Wish:
    """What is asked of a run now."""
    row = connection.execute(select(runs.c.wish, runs.c.rate).where(runs.c.id == run)).first()
    return Wish(row.wish, row.rate) if row else Wish()


def set_wish(connection: Connection, run: str, word: str) -> None:
    """Ask a run to pause, cancel or undo; nothing takes a pause back."""
    connection.execute(update(runs).where(runs.c.id == run).values(wish=word))


def set_rate(connection: Connection, run: str, rate: str | None) -> None:
    """Ask a run for another rate; None: as the settings have it."""
    connection.execute(update(runs).where(runs.c.id == run).values(rate=rate))


def schedule(connection: Connection, edition: str, at: datetime | None) -> None:
    """Write down when an edition is to be sent; None: at no set time."""
    moment = None if at is None else at.timestamp()
    connection.execute(update(editions).where(editions.c.id == edition).values(send_at=moment))


def scheduled_at(connection: Connection, edition: str) -> datetime | None:
    """When an edition is to be sent, None when no time was set."""
    at = connection.scalar(select(editions.c.send_at).where(editions.c.id == edition))
    return None if at is None else datetime.fromtimestamp(at, UTC)


def thaw(connection: Connection, edition: str, state: str, *, approved: bool) -> None:
    """Let an edition of which nothing has left be worked on again, without a time to be sent at. What was approved
    stays frozen as it was approved."""
    values: dict[str, Any] = {"send_at": None, "state": state} | ({} if approved else {"frozen_at": None})
    connection.execute(update(editions).where(editions.c.id == edition).values(**values))
