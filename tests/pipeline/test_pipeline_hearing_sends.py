"""What a send hears by itself, where nobody serves: its refusals count, and its doubts are settled."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from frozen import Desk, Leaving
from handed import Handed, fake_for
from sqlalchemy import func, select

from digest.errors import Stopped
from digest.events import parse
from digest.models.mail import Delivery, State
from digest.pipeline.hearing import hear_told
from digest.pipeline.project import Project
from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.send.fake_sendgrid_events import events_of
from digest.send.fake_sendgrid_rules import FakeMail
from digest.store.schema import deliveries, events, suppressions

READERS = 10
HARD = "hard bounce: there is no such mailbox"


def suppressed(project: Project) -> int:
    with project.store.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(suppressions)) or 0


def refusing(desk: Desk, number: int) -> Leaving:
    """Refuses its first few addresses."""
    return Leaving(
        desk.clock,
        lambda sender, message: (
            Delivery(message.id, State.REJECTED, HARD, "550 5.1.1 no") if len(sender.at) <= number else None
        ),
    )


def test_whom_the_mail_server_refused_is_suppressed_when_the_send_is_over(desk: Desk) -> None:
    before = suppressed(desk.project)
    list(desk.sending(refusing(desk, 2)))
    assert suppressed(desk.project) == before + 2
    list(desk.sending(Leaving(desk.clock), retry_failed=True))
    assert desk.states == {State.ACCEPTED: READERS - 2, State.SUPPRESSED: 2}


def test_a_send_that_stops_hears_what_it_was_told_until_then(desk: Desk) -> None:
    before = suppressed(desk.project)
    sender = refusing(desk, 2)
    with pytest.raises(Stopped):
        list(desk.sending(sender, stop=lambda: len(sender.at) >= 4))
    assert suppressed(desk.project) == before + 2


class Telling:
    """Hears each mail's events at once, before the send has an answer."""

    def __init__(self) -> None:
        self.project: Project | None = None

    def __call__(self, mail: FakeMail) -> None:
        assert self.project
        body = json.dumps(events_of(mail, ("delivered",), int(self.project.now().timestamp()))).encode()
        hear_told(self.project, parse(body, self.project.now()))


@pytest.fixture
def early(desk: Desk) -> Iterator[tuple[Handed, FakeSendGrid]]:
    """A SendGrid that takes the first request, tells so by events, and answers with an error."""
    telling = Telling()
    with fake_for(desk, Fault.ACCEPT_THEN_ERROR, heard=telling) as fake:
        handed = Handed.to(desk, fake)
        telling.project = handed.desk.anew().project
        yield handed, fake


def test_doubts_that_events_had_answered_are_settled_when_the_send_is_over(
    early: tuple[Handed, FakeSendGrid],
) -> None:
    handed, _ = early
    last = list(handed.start())[-1]
    assert handed.states() == {State.ACCEPTED: READERS}
    assert last.counts.of(State.ACCEPTED, State.UNKNOWN) == READERS
    assert last.counts.of(State.UNKNOWN) == 0


def test_nobody_whom_an_event_names_is_sent_to_again_because_a_person_says_so(
    early: tuple[Handed, FakeSendGrid],
) -> None:
    handed, _ = early
    list(handed.start(limit=4))
    with handed.project.store.database.begin() as connection:
        # As a process leaves them that was killed when the mail and its event were on their ways.
        connection.execute(deliveries.update().values(state=State.INTENT.value))
    list(handed.start(retry_unknown=True))
    assert handed.states() == {State.ACCEPTED: READERS}
    assert handed.mails == READERS


def test_what_an_event_does_not_name_is_sent_again_when_a_person_says_so(desk: Desk) -> None:
    with fake_for(desk, Fault.SERVER_ERROR) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start())
        assert handed.states()[State.UNKNOWN] + handed.mails == READERS
        list(handed.start(retry_unknown=True))
        assert handed.mails == READERS


def test_hearing_twice_says_nothing_twice(desk: Desk) -> None:
    list(desk.sending(refusing(desk, 2)))
    list(desk.sending(Leaving(desk.clock), resume=True))
    with desk.project.store.database.read() as connection:
        assert connection.scalar(select(func.count()).where(events.c.id.startswith("refused:"))) == 2
