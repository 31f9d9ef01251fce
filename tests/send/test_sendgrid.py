import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import CredentialsError, SendError, Stopped
from digest.models.mail import Delivery, Message, State
from digest.send import Sender
from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.send.registry import open_sender
from digest.settings import Delivery as DeliverySettings
from digest.settings import Secret, SendGrid, Span

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


def sender(url: str, timeout: str = "10s", now: Callable[[], datetime] = lambda: NOW) -> Sender:
    options = SendGrid(
        api_key=Secret(env="KEY"), host=url, asm_group=7, ip_pool="pool one", timeout=Span.parse(timeout)
    )
    settings = DeliverySettings(transport="sendgrid", sendgrid=options)
    return open_sender(settings, root=Path(), environ={"KEY": "SG.x"}, now=now)


def states(deliveries: Iterable[Delivery]) -> dict[str, State]:
    return {delivery.id: delivery.state for delivery in deliveries}


def test_each_reader_gets_their_own_mail(mail: Mail) -> None:
    messages = [mail(number, name=f"R&D <{number}>, ok; yes") for number in range(3)]
    with FakeSendGrid() as fake:
        deliveries = list(sender(fake.url).send(messages))
        assert fake.seen == 1
        assert len(fake.requests) == 1
    for number, message in enumerate(messages):
        [got] = fake.got(message.to)
        assert got.subject == "Rents rise – everyone"
        assert got.text == (
            f"Dear R&D <{number}>, ok; yes,\n.a line\nhttps://news.example/u/{number}?a=1&b=2\nYou & I signed up."
        )
        assert got.html.startswith(f"<p>Dear R&amp;D &lt;{number}&gt;, ok; yes, <b>.dots</b></p>")
        assert got.html.endswith(f'<a href="https://news.example/u/{number}?a=1&amp;b=2">x</a>')
        assert got.custom_args == {"digest_delivery": message.id}
        assert got.headers["List-Unsubscribe"] == f"<https://news.example/u/{number}?a=1&b=2>"
        assert got.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert got.headers["X-Digest-Delivery"] == message.id
        assert got.headers["Auto-Submitted"] == "auto-generated"
        assert got.sender == {"email": "hello@news.example", "name": "The Ledger"}
        assert got.reply_to == {"email": "hello@news.example", "name": "The Ledger"}
        assert got.to_name == f"R&D <{number}> ok yes"
        assert got.categories == ("daily", "daily/2026-11-24")
    assert {delivery.reference for delivery in deliveries} == {"fake000000000000000001"}


def test_the_request_says_what_the_settings_say_and_nobody_is_watched(mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1)]))
    [body] = fake.requests
    assert body["asm"] == {"group_id": 7}
    assert body["ip_pool_name"] == "pool one"
    assert body["tracking_settings"]["click_tracking"] == {"enable": False, "enable_text": False}
    assert body["tracking_settings"]["open_tracking"] == {"enable": False}


def test_what_all_have_alike_is_said_once(mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1), mail(2)]))
    [body] = fake.requests
    assert "List-ID" in body["headers"]
    assert set(body["personalizations"][0]["headers"]) == {"List-Unsubscribe", "X-Digest-Delivery"}


def test_a_request_is_one_variant_and_at_most_a_thousand_readers(mail: Mail) -> None:
    messages = [mail(number) for number in range(1001)] + [mail(number, segment="subscribers") for number in (1, 2)]
    with FakeSendGrid() as fake:
        deliveries = list(sender(fake.url).send(messages))
    assert [len(body["personalizations"]) for body in fake.requests] == [1000, 1, 2]
    assert len(deliveries) == 1003
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


def test_a_tag_that_stands_in_the_text_is_not_used(mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1)]))
        used = next(iter(fake.requests[0]["personalizations"][0]["substitutions"]))
        hostile = mail(2, name=f"x {used} y")
        list(sender(fake.url).send([hostile]))
    [got] = fake.got("reader2@mail.example")
    assert got.text.startswith(f"Dear x {used} y,")


def test_values_that_are_too_many_are_one_readers_trouble(mail: Mail) -> None:
    long = replace(mail(1), values={**mail(1).values, "why": "w" * 11_000})
    with FakeSendGrid() as fake:
        deliveries = list(sender(fake.url).send([long, mail(2)]))
    assert states(deliveries) == {"d00001": State.REJECTED, "d00002": State.ACCEPTED}


def test_a_bad_address_is_found_and_all_others_get_their_mail_once(mail: Mail) -> None:
    messages = [mail(number) for number in range(40)]
    with FakeSendGrid(refused=["reader7@mail.example", "reader8@mail.example", "reader39@mail.example"]) as fake:
        deliveries = list(sender(fake.url).send(messages))
        again = {address: len(got) for address, got in fake.mails.items()}
    rejected = [delivery for delivery in deliveries if delivery.state is State.REJECTED]
    assert sorted(delivery.id for delivery in rejected) == ["d00007", "d00008", "d00039"]
    assert all("valid address" in delivery.reply and delivery.reason for delivery in rejected)
    assert len(deliveries) == 40
    assert set(again.values()) == {1}
    assert len(again) == 37


def test_a_row_of_bad_addresses_at_the_start_is_still_about_them(mail: Mail) -> None:
    with FakeSendGrid(refused=[f"reader{number}@mail.example" for number in range(8)]) as fake:
        deliveries = list(sender(fake.url).send(mail(number) for number in range(16)))
    assert sum(delivery.state is State.REJECTED for delivery in deliveries) == 8
    assert sum(delivery.state is State.ACCEPTED for delivery in deliveries) == 8


def test_a_single_message_that_is_refused_without_a_reason_is_rejected(mail: Mail) -> None:
    with FakeSendGrid([Fault.TOO_LARGE]) as fake:
        [delivery] = sender(fake.url).send([mail(1)])
    assert delivery.state is State.REJECTED
    assert delivery.reply.startswith("413")


def test_what_is_refused_for_everyone_alike_rejects_nobody(mail: Mail, gather: Gather) -> None:
    with FakeSendGrid([Fault.BAD_REQUEST] * 100) as fake:
        deliveries, problem = gather(sender(fake.url).send(mail(number) for number in range(50)))
    assert deliveries == []
    assert isinstance(problem, SendError)
    assert fake.mails == {}


def test_a_sender_address_that_is_refused_rejects_nobody(mail: Mail, gather: Gather) -> None:
    with FakeSendGrid(refused=["hello@news.example"]) as fake:
        deliveries, problem = gather(sender(fake.url).send([mail(1), mail(2)]))
        assert fake.seen == 1
    assert deliveries == []
    assert isinstance(problem, SendError)


@pytest.mark.parametrize("fault", [Fault.BAD_KEY, Fault.FORBIDDEN])
def test_a_key_that_is_refused_stops_everything_and_harms_nobody(mail: Mail, gather: Gather, fault: Fault) -> None:
    with FakeSendGrid([fault]) as fake:
        deliveries, problem = gather(sender(fake.url).send([mail(1), mail(2)]))
    assert deliveries == []
    assert isinstance(problem, CredentialsError)
    assert "SG.x" not in str(problem)


def test_a_429_is_waited_for_and_not_asked_again_before(mail: Mail) -> None:
    reset = NOW + timedelta(minutes=2)
    with FakeSendGrid([Fault.TOO_MANY], reset=int(reset.timestamp())) as fake:
        moment = NOW
        ours = sender(fake.url, now=lambda: moment)
        first = list(ours.send([mail(1), mail(1, segment="subscribers")]))
        assert fake.seen == 1
        moment = reset
        [later] = ours.send([mail(2)])
    assert [(delivery.state, delivery.retry_at) for delivery in first] == [(State.DEFERRED, reset)] * 2
    assert later.state is State.ACCEPTED


@pytest.mark.parametrize("seconds", [-1000, 10**9])
def test_a_reset_that_makes_no_sense_is_bounded(mail: Mail, seconds: int) -> None:
    with FakeSendGrid([Fault.TOO_MANY], reset=int(NOW.timestamp()) + seconds) as fake:
        [delivery] = sender(fake.url).send([mail(1)])
    assert delivery.retry_at is not None
    assert NOW < delivery.retry_at <= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.ACCEPT_THEN_HANG, Fault.ACCEPT_THEN_RESET]
)
def test_an_answer_that_never_came_is_a_doubt_and_never_sent_again(mail: Mail, fault: Fault) -> None:
    timeout = "1s" if fault is Fault.ACCEPT_THEN_HANG else "10s"
    with FakeSendGrid([fault]) as fake:
        deliveries = list(sender(fake.url, timeout).send([mail(1), mail(2), mail(3, segment="subscribers")]))
        arrived = {address: len(got) for address, got in fake.mails.items()}
    assert states(deliveries) == {"d00001": State.UNKNOWN, "d00002": State.UNKNOWN, "d00003": State.ACCEPTED}
    assert all(delivery.reason for delivery in deliveries[:2])
    assert set(arrived.values()) == {1}


def test_two_requests_without_an_answer_stop_the_run(mail: Mail, gather: Gather) -> None:
    with FakeSendGrid([Fault.SERVER_ERROR] * 9) as fake:
        messages = [mail(number, segment=("everyone", "subscribers")[number % 2]) for number in range(6)]
        deliveries, problem = gather(sender(fake.url).send(messages))
        assert fake.seen == 2
    assert [delivery.state for delivery in deliveries] == [State.UNKNOWN] * 2
    assert isinstance(problem, Stopped)


def test_nobody_listening_is_said_in_words(mail: Mail, gather: Gather) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    deliveries, problem = gather(sender(f"http://127.0.0.1:{port}").send([mail(1)]))
    assert deliveries == []
    assert isinstance(problem, SendError)
    assert "reached" in problem.what
