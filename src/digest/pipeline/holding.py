"""The time before the first message: an edition that waits for its hour, and the countdown in which it can be taken
back. Nothing has left yet, so both ways out leave nothing behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from digest.errors import Declined, Refused, Stopped
from digest.models.edition import Edition, EditionState
from digest.models.mail import State
from digest.pipeline.control import cancel_now, thaw
from digest.pipeline.naming import spelled
from digest.pipeline.progress import Counts, Event
from digest.pipeline.project import Project
from digest.pipeline.timing import LOOK, Time
from digest.store import editions, ledger, runs

NOTHING_LEFT = "taken back: nothing was sent"


def demand_in_time(project: Project, edition: Edition, at: datetime) -> None:
    """Raises:
    Refused: at that time the edition is old news.
    """
    if at >= edition.send_by:
        by = edition.send_by.astimezone(project.zone)
        raise Refused(
            f"{edition.id} is old news after {by:%d %b %H:%M}, so it cannot be sent at {at:%d %b %H:%M}",
            hint=f"set send_by of [digests.{edition.digest}], or choose an earlier time",
        )


def schedule(project: Project, edition: Edition, at: datetime) -> None:
    """Write down when a frozen edition is to be sent. Call it under its lock."""
    with project.store.database.begin() as connection:
        runs.schedule(connection, edition.id, at)
        editions.set_state(connection, edition.id, EditionState.SCHEDULED, project.now())


def until(
    project: Project,
    edition: Edition,
    run: str,
    at: datetime,
    *,
    wait: timedelta,
    stop: Callable[[], bool],
    clocks: Time,
) -> Iterator[Event]:
    """Returns when it is time. Call it under the edition's lock, with its run open.

    Raises:
        Stopped: it is later than `wait` allows to stay for, or this process was asked to stop; it stays scheduled.
        Declined: it was taken back, or cancelled.
    """
    words = f"{at.astimezone(project.zone):%d %b %H:%M}"
    begun = clocks.ticks()
    seconds = (at - project.now()).total_seconds()
    if seconds > 0:
        yield _event("scheduled", edition, run, words)
    while (seconds := (at - project.now()).total_seconds()) > 0:
        asked_to_stop = stop()
        if asked_to_stop or clocks.ticks() - begun + min(seconds, 1.0) > wait.total_seconds():
            _close(project, run, "stopped")
            raise Stopped(
                f"{edition.id} is scheduled for {words}",
                hint=f"`digest send {spelled(edition.id)} --resume` sends it at that time, or waits for it with a "
                f"longer --wait; `digest cancel {spelled(edition.id)}` stops it",
            )
        _look(project, edition, run, scheduled=True)
        clocks.sleep(min(seconds, LOOK))
    _look(project, edition, run, scheduled=True)


def countdown(
    project: Project, edition: Edition, run: str, span: timedelta, *, stop: Callable[[], bool], clocks: Time
) -> Iterator[Event]:
    """Count down, one event a second with the seconds that are left in its words. Call it under the edition's lock,
    with its run open, before the edition is frozen.

    Raises:
        Declined: it was taken back (by Ctrl-C too) or cancelled.
    """
    end = clocks.ticks() + span.total_seconds()
    shown = None
    while (left := end - clocks.ticks()) > 0:
        if stop():
            _close(project, run, "undone")
            raise Declined(f"{edition.id} {NOTHING_LEFT}")
        _look(project, edition, run, scheduled=False)
        if math.ceil(left) != shown:
            shown = math.ceil(left)
            yield _event("undo", edition, run, str(shown))
        clocks.sleep(min(left, LOOK))
    _look(project, edition, run, scheduled=False)


def _look(project: Project, edition: Edition, run: str, *, scheduled: bool) -> None:
    with project.store.database.read() as connection:
        word = runs.wish_of(connection, run).word
    if word == runs.UNDO:
        if scheduled:
            thaw(project, edition)
        _close(project, run, "undone")
        raise Declined(f"{edition.id} {NOTHING_LEFT}")
    if word == runs.CANCEL:
        cancel_now(project, edition.id)
        _close(project, run, "cancelled")
        raise Declined(f"{edition.id} is cancelled: nothing was sent")


def _close(project: Project, run: str, state: str) -> None:
    with project.store.database.begin() as connection:
        ledger.close_run(connection, run, state, project.now())


def _event(kind: str, edition: Edition, run: str, words: str) -> Event:
    return Event(kind, run, edition.id, Counts({State.PLANNED: 0}), words=words)
