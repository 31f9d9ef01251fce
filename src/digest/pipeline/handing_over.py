"""Mail given to a provider before its hour, when a person asked for that; and calling it back.

Waiting on this machine is the rule, because whoever withdraws meanwhile is then left out. A provider that has the
mail sends it to them all the same, so nothing is handed over unless it was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.errors import DigestError, Refused, SendError, UsageError
from digest.models.edition import Edition
from digest.models.mail import State
from digest.pipeline.naming import spelled
from digest.pipeline.options import Options
from digest.pipeline.pacing import Pacing
from digest.pipeline.project import Project
from digest.pipeline.transport import open_transport
from digest.send import Keeping, Sender
from digest.store import handed_over, ledger, runs
from digest.store.handed_over import HandedOver

CALLED_BACK = "called back before its hour"
IN_DOUBT = "called back, but the provider did not confirm it"


@dataclass(frozen=True, slots=True)
class Later:
    """For when mail is handed over; under a batch id where a run before began it."""

    at: datetime
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """How many messages were called back: that are `certain` to be thrown away, and that are `doubtful`."""

    certain: int = 0
    doubtful: int = 0

    def demand_certain(self, edition_id: str) -> None:
        """Raises:
        SendError: the provider did not confirm it for all.
        """
        if self.doubtful:
            raise SendError(
                f"{edition_id} is cancelled, but the provider did not confirm that it throws {self.doubtful:,} "
                "messages away: they may go out at their hour",
                hint=f"ask it again: digest cancel {spelled(edition_id)} --yes",
            )


def planned(
    project: Project, edition: Edition, sender: Sender, options: Options, at: datetime | None
) -> Later | None:
    """Whether and for when a send hands its mail over: because that was asked, or because the send that it goes on
    with did and the hour is still to come.

    Raises:
        UsageError: this transport keeps no mail, or not until then.
        Refused: nothing may leave at that hour.
    """
    begun = lying(project, edition.id)
    if not options.hand_over:
        # An hour that was said since, or now, is waited for here.
        if at or options.at or not begun or not isinstance(sender, Keeping):
            return None
        return Later(begun[-1].at, begun[-1].batch)
    if not isinstance(sender, Keeping):
        raise UsageError(f"the transport {sender.name} keeps no mail until a time", where="--hand-over")
    if at is None:
        raise UsageError("there is no time to hand over for", where="--hand-over", hint="say it with --at")
    known = next((one for one in reversed(begun) if one.at == at), None)
    if known is not None:
        return Later(at, known.batch)
    sender.demand_time(at)
    _demand_open(project, sender, at)
    return Later(at)


def through(project: Project, sender: Sender, run: str, later: Later) -> Sender:
    """The sender that hands over, with the id for it in the store.

    Raises:
        CredentialsError, Stopped, SendError: the provider gave no id. Nothing has left.
    """
    assert isinstance(sender, Keeping)
    try:
        batch = later.batch or sender.new_batch()
    except DigestError:
        with project.store.database.begin() as connection:
            ledger.close_run(connection, run, "stopped", project.now())
        raise
    with project.store.database.begin() as connection:
        handed_over.write(connection, run, batch, later.at)
    return sender.scheduled(later.at, batch)


def lying(project: Project, edition_id: str) -> tuple[HandedOver, ...]:
    """What was handed over of an edition, not called back, and is still before its hour; the newest last."""
    now = project.now()
    with project.store.database.read() as connection:
        found = handed_over.of(connection, edition_id)
    return tuple(one for one in found if one.at > now and not one.called_back)


def kept_until(project: Project, edition_id: str) -> tuple[int, datetime] | None:
    """(how many messages a provider keeps, the hour at which it sends them), None when it keeps none."""
    found = lying(project, edition_id)
    if not found:
        return None
    with project.store.database.read() as connection:
        number = handed_over.number(connection, edition_id, [one.run for one in found])
    return (number, found[-1].at.astimezone(project.zone)) if number else None


def call_back(project: Project, edition_id: str, *, sleep: Callable[[float], None] = time.sleep) -> Called:
    """Call back all that a provider still keeps of an edition. What it does not confirm is in doubt then, and can be
    called back again. Call it under the edition's lock.

    Raises:
        Refused: it is too late, so what was handed over is sent.
        CredentialsError, Stopped, SendError: the provider could not be asked.
    """
    found = lying(project, edition_id)
    certain = doubtful = 0
    for batch in dict.fromkeys(one.batch for one in found):
        mine = [one for one in found if one.batch == batch]
        sure = _ask(project, mine[-1], sleep)
        state, why = (State.CANCELLED, CALLED_BACK) if sure else (State.UNKNOWN, IN_DOUBT)
        with project.store.database.begin() as connection:
            number = handed_over.call_back(
                connection, edition_id, [one.run for one in mine], state, why, project.now()
            )
        certain, doubtful = certain + number * sure, doubtful + number * (not sure)
    return Called(certain, doubtful)


def _ask(project: Project, one: HandedOver, sleep: Callable[[float], None]) -> bool:
    with project.store.database.read() as connection:
        transport = runs.transport_of(connection, one.run)
    opened = open_transport(project, transport)
    if not isinstance(opened, Keeping):
        raise Refused(f"the transport {transport} cannot call mail back")
    with opened as sender:
        return sender.call_back(one.batch, one.at, sleep)


def _demand_open(project: Project, sender: Sender, at: datetime) -> None:
    """Refuses when the quiet hours hold at that hour: the provider knows nothing of them."""
    pacing = Pacing(project, leaves=sender.leaves, rate=None)
    with project.store.database.read() as connection:
        closed = pacing.closed(connection, at)
    if closed is not None:
        raise Refused(f"nothing may leave at {at:%H:%M}: {closed.why}", where="[delivery.pacing]")
