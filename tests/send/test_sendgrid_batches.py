from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.clock import StillClock
from digest.errors import SendError, UsageError
from digest.models.mail import Message, State
from digest.send.fake_sendgrid import FakeSendGrid
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
