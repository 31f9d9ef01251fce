"""Watch a send from outside: how far it is, how fast, what it was asked for, and which answers never came; and
decide, person by person, what is to become of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.errors import Refused, UsageError
from digest.models.edition import Edition
from digest.models.mail import State
from digest.pipeline.control import running
from digest.pipeline.naming import Identity
from digest.pipeline.progress import Counts
from digest.pipeline.project import Project
from digest.store import editions, ledger, pulse, runs
from digest.store.pulse import Doubt

MOST_DOUBTS = 100
MEASURED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A send as it stands now.

    `running` says whether a process is at it; `run` is the state of its newest run (empty: never begun), `wish` what
    was asked of that, `asked_rate` the rate that was. `rate` is in messages a second over the last minute,
    `left_seconds` what is left at that rate. `due` is when the next message is to be tried, `at` when the whole is
    to begin.
    """

    edition: Edition | None
    counts: Counts
    running: bool
    run: str = ""
    wish: str = ""
    asked_rate: str = ""
    transport: str = ""
    started: datetime | None = None
    rate: float = 0.0
    left_seconds: float | None = None
    due: datetime | None = None
    at: datetime | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether anything of it was ever begun that was not taken back."""
        return self.run not in ("", "undone")

    @property
    def paused(self) -> bool:
        """Whether a person, or its own caution, holds it."""
        return self.wish == runs.PAUSE or self.run == runs.PAUSED


def watch(project: Project, identity: Identity, *, here: bool = False) -> Watched:
    """The send of an edition now; nothing is written. `here` says that it is known to go on in this process, so that
    nobody needs to try its lock."""
    now = project.now()
    at_it = here or running(project, identity.id)
    with project.store.database.read() as connection:
        edition = editions.load(connection, identity.id)
        counts = Counts(ledger.sums(connection, identity.id))
        run = ledger.last_run(connection, identity.id)
        if run is None:
            return Watched(edition, counts, at_it, at=runs.scheduled_at(connection, identity.id))
        started = datetime.fromtimestamp(run.started, project.zone)
        window = max(started, now - MEASURED)
        tried = pulse.settled(connection, identity.id, window) if at_it else 0
        due = ledger.next_due(connection, identity.id)
        at = runs.scheduled_at(connection, identity.id)
        doubts = pulse.doubts(connection, identity.id, MOST_DOUBTS)
    span = (now - window).total_seconds()
    rate = tried / span if span > 0 else 0.0
    return Watched(
        edition,
        counts,
        at_it,
        str(run.state),
        str(run.wish),
        str(run.rate or ""),
        str(run.transport),
        started,
        rate,
        counts.remaining / rate if rate > 0 and counts.remaining else None,
        due.astimezone(project.zone) if due else None,
        at.astimezone(project.zone) if at else None,
        doubts,
    )


def send_again(project: Project, identity: Identity, keys: Sequence[str], by: str) -> int:
    """Plan messages without an answer again, since a person says so: whoever got one gets it twice. How many.

    Raises:
        UsageError: none is named.
        Refused: they have had their answer by now.
        Stale: the edition is being sent; it must end or pause first.
    """
    return _decided(project, identity, keys, State.PLANNED, f"sent again, said {by}")


def take_as_arrived(project: Project, identity: Identity, keys: Sequence[str], by: str) -> int:
    """Count messages without an answer as accepted, since a person knows; raises as `send_again`."""
    return _decided(project, identity, keys, State.ACCEPTED, f"it arrived, said {by}")


def _decided(project: Project, identity: Identity, keys: Sequence[str], state: State, reason: str) -> int:
    if not keys:
        raise UsageError("say for whom")
    database = project.store.database
    with database.lock(f"send {identity.id}", f"sending {identity.id}"), database.begin() as connection:
        done = pulse.decide(connection, identity.id, keys, state, reason, project.now())
    if not done:
        raise Refused("there is an answer by now: look again")
    return done
