"""What every sender promises, asked of each of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.models.mail import Answer, Message, State
from digest.send import MemorySender, Place, Sender
from digest.send.fake_sendgrid import FakeSendGrid
from digest.send.fake_smtp import FakeRelay
from digest.send.folder import FolderSender
from digest.send.registry import open_sender
from digest.send.smtp import SmtpSender
from digest.send.smtp_relay import Relay
from digest.settings import Delivery, Secret, SendGrid

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]


def memory(stack: ExitStack, tmp_path: Path) -> Sender:
    return MemorySender()


def folder(stack: ExitStack, tmp_path: Path) -> Sender:
    return FolderSender(tmp_path / "outbox")


def maildir(stack: ExitStack, tmp_path: Path) -> Sender:
    return FolderSender(tmp_path / "outbox", maildir=True)


def smtp(stack: ExitStack, tmp_path: Path) -> Sender:
    relay = stack.enter_context(FakeRelay())
    return SmtpSender(Relay("127.0.0.1", relay.port, "none", timeout=10, final_timeout=10), now=lambda: NOW)


def sendgrid(stack: ExitStack, tmp_path: Path) -> Sender:
    fake = stack.enter_context(FakeSendGrid())
    options = Delivery(transport="sendgrid", sendgrid=SendGrid(api_key=Secret(env="KEY"), host=fake.url))
    return open_sender(options, root=tmp_path, environ={"KEY": "SG.x"}, now=lambda: NOW)


@pytest.fixture(params=[memory, folder, maildir, smtp, sendgrid], ids=lambda make: make.__name__)
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sender]:
    with ExitStack() as stack:
        made: Sender = request.param(stack, tmp_path)
        yield stack.enter_context(made)


def test_it_is_a_sender(sender: Sender) -> None:
    assert isinstance(sender, Sender)
    assert sender.name in ("memory", "folder", "smtp", "sendgrid")
    assert sender.leaves is (sender.name in ("smtp", "sendgrid"))


def test_one_delivery_for_each_message(sender: Sender, mail: Mail) -> None:
    segments = ("everyone", "subscribers")
    messages = [mail(n, segment=segments[n % 2], plain=n % 3 == 0) for n in range(150)]
    deliveries = list(sender.send(messages))
    assert sorted(delivery.id for delivery in deliveries) == [message.id for message in messages]
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}
    assert not any(delivery.reason or delivery.retry_at for delivery in deliveries)


def test_nothing_to_send_is_nothing_done(sender: Sender) -> None:
    assert list(sender.send([])) == []


def test_messages_are_taken_as_they_come_and_only_so_far_ahead(sender: Sender, mail: Mail) -> None:
    taken = 0

    def endless() -> Iterator[Message]:
        nonlocal taken
        while True:
            taken += 1
            yield mail(taken)

    first = next(iter(sender.send(endless())))
    assert first.state is State.ACCEPTED
    assert taken <= 4001


def test_a_sender_can_be_used_again(sender: Sender, mail: Mail) -> None:
    assert [delivery.id for delivery in sender.send([mail(1)])] == ["d00001"]
    assert [delivery.id for delivery in sender.send([mail(2)])] == ["d00002"]


def test_it_answers_for_every_place_and_never_guesses(sender: Sender, mail: Mail) -> None:
    sent = mail(1)
    list(sender.send([sent]))
    places = [Place(sent.id, sent.edition, sent.segment), Place("d99999", sent.edition, sent.segment)]
    answers = sender.reconcile(places)
    if sender.leaves:
        assert answers == {"d00001": Answer.CANNOT, "d99999": Answer.CANNOT}
    else:
        assert answers == {"d00001": Answer.ACCEPTED, "d99999": Answer.ABSENT}
