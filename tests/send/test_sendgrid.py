import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import ConfigError, CredentialsError, Refused, SendError, Stopped
from digest.models.mail import Delivery, Message, State
from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.send.registry import open_sender
from digest.send.sendgrid import SendGridSender
from digest.settings import Delivery as DeliverySettings
from digest.settings import Secret, SendGrid, Span

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


Opens = Callable[..., SendGridSender]


@pytest.fixture
def sender() -> Iterator[Opens]:
    """Opens a sender for the server at a url; all are closed when the test is over."""
    with ExitStack() as stack:

        def opened(
            url: str, timeout: str = "10s", now: Callable[[], datetime] = lambda: NOW, **more: Any
        ) -> SendGridSender:
            options = SendGrid(
                api_key=Secret(env="KEY"),
                host=url,
                asm_group=7,
                ip_pool="pool one",
                timeout=Span.parse(timeout),
                connections=more.pop("connections", 1),
                **more,
            )
            delivery = DeliverySettings(transport="sendgrid", sendgrid=options)
            ours = open_sender(delivery, root=Path(), environ={"KEY": "SG.x"}, now=now)
            assert isinstance(ours, SendGridSender)
            return stack.enter_context(ours)

        yield opened


def states(deliveries: Iterable[Delivery]) -> dict[str, State]:
    return {delivery.id: delivery.state for delivery in deliveries}


def test_each_reader_gets_their_own_mail(sender: Opens, mail: Mail) -> None:
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


def test_the_request_says_what_the_settings_say_and_nobody_is_watched(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1)]))
    [body] = fake.requests
    assert body["asm"] == {"group_id": 7}
    assert body["ip_pool_name"] == "pool one"
    assert body["tracking_settings"]["click_tracking"] == {"enable": False, "enable_text": False}
    assert body["tracking_settings"]["open_tracking"] == {"enable": False}


def test_what_all_have_alike_is_said_once(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1), mail(2)]))
    [body] = fake.requests
    assert "List-ID" in body["headers"]
    assert set(body["personalizations"][0]["headers"]) == {"List-Unsubscribe", "X-Digest-Delivery"}


def test_a_request_is_one_variant_and_at_most_a_thousand_readers(sender: Opens, mail: Mail) -> None:
    messages = [mail(number) for number in range(1001)] + [mail(number, segment="subscribers") for number in (1, 2)]
    with FakeSendGrid() as fake:
        deliveries = list(sender(fake.url).send(messages))
    assert [len(body["personalizations"]) for body in fake.requests] == [1000, 1, 2]
    assert len(deliveries) == 1003
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


def test_a_tag_that_stands_in_the_text_is_not_used(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url).send([mail(1), mail(3)]))
        used = next(iter(fake.requests[0]["personalizations"][0]["substitutions"]))
        hostile = mail(2, name=f"x {used} y")
        list(sender(fake.url).send([hostile, mail(4)]))
    [got] = fake.got("reader2@mail.example")
    assert got.text.startswith(f"Dear x {used} y,")


def test_values_too_long_for_substitutions_stand_in_a_request_of_their_own(sender: Opens, mail: Mail) -> None:
    long = replace(mail(1), values={**mail(1).values, "why": "w" * 11_000})
    with FakeSendGrid() as fake:
        deliveries = list(sender(fake.url).send([mail(2), long, mail(3)]))
        [got] = fake.got(long.to)
    assert set(states(deliveries).values()) == {State.ACCEPTED}
    assert "w" * 11_000 in got.text
    assert sorted(len(body["personalizations"]) for body in fake.requests) == [1, 2]


def test_a_bad_address_is_found_and_all_others_get_their_mail_once(sender: Opens, mail: Mail) -> None:
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


def test_a_row_of_bad_addresses_at_the_start_is_still_about_them(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid(refused=[f"reader{number}@mail.example" for number in range(8)]) as fake:
        deliveries = list(sender(fake.url).send(mail(number) for number in range(16)))
    assert sum(delivery.state is State.REJECTED for delivery in deliveries) == 8
    assert sum(delivery.state is State.ACCEPTED for delivery in deliveries) == 8


def test_a_single_message_that_is_refused_without_a_reason_is_rejected(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid([Fault.TOO_LARGE]) as fake:
        [delivery] = sender(fake.url).send([mail(1)])
    assert delivery.state is State.REJECTED
    assert delivery.reply.startswith("413")


def test_what_is_refused_for_everyone_alike_rejects_nobody(sender: Opens, mail: Mail, gather: Gather) -> None:
    with FakeSendGrid([Fault.BAD_REQUEST] * 100) as fake:
        deliveries, problem = gather(sender(fake.url).send(mail(number) for number in range(50)))
    assert deliveries == []
    assert isinstance(problem, SendError)
    assert fake.mails == {}


def test_a_sender_address_that_is_refused_rejects_nobody(sender: Opens, mail: Mail, gather: Gather) -> None:
    with FakeSendGrid(refused=["hello@news.example"]) as fake:
        deliveries, problem = gather(sender(fake.url).send([mail(1), mail(2)]))
        assert fake.seen == 1
    assert deliveries == []
    assert isinstance(problem, SendError)


@pytest.mark.parametrize("fault", [Fault.BAD_KEY, Fault.FORBIDDEN])
def test_a_key_that_is_refused_stops_everything_and_harms_nobody(
    sender: Opens, mail: Mail, gather: Gather, fault: Fault
) -> None:
    with FakeSendGrid([fault]) as fake:
        deliveries, problem = gather(sender(fake.url).send([mail(1), mail(2)]))
    assert deliveries == []
    assert isinstance(problem, CredentialsError)
    assert "SG.x" not in str(problem)


def test_a_429_is_waited_for_and_not_asked_again_before(sender: Opens, mail: Mail) -> None:
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
def test_a_reset_that_makes_no_sense_is_bounded(sender: Opens, mail: Mail, seconds: int) -> None:
    with FakeSendGrid([Fault.TOO_MANY], reset=int(NOW.timestamp()) + seconds) as fake:
        [delivery] = sender(fake.url).send([mail(1)])
    assert delivery.retry_at is not None
    assert NOW < delivery.retry_at <= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SERVER_ERROR,
        Fault.BAD_GATEWAY,
        Fault.UNAVAILABLE,
        Fault.ACCEPT_THEN_ERROR,
        Fault.ACCEPT_THEN_HANG,
        Fault.ACCEPT_THEN_RESET,
    ],
)
def test_an_answer_that_never_came_is_a_doubt_and_never_sent_again(sender: Opens, mail: Mail, fault: Fault) -> None:
    timeout = "1s" if fault is Fault.ACCEPT_THEN_HANG else "10s"
    with FakeSendGrid([fault]) as fake:
        deliveries = list(sender(fake.url, timeout).send([mail(1), mail(2), mail(3, segment="subscribers")]))
        arrived = {address: len(got) for address, got in fake.mails.items()}
    assert states(deliveries) == {"d00001": State.UNKNOWN, "d00002": State.UNKNOWN, "d00003": State.ACCEPTED}
    assert all(delivery.reason for delivery in deliveries[:2])
    assert set(arrived.values()) == {1}


def test_two_requests_without_an_answer_stop_the_run(sender: Opens, mail: Mail, gather: Gather) -> None:
    with FakeSendGrid([Fault.SERVER_ERROR] * 9) as fake:
        messages = [mail(number, segment=("everyone", "subscribers")[number % 2]) for number in range(3000)]
        deliveries, problem = gather(sender(fake.url).send(messages))
        assert fake.seen == 2
    assert {delivery.state for delivery in deliveries} == {State.UNKNOWN}
    assert len(deliveries) < len(messages)
    assert isinstance(problem, Stopped)


def test_nobody_listening_is_said_in_words(sender: Opens, mail: Mail, gather: Gather) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    deliveries, problem = gather(sender(f"http://127.0.0.1:{port}").send([mail(1)]))
    assert deliveries == []
    assert isinstance(problem, SendError)
    assert "reached" in problem.what


def test_many_connections_are_kept_open_and_every_message_is_answered_once(sender: Opens, mail: Mail) -> None:
    messages = [replace(mail(number), subject=f"s{number}") for number in range(60)]
    with FakeSendGrid() as fake:
        ours = sender(fake.url, connections=3)
        deliveries = [*ours.send(messages[:30]), *ours.send(messages[30:])]
        assert fake.seen == 60
        assert fake.connections <= 3
    assert sorted(delivery.id for delivery in deliveries) == [message.id for message in messages]
    assert {len(got) for got in fake.mails.values()} == {1}


def test_all_connections_wait_for_the_same_429(sender: Opens, mail: Mail) -> None:
    messages = [replace(mail(number), subject=f"s{number}") for number in range(40)]
    with FakeSendGrid(limit=5, clock=NOW.timestamp) as fake:
        deliveries = list(sender(fake.url, connections=3).send(messages))
        # One connection that is told so is enough; others may have had a request under way.
        assert fake.seen <= 5 + 3
    assert sum(delivery.state is State.ACCEPTED for delivery in deliveries) == 5
    later = [delivery for delivery in deliveries if delivery.state is State.DEFERRED]
    assert {delivery.retry_at for delivery in later} == {NOW + timedelta(minutes=1)}
    assert len(deliveries) == 40


def test_a_trouble_with_one_request_leaves_the_results_of_the_others(
    sender: Opens, mail: Mail, gather: Gather
) -> None:
    messages = [replace(mail(number), subject=f"s{number}") for number in range(30)]
    with FakeSendGrid([Fault.NONE] * 5 + [Fault.BAD_KEY]) as fake:
        deliveries, problem = gather(sender(fake.url, connections=3).send(messages))
        taken = {mail.custom_args["digest_delivery"] for got in fake.mails.values() for mail in got}
    assert isinstance(problem, CredentialsError)
    assert {delivery.id for delivery in deliveries} == taken


def test_messages_that_cannot_be_read_on_leave_the_results_of_what_left(
    sender: Opens, mail: Mail, gather: Gather
) -> None:
    def broken() -> Iterator[Message]:
        yield from (replace(mail(number), subject=f"s{number}") for number in range(20))
        raise Stopped("no more")

    with FakeSendGrid() as fake:
        deliveries, problem = gather(sender(fake.url, connections=2).send(broken()))
        assert len(deliveries) == fake.seen == len(fake.mails)
    assert isinstance(problem, Stopped)


def test_readers_whom_an_answer_names_cost_one_request_each(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid(refused=["reader7@mail.example", "reader800@mail.example"]) as fake:
        deliveries = list(sender(fake.url).send(mail(number) for number in range(1000)))
        assert fake.seen == 4
    assert sum(delivery.state is State.REJECTED for delivery in deliveries) == 2


FAULTS = (
    Fault.NONE,
    Fault.TOO_LARGE,
    Fault.TOO_MANY,
    Fault.SERVER_ERROR,
    Fault.FORBIDDEN,
    Fault.RESET,
    Fault.ACCEPT_THEN_ERROR,
    Fault.ACCEPT_THEN_RESET,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(FAULTS), max_size=8), st.sets(st.integers(0, 23), max_size=3))
def test_whatever_goes_wrong_nobody_is_mailed_twice_and_no_doubt_is_hidden(
    sender: Opens, mail: Mail, gather: Gather, faults: list[Fault], bad: set[int]
) -> None:
    messages = [replace(mail(number), subject=f"s{number % 4}") for number in range(24)]
    refused = [f"reader{number}@mail.example" for number in bad]
    with FakeSendGrid(faults, refused=refused, clock=NOW.timestamp) as fake:
        deliveries, _ = gather(sender(fake.url, connections=2).send(messages))
        got = {mail.custom_args["digest_delivery"]: len(mails) for mails in fake.mails.values() for mail in mails}
    told = states(deliveries)
    assert len(told) == len(deliveries)
    assert set(got.values()) <= {1}
    taken = {key for key, state in told.items() if state is State.ACCEPTED}
    doubted = {key for key, state in told.items() if state is State.UNKNOWN}
    assert taken <= set(got) <= taken | doubted


def test_a_rehearsal_is_checked_and_nothing_is_sent(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid(refused=["reader2@mail.example"]) as fake:
        deliveries = list(sender(fake.url).rehearse([mail(1), mail(2)]))
        assert fake.seen == 4 - 1
        assert (fake.mails, fake.requests) == ({}, [])
    assert states(deliveries) == {"d00001": State.ACCEPTED, "d00002": State.REJECTED}


def test_the_sandbox_takes_no_edition_for_sent(sender: Opens, mail: Mail, gather: Gather) -> None:
    with FakeSendGrid() as fake:
        deliveries, problem = gather(sender(fake.url, sandbox=True).send([mail(1)]))
        assert fake.seen == 0
    assert deliveries == []
    assert isinstance(problem, Refused)


def test_categories_of_the_settings_stand_beside_our_own(sender: Opens, mail: Mail) -> None:
    with FakeSendGrid() as fake:
        list(sender(fake.url, categories=("house", "daily", "x" * 300)).send([mail(1)]))
        [got] = fake.got("reader1@mail.example")
    assert got.categories == ("daily", "daily/2026-11-24", "house", "x" * 255)


def test_a_host_whose_certificate_is_unknown_gets_nothing(
    sender: Opens, mail: Mail, gather: Gather, tmp_path: Path
) -> None:
    key, chain = certificate(tmp_path, "localhost")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(chain, key)
    with FakeSendGrid(tls=served) as fake:
        deliveries, problem = gather(sender(fake.url).send([mail(1)]))
        assert fake.seen == 0
    assert deliveries == []
    assert isinstance(problem, SendError)
    assert "certificate" in problem.what


def test_a_key_that_is_none_is_refused_before_anything_is_asked() -> None:
    delivery = DeliverySettings(transport="sendgrid", sendgrid=SendGrid(api_key=Secret(env="KEY")))
    for key in ("", "SG x", "SG.\nx", "SGé"):
        with pytest.raises(CredentialsError):
            open_sender(delivery, root=Path(), environ={"KEY": key}, now=lambda: NOW)


def test_a_host_elsewhere_must_be_https() -> None:
    delivery = DeliverySettings(
        transport="sendgrid", sendgrid=SendGrid(api_key=Secret(env="KEY"), host="http://api.sendgrid.com")
    )
    with pytest.raises(ConfigError):
        open_sender(delivery, root=Path(), environ={"KEY": "SG.x"}, now=lambda: NOW)
