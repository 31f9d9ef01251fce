"""The first messages of a send that leaves the machine: when too many of them are rejected, it pauses by itself."""

from __future__ import annotations

from digest.errors import Refused
from digest.models.mail import State
from digest.pipeline.naming import spelled
from digest.pipeline.progress import Counts
from digest.pipeline.project import Project
from digest.store import ledger, runs

TOO_MANY = 0.05
TRIED = (State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNKNOWN)


class Canary:
    """Counts the first messages of an edition, over all its runs. A person who goes on after the canary spoke has
    decided; it does not speak twice."""

    def __init__(self, project: Project, edition: str, run: str, *, leaves: bool, counts: Counts) -> None:
        with project.store.database.read() as connection:
            spoke = runs.ever(connection, edition, runs.REFUSED)
        self._project = project
        self._edition = edition
        self._run = run
        size = project.settings.delivery.canary if leaves and not spoke else 0
        self.left = max(size - counts.of(*TRIED), 0)
        self._open = self.left > 0
        self.refused = False

    def tried(self) -> None:
        """One more has its answer."""
        self.left = max(self.left - 1, 0)

    def judge(self, counts: Counts) -> None:
        """When all of the first have their answers, look at them.

        Raises:
            Refused: more than one in twenty was rejected. The send is paused, as if a person had said so.
        """
        if self.left or not self._open:
            return
        self._open = False
        tried, rejected = counts.of(*TRIED), counts.of(State.REJECTED)
        if rejected <= tried * TOO_MANY:
            return
        self.refused = True
        with self._project.store.database.begin() as connection:
            runs.set_wish(connection, self._run, runs.PAUSE)
            found = ledger.reasons(connection, self._edition)
        worst = next((reason for state, reason, _ in found if state is State.REJECTED), "no reason given")
        name = spelled(self._edition)
        raise Refused(
            f"{rejected:,} of the first {tried:,} messages were rejected: the send is paused",
            where=self._edition,
            hint=f"most often: {worst}\n  go on with `digest resume {name}`, or stop it with `digest cancel {name}`",
        )
