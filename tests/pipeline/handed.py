"""A desk that sends through a SendGrid on this machine."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from frozen import EDITION, Desk
from sqlalchemy import select

from digest.models.mail import State
from digest.pipeline import sending
from digest.pipeline.naming import identify
from digest.pipeline.options import Options
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.settings import Pacing, Secret, SendGrid, Span
from digest.store import ledger
from digest.store.schema import deliveries


@dataclass
class Handed:
    """A frozen edition, its clock, and the SendGrid that it goes to."""

    desk: Desk
    fake: FakeSendGrid

    @classmethod
    def to(cls, desk: Desk, fake: FakeSendGrid, pacing: Pacing | None = None) -> Handed:
        account = SendGrid(
            api_key=Secret(env="KEY"), host=fake.url, asm_group=7, connections=1, timeout=Span.parse("1s")
        )
        paced = desk.paced(
            pacing or Pacing(), transport="sendgrid", sendgrid=account, unsubscribe_mailto="leave@ledger.example"
        )
        paced.project = replace(paced.project, environ={"KEY": "SG.x"})
        return cls(paced, fake)

    @property
    def project(self) -> Project:
        return self.desk.project

    def start(
        self, stop: Callable[[], bool] = lambda: False, transport: str | None = None, **options: object
    ) -> Generator[Event, None, None]:
        project = self.desk.project
        sender = sender_for(project, transport)
        ready = sending.make_ready(project, identify(project, "daily", sending=True), sender, None)
        yield from sending.start(project, ready, sender, Options(**options), stop, self.desk.times)  # type: ignore[arg-type]

    def states(self) -> dict[State, int]:
        with self.project.store.database.read() as connection:
            return ledger.sums(connection, EDITION)

    def reasons(self, state: State) -> set[str]:
        chosen = select(deliveries.c.reason).where(deliveries.c.state == state.value)
        with self.project.store.database.read() as connection:
            return set(connection.scalars(chosen))

    @property
    def mails(self) -> int:
        """How many mails reached readers; an address with two is one too many."""
        assert all(len(one) == 1 for one in self.fake.mails.values())
        return len(self.fake.mails)


def fake_for(desk: Desk, *faults: Fault, **options: object) -> FakeSendGrid:
    """A SendGrid whose clock is the desk's."""
    return FakeSendGrid(faults, clock=lambda: desk.clock().timestamp(), groups=[7], **options)  # type: ignore[arg-type]
