from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.clock import StillClock
from digest.errors import Refused, SendError, UsageError
from digest.models.mail import Message, State
from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.send.registry import open_sender
from digest.send.sendgrid import SendGridSender
from digest.send.sendgrid_batches import (
    batch_status,
    cancel_batch,
    demand_time,
    new_batch,
    pause_batch,
    resume_batch,
)
from digest.settings import Delivery as DeliverySettings
from digest.settings import Secret, SendGrid

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]


def opened(url: str) -> SendGridSender:
    options = DeliverySettings(transport="sendgrid", sendgrid=SendGrid(api_key=Secret(env="KEY"), host=url))
    sender = open_sender(options, root=Path(), environ={"KEY": "SG.x"}, now=lambda: NOW)
    assert isinstance(sender, SendGridSender)
    return sender


@pytest.mark.parametrize("called_back", [False, True])
def test_mail_for_later_goes_at_its_time_unless_it_is_called_back(mail: Mail, called_back: bool) -> None:
    clock = StillClock(NOW)
    at = NOW + timedelta(hours=2)
    with FakeSendGrid(clock=lambda: clock().timestamp()) as fake, opened(fake.url) as sender:
        batch = new_batch(sender.client)
        [delivery] = sender.scheduled(at, batch).send([mail(1)])
        assert delivery.state is State.ACCEPTED
        assert fake.mails == {}
        if called_back:
            cancel_batch(sender.client, batch)
            cancel_batch(sender.client, batch)
        clock.forward(timedelta(hours=3))
        fake.release()
        assert len(fake.got("reader1@mail.example")) == (0 if called_back else 1)


def test_a_batch_is_held_and_let_go(mail: Mail) -> None:
    clock = StillClock(NOW)
    with FakeSendGrid(clock=lambda: clock().timestamp()) as fake, opened(fake.url) as sender:
        batch = new_batch(sender.client)
        list(sender.scheduled(NOW + timedelta(hours=1), batch).send([mail(1)]))
        pause_batch(sender.client, batch)
        assert batch_status(sender.client, batch) == "pause"
        clock.forward(timedelta(hours=2))
        assert fake.release() == 0
        resume_batch(sender.client, batch)
        assert batch_status(sender.client, batch) == ""
        assert fake.release() == 1


def test_less_than_ten_minutes_before_it_is_too_late(mail: Mail) -> None:
    clock = StillClock(NOW)
    with FakeSendGrid(clock=lambda: clock().timestamp()) as fake, opened(fake.url) as sender:
        batch = new_batch(sender.client)
        list(sender.scheduled(NOW + timedelta(minutes=9), batch).send([mail(1)]))
        with pytest.raises(SendError, match="10 minutes"):
            cancel_batch(sender.client, batch)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=73), timedelta(hours=-1)])
def test_sendgrid_keeps_nothing_for_other_times(ahead: timedelta) -> None:
    demand_time(NOW + timedelta(hours=72), NOW)
    with pytest.raises(UsageError):
        demand_time(NOW + ahead, NOW)


def test_a_cancelling_whose_answer_was_lost_is_no_refusal(mail: Mail) -> None:
    clock = StillClock(NOW)
    others = [Fault.NONE, Fault.NONE, Fault.ACCEPT_THEN_ERROR]
    with FakeSendGrid(clock=lambda: clock().timestamp(), others=others) as fake, opened(fake.url) as sender:
        batch, at = sender.new_batch(), NOW + timedelta(hours=2)
        list(sender.scheduled(at, batch).send([mail(1)]))
        assert sender.call_back(batch, at, lambda _: None)
        assert fake.batches.statuses == {batch: "cancel"}


def test_what_was_only_looked_up_in_vain_was_not_called_back(mail: Mail) -> None:
    with FakeSendGrid(clock=NOW.timestamp, others=[Fault.NONE, *[Fault.SERVER_ERROR] * 4]) as fake:
        sender = opened(fake.url)
        batch, at = sender.new_batch(), NOW + timedelta(hours=2)
        with sender, pytest.raises(SendError, match="500") as told:
            sender.call_back(batch, at, lambda _: None)
        assert type(told.value) is SendError


@pytest.mark.parametrize(
    ("minutes", "faults", "sure"),
    [(120, [], True), (120, [Fault.SERVER_ERROR] * 4, False), (10, [], True)],
)
def test_how_sure_it_is_that_mail_is_thrown_away(mail: Mail, minutes: int, faults: list[Fault], sure: bool) -> None:
    others = [Fault.NONE, Fault.NONE, *faults]
    with FakeSendGrid(clock=NOW.timestamp, others=others) as fake, opened(fake.url) as sender:
        at = NOW + timedelta(minutes=minutes)
        batch = sender.new_batch()
        list(sender.scheduled(at, batch).send([mail(1)]))
        assert sender.call_back(batch, at, lambda _: None) is sure


def test_it_is_too_late_or_too_soon(mail: Mail) -> None:
    with FakeSendGrid(clock=NOW.timestamp) as fake, opened(fake.url) as sender:
        batch, at = sender.new_batch(), NOW + timedelta(minutes=9)
        list(sender.scheduled(at, batch).send([mail(1)]))
        with pytest.raises(Refused, match="all the same"):
            sender.call_back(batch, at, lambda _: None)
        sender.demand_time(NOW + timedelta(minutes=11))
        with pytest.raises(UsageError, match="last 10 minutes"):
            sender.demand_time(NOW + timedelta(minutes=10))
