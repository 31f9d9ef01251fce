"""Steer a send that goes on in this process or another: pause, resume, cancel, undo, another rate.

What is asked is written into the store, where the process that sends reads it, within about a second. When no
process sends, what can be done at once is done here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from digest.errors import DigestError, Refused, Stale
from digest.models.edition import Edition, EditionState
from digest.models.mail import State
from digest.pipeline import handing_over
from digest.pipeline.naming import spelled
from digest.pipeline.progress import Counts
from digest.pipeline.project import Project
from digest.pipeline.recovering import recover
from digest.settings import Rate
from digest.store import editions, ledger, runs

CANCELLED = "cancelled by a person"
_LEFT = (State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNKNOWN, State.INTENT)


@dataclass(frozen=True, slots=True)
class Controlled:
    """What was asked of an edition's send. `running` says whether another process is at it and will follow within
    about a second; otherwise it is done. `words` say it to a person."""

    edition: str
    running: bool
    words: str
    counts: Counts


def pause(project: Project, edition_id: str) -> Controlled:
    """Hold an edition's send: what is planned stays planned, until `resume` or another send of it.

    Raises:
        Refused: it was never begun, or it is over.
    """
    edition, run = _begun(project, edition_id)
    with project.store.database.begin() as connection:
        runs.set_wish(connection, run, runs.PAUSE)
    return _said(project, edition, "pauses after the messages in flight", "is paused")


def resume(project: Project, edition_id: str) -> Controlled:
    """Take a pause back. A process that waits goes on; when there is none, the next `send --resume` does.

    Raises:
        Refused: it was never begun, or it is over.
    """
    edition, run = _begun(project, edition_id)
    with project.store.database.begin() as connection:
        if runs.wish_of(connection, run).word == runs.PAUSE:
            runs.set_wish(connection, run, runs.NO_WISH)
    later = f"may go on: digest send {spelled(edition_id)} --resume"
    return _said(project, edition, "goes on", later)


def set_rate(project: Project, edition_id: str, rate: Rate | None) -> Controlled:
    """Another rate for an edition's send, also when it is resumed later; None: as the settings have it.

    Raises:
        Refused: it was never begun, or it is over.
    """
    edition, run = _begun(project, edition_id)
    with project.store.database.begin() as connection:
        runs.set_rate(connection, run, rate.text if rate else None)
    words = f"goes on at {rate.text}" if rate else "goes on at the rate of the settings"
    return _said(project, edition, words, words)


def cancel(project: Project, edition_id: str, *, sleep: Callable[[float], None] = time.sleep) -> Controlled:
    """Send no more of an edition, ever: all that is planned or deferred becomes cancelled, and what was handed over
    to a provider for later is called back.

    Raises:
        Refused: it is over already, and not by having been cancelled; or it is too late to call anything back.
        SendError: the provider did not confirm; what it keeps is in doubt now.
        CredentialsError, Stopped: the provider could not be asked to call anything back.
    """
    edition = _edition(project, edition_id)
    lying = handing_over.lying(project, edition.id)
    if edition.state is EditionState.CANCELLED and not lying:
        return _said(project, edition, "", "was cancelled already")
    if edition.state.over and not lying:
        raise Refused(f"{edition.id} is {edition.state.value}: there is nothing left to cancel")
    with project.store.database.begin() as connection:
        run = ledger.last_run(connection, edition.id)
        if run is not None:
            runs.set_wish(connection, run.id, runs.CANCEL)
    try:
        with project.store.database.lock(f"send {edition.id}", f"sending {edition.id}"):
            recover(project, edition)
            if edition.state.over:
                # All of it is with the provider: when that sends it all the same, nothing was cancelled.
                called_back = handing_over.call_back(project, edition.id, sleep=sleep)
                _close(project, edition.id)
            else:
                _close(project, edition.id)
                called_back = handing_over.call_back(project, edition.id, sleep=sleep)
    except Stale:
        return _said(project, edition, "is being cancelled: the messages in flight are the last", "", running=True)
    called_back.demand_certain(edition.id)
    words = f"is cancelled: {called_back.certain:,} were called back before their hour" if called_back.certain else ""
    return _said(project, edition, "", words or "is cancelled", running=False)


def cancel_now(project: Project, edition_id: str) -> int:
    """Cancel what is left of an edition, and call back what a provider keeps; how many people get nothing. Call it
    under the edition's lock. Raises as `handing_over.call_back` and `Called.demand_certain`."""
    number = _close(project, edition_id)
    called_back = handing_over.call_back(project, edition_id)
    called_back.demand_certain(edition_id)
    return number + called_back.certain


def _close(project: Project, edition_id: str) -> int:
    now = project.now()
    with project.store.database.begin() as connection:
        number = ledger.close_out(connection, edition_id, State.CANCELLED, CANCELLED, now)
        editions.set_state(connection, edition_id, EditionState.CANCELLED, now)
        runs.schedule(connection, edition_id, None)
    return number


def undo(project: Project, edition_id: str) -> Controlled:
    """Take a send back of which nothing has left: within its countdown, or while it is scheduled. The edition can be
    worked on again.

    Raises:
        Refused: something has left (cancel stops the rest), or nothing was begun.
    """
    edition = _edition(project, edition_id)
    counts = _counts(project, edition_id)
    if counts.of(*_LEFT) or edition.state.over or edition.state is EditionState.SENDING:
        raise Refused(
            f"{edition.id}: the send has begun and cannot be taken back",
            hint=f"digest cancel {spelled(edition.id)} stops the rest",
        )
    with project.store.database.begin() as connection:
        run = ledger.last_run(connection, edition.id)
        if run is None or run.state not in (runs.WAITING, runs.PAUSED, "stopped"):
            raise Refused(f"{edition.id} is not about to be sent")
        runs.set_wish(connection, run.id, runs.UNDO)
    try:
        with project.store.database.lock(f"send {edition.id}", f"sending {edition.id}"):
            thaw(project, edition)
    except Stale:
        return _said(project, edition, "is taken back: nothing is sent", "", running=True)
    return _said(project, edition, "", "is taken back: nothing was sent", running=False)


def thaw(project: Project, edition: Edition) -> None:
    """Let an edition of which nothing has left be worked on again. Call it under its lock."""
    with project.store.database.begin() as connection:
        known = editions.load(connection, edition.id)
        approved = known is not None and bool(editions.approvers(connection, known))
        state = EditionState.APPROVED if approved else EditionState.CHECKED
        runs.thaw(connection, edition.id, state.value, approved=approved)


def paused(project: Project, edition_id: str) -> bool:
    """Whether a person (or the canary) paused this edition's send and nobody has taken that back."""
    with project.store.database.read() as connection:
        run = ledger.last_run(connection, edition_id)
    return run is not None and run.wish == runs.PAUSE


def running(project: Project, edition_id: str) -> bool:
    """Whether a process is sending this edition now, or counts down to it."""
    try:
        with project.store.database.lock(f"send {edition_id}", ""):
            return False
    except Stale:
        return True


def _edition(project: Project, edition_id: str) -> Edition:
    with project.store.database.read() as connection:
        edition = editions.load(connection, edition_id)
    if edition is None:
        raise Refused(f"{edition_id} has not been drafted", hint=f"digest send {spelled(edition_id)} --dry-run")
    return edition


def _begun(project: Project, edition_id: str) -> tuple[Edition, str]:
    """The edition and its newest run."""
    edition = _edition(project, edition_id)
    with project.store.database.read() as connection:
        run = ledger.last_run(connection, edition_id)
    if edition.state.over:
        raise Refused(f"{edition.id} is {edition.state.value}: nothing is being sent")
    if run is None or run.state == "undone":
        raise Refused(f"{edition.id} is not being sent", hint=f"digest send {spelled(edition_id)} begins it")
    return edition, str(run.id)


def _said(project: Project, edition: Edition, there: str, here: str, *, running: bool | None = None) -> Controlled:
    at_it = _is_running(project, edition.id) if running is None else running
    return Controlled(edition.id, at_it, f"{edition.id} {there if at_it else here}", _counts(project, edition.id))


def _is_running(project: Project, edition_id: str) -> bool:
    try:
        return running(project, edition_id)
    except DigestError:
        return False


def _counts(project: Project, edition_id: str) -> Counts:
    with project.store.database.read() as connection:
        return Counts(ledger.sums(connection, edition_id))
