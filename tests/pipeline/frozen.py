"""An edition that is ready to be sent, made once and copied for each test; and the clocks of a send, held in hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from digest.clock import StillClock
from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message, State
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.founding import found
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.progress import Event
from digest.pipeline.project import Project, open_project
from digest.pipeline.timing import Time
from digest.send import MemorySender, Sender
from digest.settings import Pacing, load_settings
from digest.store import editions, ledger
from digest.store.schema import subscribers, subscriptions

MORNING = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
EDITION = "daily/2026-11-24"


def make(folder: Path) -> Path:
    """A publication whose edition of today is frozen."""
    clock = StillClock(MORNING)
    found(folder, clock, {})
    project = open_project(load_settings(folder, {}), clock, {})
    list(gather(project))
    freeze(project, build(project, draft(project, identify(project, "daily", sending=True))), MORNING)
    project.store.database.engine.dispose()
    return folder


@dataclass
class Desk:
    """A frozen edition and its clock."""

    project: Project
    clock: StillClock
    sleeps: list[float] = field(default_factory=list)

    @classmethod
    def copy(cls, paper: Path, folder: Path) -> Desk:
        shutil.copytree(paper, folder)
        clock = StillClock(MORNING)
        return cls(open_project(load_settings(folder, {}), clock, {}), clock)

    def anew(self) -> Desk:
        """The same publication, as another process would open it."""
        opened = open_project(load_settings(self.project.root, {}), self.clock, {})
        return Desk(replace(opened, settings=self.project.settings), self.clock)

    def paced(self, pacing: Pacing, **delivery: object) -> Desk:
        settings = self.project.settings
        changed = replace(settings, delivery=replace(settings.delivery, pacing=pacing, **delivery))  # type: ignore[arg-type]
        return Desk(replace(self.project, settings=changed), self.clock)

    def crowd(self, number: int, domain: Callable[[int], str] = lambda n: "crowd.example") -> None:
        """So many more people who are in the segment of everyone."""
        at = MORNING.timestamp() - 86400
        emails = [f"c{n}@{domain(n)}" for n in range(number)]
        people = [
            {"id": 1000 + n, "email": e, "email_key": e, "language": "en", "attributes": {}, "joined": at, "name": ""}
            for n, e in enumerate(emails)
        ]
        rows = [{"subscriber": row["id"], "digest": "daily", "state": "active", "since": at} for row in people]
        with self.project.store.database.begin() as connection:
            connection.execute(insert(subscribers), people)
            connection.execute(insert(subscriptions), rows)

    @property
    def times(self) -> Time:
        """Clocks on which waiting takes no time but moves the hands."""
        return Time(self._sleep, lambda: self.clock().timestamp(), lambda: self.clock().timestamp())

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.clock.forward(timedelta(seconds=max(seconds, 0.001)))  # the clock knows microseconds only

    def sending(self, sender: Sender, stop: Callable[[], bool] = lambda: False, **options: object) -> Iterator[Event]:
        with self.project.store.database.read() as connection:
            edition = editions.load(connection, EDITION)
            renderings: dict[str, Rendering] = editions.kept_variants(connection, EDITION)
        assert edition
        with sender:
            yield from deliver(
                self.project,
                edition,
                renderings,
                sender,
                Options(**options),  # type: ignore[arg-type]
                stop=stop,
                clocks=self.times,
            )

    @property
    def states(self) -> dict[State, int]:
        with self.project.store.database.read() as connection:
            return ledger.sums(connection, EDITION)

    @property
    def edition_state(self) -> str:
        with self.project.store.database.read() as connection:
            edition = editions.load(connection, EDITION)
        assert edition
        return edition.state.value


class Leaving(MemorySender):
    """Mail that leaves the machine, as far as anyone can tell; `at` is when each message was drawn."""

    name = "memory"
    leaves = True

    def __init__(self, clock: StillClock, then: Callable[[Leaving, Message], Delivery | None] | None = None) -> None:
        super().__init__()
        self.clock = clock
        self.at: list[tuple[float, str]] = []
        self._then = then

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for message in messages:
            self.at.append((self.clock().timestamp() - MORNING.timestamp(), message.to))
            answer = self._then(self, message) if self._then else None
            if answer is None:
                yield from super().send([message])
            else:
                yield answer
