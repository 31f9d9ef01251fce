import asyncio
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from certificates import certificate

from digest.errors import CredentialsError, SendError, Stopped
from digest.models.mail import Delivery, Message, State
from digest.send.fake_smtp import DROP, ENDLESS_LINE, FLOOD, HANG, KEEP_THEN_DROP, KEEP_THEN_HANG, WAIT, FakeRelay
from digest.send.smtp import SmtpSender
from digest.send.smtp_plain import SmtpPlainSender
from digest.send.smtp_relay import Relay

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SHORT = 0.25
Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


Sender = SmtpSender | SmtpPlainSender


@dataclass(frozen=True)
class Client:
    """Opens one of the two clients, on one connection, for a fake relay or for a real one."""

    kind: type[SmtpSender] | type[SmtpPlainSender]

    def __call__(self, relay: FakeRelay, timeout: float = 10.0, **options: Any) -> Sender:
        return self.open(
            Relay("127.0.0.1", relay.port, "none", timeout=timeout, final_timeout=timeout, **options), backoff=0.0
        )

    def open(self, relay: Relay, context: ssl.SSLContext | None = None, **changes: Any) -> Sender:
        return self.kind(replace(relay, connections=1, **changes), now=lambda: NOW, context=context)


@pytest.fixture(params=[SmtpSender, SmtpPlainSender], ids=["fast", "plain"])
def client(request: pytest.FixtureRequest) -> Client:
    """Whatever holds for the one client holds for the other."""
    return Client(request.param)


def sent_to(relay: FakeRelay) -> list[str]:
    return [taken.recipient for taken in relay.taken]


# --- what arrives ---------------------------------------------------------------------------------------------


def test_the_server_gets_the_octets_and_the_envelope(client: Client, mail: Mail) -> None:
    with FakeRelay() as relay, client(relay) as smtp:
        [delivery] = smtp.send([mail(1)])
        [taken] = relay.taken
    assert taken.octets == mail(1).raw
    assert (taken.sender, taken.recipient) == ("bounce+d00001@news.example", "reader1@mail.example")
    assert delivery == Delivery(
        "d00001", State.ACCEPTED, reply="250 2.0.0 ok queued as FAKE0001", reference="FAKE0001"
    )


def test_text_only_arrives_as_it_is_between_others(client: Client, mail: Mail) -> None:
    messages = [mail(n, plain=n % 2 == 0) for n in range(6)]
    with FakeRelay() as relay, client(relay) as smtp:
        assert len(list(smtp.send(messages))) == 6
        taken = {one.recipient: one.octets for one in relay.taken}
    assert taken == {message.to: message.raw for message in messages}
    assert sum(b"multipart" in octets for octets in taken.values()) == 3


def test_one_connection_serves_many_messages_and_is_not_used_for_ever(client: Client, mail: Mail) -> None:
    with FakeRelay() as relay, client(relay, per_connection=10) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(11)))
        assert relay.connections == 2
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


def test_a_foreign_message_with_leading_dots_arrives_as_it_was(client: Client, mail: Mail) -> None:
    octets = b".first\r\n..second\r\nthird\r\n.\r\nRSET\r\nlast"
    with FakeRelay() as relay, client(relay) as smtp:
        list(smtp.send([replace(mail(1), chunks=(octets,))]))
        [taken] = relay.taken
    assert taken.octets == octets + b"\r\n"


def test_the_size_is_announced_when_the_server_wants_it(client: Client, mail: Mail) -> None:
    with FakeRelay() as relay, client(relay) as smtp:
        list(smtp.send([mail(1)]))
        assert f"MAIL FROM:<bounce+d00001@news.example> SIZE={len(mail(1).raw)}" in relay.commands
    with FakeRelay(offers=()) as relay, client(relay) as smtp:
        list(smtp.send([mail(1)]))
        assert "MAIL FROM:<bounce+d00001@news.example>" in relay.commands


def test_an_address_outside_ascii_needs_a_server_that_takes_it(client: Client, mail: Mail) -> None:
    message = replace(mail(1), to="жанна@mail.example")
    with FakeRelay(offers=["SMTPUTF8", "8BITMIME"]) as relay, client(relay) as smtp:
        assert [delivery.state for delivery in smtp.send([message])] == [State.ACCEPTED]
        assert relay.commands[1].endswith(" SMTPUTF8")
        assert sent_to(relay) == ["жанна@mail.example"]
    with FakeRelay() as relay, client(relay) as smtp:
        [rejected] = smtp.send([message])
        assert relay.taken == []
    assert rejected.state is State.REJECTED
    assert "SMTPUTF8" in rejected.reason


def test_a_message_that_is_too_large_is_not_even_begun(client: Client, mail: Mail) -> None:
    with FakeRelay(offers=["SIZE 500"]) as relay, client(relay) as smtp:
        [delivery] = smtp.send([mail(1)])
        assert not any(command.startswith("MAIL") for command in relay.commands)
    assert delivery.state is State.REJECTED
    assert delivery.reason.startswith("too large")


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "a@b.example>\r\nDATA"},
        {"to": "a@b.example> <c@d.example"},
        {"envelope_from": "a\n@b.example"},
        {"chunks": (b"a\nb\r\n",)},
        {"chunks": (b"a\r\n.\n\rMAIL FROM:<x@y>\r\n",)},
    ],
)
def test_nothing_is_sent_that_could_be_read_as_a_second_command(
    client: Client, mail: Mail, changes: dict[str, Any]
) -> None:
    with FakeRelay() as relay, client(relay) as smtp:
        [delivery] = smtp.send([replace(mail(1), **changes)])
        assert relay.commands == []
    assert delivery.state is State.REJECTED


# --- replies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "reply", "state", "reason"),
    [
        ("rcpt", "550 5.1.1 unknown", State.REJECTED, "hard bounce"),
        ("rcpt", "552 5.2.2 full", State.REJECTED, "soft bounce"),
        ("rcpt", "450 4.7.1 greylisted", State.DEFERRED, "later"),
        ("rcpt", "421 4.7.28 rate", State.DEFERRED, "slow down"),
        ("rcpt", "299 who knows", State.ACCEPTED, ""),
        ("rcpt", "350 eh", State.DEFERRED, "no sense"),
        ("mail", "354 eh", State.DEFERRED, "no sense"),
        ("data", "451 4.3.0 later", State.DEFERRED, "later"),
        ("data", "554 5.5.1 no", State.REJECTED, "refused"),
        ("data", "250 eh", State.DEFERRED, "no sense"),
        ("end", "451 4.3.0 later", State.DEFERRED, "later"),
        ("end", "421 4.3.2 shutting down", State.DEFERRED, "later"),
        ("end", "552 5.3.4 too big", State.REJECTED, "too large"),
        ("end", "550 5.7.1 spam", State.REJECTED, "policy"),
        ("end", "354 eh", State.UNKNOWN, "no sense"),
        ("mail", "452 4.3.1 disk full", State.DEFERRED, "later"),
        ("mail", "552 5.3.4 too big", State.REJECTED, "too large"),
        ("body", "552 5.3.4 stop", State.REJECTED, "too large"),
        ("body", "451 4.3.0 stop", State.DEFERRED, "later"),
    ],
)
def test_a_reply_settles_its_message_and_the_next_one_goes_through(
    client: Client, mail: Mail, step: str, reply: str, state: State, reason: str
) -> None:
    with FakeRelay({step: [reply]}) as relay, client(relay) as smtp:
        # Large enough that the answer to its beginning is there before its end is written.
        large = replace(mail(1), chunks=(b"x" * 70 + b"\r\n",) * 100_000) if step == "body" else mail(1)
        smtp_deliveries = list(smtp.send([large, mail(2, email="reader2@other.example")]))
        arrived = sent_to(relay)
    first, second = smtp_deliveries
    assert (first.state, second.state) == (state, State.ACCEPTED)
    assert reason in first.reason
    assert first.reply or state is State.ACCEPTED
    assert (first.retry_at is not None) == (state is State.DEFERRED)
    assert arrived.count("reader1@mail.example") == (state is State.ACCEPTED)
    assert arrived.count("reader2@other.example") == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_server_that_is_closing_is_called_again(client: Client, mail: Mail, step: str) -> None:
    with FakeRelay({step: ["421 4.3.2 closing"]}) as relay, client(relay) as smtp:
        deliveries = list(smtp.send([mail(1), mail(2)]))
        assert relay.connections == 2
        assert sent_to(relay) == ["reader1@mail.example", "reader2@mail.example"]
    assert [delivery.state for delivery in deliveries] == [State.ACCEPTED] * 2


# --- lines that break --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "body"])
@pytest.mark.parametrize("how", [DROP, HANG])
def test_a_line_lost_before_the_final_dot_is_tried_again_once(
    client: Client, mail: Mail, step: str, how: str
) -> None:
    with FakeRelay({step: [how]}) as relay, client(relay, SHORT if how == HANG else 10) as smtp:
        large = replace(mail(1), chunks=(b"x" * 70 + b"\r\n",) * 100_000)
        [delivery] = smtp.send([large if step == "body" else mail(1)])
        assert sent_to(relay) == ["reader1@mail.example"]
    assert delivery.state is State.ACCEPTED


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("how", [FLOOD, ENDLESS_LINE, "HTTP/1.1 200 OK", "2\0\0 \x7f"])
def test_what_is_no_reply_breaks_the_line_and_not_the_run(client: Client, mail: Mail, step: str, how: str) -> None:
    with FakeRelay({step: [how]}) as relay, client(relay) as smtp:
        deliveries = list(smtp.send([mail(1), mail(2)]))
        assert relay.connections == 2
        assert sent_to(relay) == ["reader1@mail.example", "reader2@mail.example"]
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


@pytest.mark.parametrize("how", [FLOOD, ENDLESS_LINE, "HTTP/1.1 200 OK"])
def test_what_is_no_reply_to_a_whole_message_is_a_doubt(client: Client, mail: Mail, how: str) -> None:
    with FakeRelay({"end": [how]}) as relay, client(relay) as smtp:
        first, second = smtp.send([mail(1), mail(2)])
    assert (first.state, second.state) == (State.UNKNOWN, State.ACCEPTED)


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data", "end"])
def test_a_server_that_is_slow_is_waited_for(client: Client, mail: Mail, step: str) -> None:
    with FakeRelay({step: [WAIT]}) as relay, client(relay) as smtp:
        assert [delivery.state for delivery in smtp.send([mail(1)])] == [State.ACCEPTED]
        assert relay.connections == 1


@pytest.mark.parametrize("offers", [(), ("PIPELINING",)], ids=["lockstep", "pipelining"])
@pytest.mark.parametrize("careless", [False, True], ids=["careful", "careless"])
def test_a_refused_recipient_leaves_no_trace_on_the_connection(
    client: Client, mail: Mail, offers: tuple[str, ...], careless: bool
) -> None:
    script = {"rcpt": ["550 5.1.1 unknown", "", "550 5.1.1 unknown"], "mail": ["", "", "", "", "552 5.3.4 too big"]}
    with FakeRelay(script, offers, careless=careless) as relay, client(relay) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(7)))
        assert relay.connections == 1
        assert sent_to(relay) == [f"reader{number}@mail.example" for number in (1, 3, 5, 6)]
        assert all(taken.octets for taken in relay.taken)
    states = {delivery.id: delivery.state for delivery in deliveries}
    assert [number for number in range(7) if states[f"d{number:05d}"] is State.REJECTED] == [0, 2, 4]


def test_a_server_with_a_limit_for_each_connection_is_called_as_often_as_it_likes(client: Client, mail: Mail) -> None:
    script = {"mail": ["", "421 4.7.0 enough", "", "421 4.7.0 enough", "", "421 4.7.0 enough", ""]}
    with FakeRelay(script) as relay, client(relay) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(4)))
        assert relay.connections == 4
        assert len(relay.taken) == 4
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_line_lost_twice_is_later_not_never(client: Client, mail: Mail, step: str) -> None:
    with FakeRelay({step: [DROP, DROP]}) as relay, client(relay) as smtp:
        first, second = smtp.send([mail(1), mail(2)])
        assert sent_to(relay) == ["reader2@mail.example"]
    assert first.state is State.DEFERRED
    assert first.retry_at == NOW + timedelta(minutes=5)
    assert "hung up" in first.reason
    assert second.state is State.ACCEPTED


@pytest.mark.parametrize("how", [DROP, HANG, KEEP_THEN_DROP, KEEP_THEN_HANG])
def test_a_line_lost_after_the_final_dot_is_a_doubt_and_never_sent_again(
    client: Client, mail: Mail, how: str
) -> None:
    with FakeRelay({"end": [how]}) as relay, client(relay, SHORT if "hang" in how else 10) as smtp:
        first, second = smtp.send([mail(1), mail(2)])
        arrived = sent_to(relay)
    assert first.state is State.UNKNOWN
    assert first.reason
    assert second.state is State.ACCEPTED
    assert arrived.count("reader1@mail.example") == (how in (KEEP_THEN_DROP, KEEP_THEN_HANG))


def test_a_relay_that_keeps_breaking_off_stops_the_run(client: Client, mail: Mail, gather: Gather) -> None:
    with FakeRelay({"end": [KEEP_THEN_DROP] * 9}) as relay, client(relay) as smtp:
        deliveries, problem = gather(smtp.send(mail(number) for number in range(9)))
        assert len(relay.taken) == 3
    assert [delivery.state for delivery in deliveries] == [State.UNKNOWN] * 3
    assert isinstance(problem, Stopped)


def test_a_relay_that_puts_off_every_sender_stops_the_run(client: Client, mail: Mail, gather: Gather) -> None:
    with FakeRelay({"mail": ["451 4.3.0 later"] * 9}) as relay, client(relay) as smtp:
        deliveries, problem = gather(smtp.send(mail(number) for number in range(9)))
    assert [delivery.state for delivery in deliveries] == [State.DEFERRED] * 3
    assert isinstance(problem, Stopped)


def test_a_row_of_policy_refusals_stops_the_run(client: Client, mail: Mail, gather: Gather) -> None:
    with FakeRelay({"rcpt": ["550 5.7.1 blocked"] * 50}) as relay, client(relay) as smtp:
        deliveries, problem = gather(smtp.send(mail(number) for number in range(50)))
    assert [delivery.state for delivery in deliveries] == [State.REJECTED] * 20
    assert isinstance(problem, Stopped)
    assert "policy" in problem.what


def test_bad_addresses_in_a_row_stop_nothing(client: Client, mail: Mail) -> None:
    with FakeRelay({"rcpt": ["550 5.1.1 unknown"] * 50}) as relay, client(relay) as smtp:
        assert len(list(smtp.send(mail(number) for number in range(60)))) == 60
        assert len(relay.taken) == 10


def smtp_once(smtp: Sender, message: Message) -> list[Delivery]:
    with smtp:
        return list(smtp.send([message]))


# --- the transport as a whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"connect": ["554 go away"]}, SendError),
        ({"connect": ["421 4.3.2 busy"] * 3}, Stopped),
        ({"connect": [DROP] * 3}, Stopped),
        ({"connect": [HANG] * 3}, Stopped),
        ({"connect": ["HTTP/1.1 400 Bad Request"] * 3}, Stopped),
        ({"ehlo": ["550 no"]}, SendError),
        ({"ehlo": ["451 later"] * 3}, Stopped),
        ({"mail": ["530 5.7.0 authentication required"]}, CredentialsError),
        ({"mail": ["550 5.1.8 bad sender"]}, SendError),
    ],
)
def test_what_is_not_about_a_recipient_harms_none(
    client: Client, mail: Mail, gather: Gather, script: dict[str, list[str]], error: type[Exception]
) -> None:
    with FakeRelay(script) as relay, client(relay, SHORT) as smtp:
        deliveries, problem = gather(smtp.send([mail(1), mail(2)]))
        assert relay.taken == []
    assert deliveries == []
    assert type(problem) is error
    assert f"127.0.0.1:{relay.port}" in str(problem)


def test_nobody_listening_is_said_in_words(client: Client, mail: Mail) -> None:
    with FakeRelay() as relay:
        port = relay.port
    with pytest.raises(SendError, match="reached"):
        smtp_once(client.open(Relay("127.0.0.1", port, "none", backoff=0.0)), mail(1))


def test_starttls_that_is_not_offered_is_not_done_without(client: Client, mail: Mail) -> None:
    with FakeRelay() as relay:
        smtp = client.open(Relay("127.0.0.1", relay.port, "starttls", timeout=10))
        with pytest.raises(SendError, match="STARTTLS"):
            smtp_once(smtp, mail(1))
        assert not any(command.startswith("MAIL") for command in relay.commands)


def test_what_is_said_before_tls_begins_is_not_believed(client: Client, mail: Mail) -> None:
    script = {"starttls": ["220 go on\r\n250 injected"]}
    with FakeRelay(script, offers=["STARTTLS"]) as relay:
        smtp = client.open(Relay("127.0.0.1", relay.port, "starttls", timeout=10))
        with pytest.raises(SendError, match="private"):
            smtp_once(smtp, mail(1))


@pytest.mark.parametrize(
    ("offers", "script", "error", "words"),
    [
        (["AUTH PLAIN"], {"auth": ["535 5.7.8 bad"]}, CredentialsError, "login"),
        (["AUTH PLAIN"], {"auth": ["454 4.7.0 later"] * 3}, Stopped, "login"),
        (["AUTH GSSAPI"], {}, CredentialsError, "GSSAPI"),
        ([], {}, CredentialsError, "none"),
    ],
)
def test_a_login_that_fails(
    client: Client, mail: Mail, offers: list[str], script: dict[str, list[str]], error: type[Exception], words: str
) -> None:
    with FakeRelay(script, offers) as relay:
        with pytest.raises(error, match=words) as caught:
            smtp_once(client(relay, username="u", password="s3cret"), mail(1))
        assert relay.taken == []
    assert "s3cret" not in str(caught.value)


def test_the_password_is_never_shown() -> None:
    assert "s3cret" not in repr(Relay("h", 1, "none", "u", "s3cret"))


# --- a real server -----------------------------------------------------------------------------------------------


class Box:
    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.got.append(envelope)
        return "250 2.0.0 queued as REAL01"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ledger", "pässword".encode())
    return AuthResult(success=good, handled=False)


class AnyPort(Controller):
    """Listens on a port that the system chooses, and says which."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def server(tmp_path: Path, **options: Any) -> Iterator[tuple[Box, int, ssl.SSLContext]]:
    key, cert = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    box = Box()
    if options.pop("tls", False):
        options["tls_context"] = context
    if options.pop("implicit", False):
        options["ssl_context"] = context
    controller = AnyPort(box, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield box, controller.port, trusting
    finally:
        controller.stop(no_assert=True)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_starttls_and_login_against_a_real_server(client: Client, mail: Mail, tmp_path: Path, mechanism: str) -> None:
    other = {"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[mechanism]
    with server(
        tmp_path,
        tls=True,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        auth_exclude_mechanism=[other],
    ) as (box, port, trusting):
        relay = Relay("localhost", port, "starttls", "ledger", "pässword", timeout=10, final_timeout=10)
        with client.open(relay, trusting) as smtp:
            deliveries = list(smtp.send([mail(1), mail(2)]))
        wrong = Relay("localhost", port, "starttls", "ledger", "wrong", timeout=10)
        with pytest.raises(CredentialsError, match="login"):
            smtp_once(client.open(wrong, trusting), mail(3))
    assert [delivery.reference for delivery in deliveries] == ["REAL01", "REAL01"]
    assert [envelope.rcpt_tos for envelope in box.got] == [["reader1@mail.example"], ["reader2@mail.example"]]
    assert box.got[0].content == mail(1).raw


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_large_message_arrives_whole_in_tls(client: Client, mail: Mail, tmp_path: Path, security: str) -> None:
    octets = b"Subject: x\r\n\r\n" + b"".join(b"%d .\r\n.%d\r\n" % (n, n) for n in range(30_000))
    options = {"implicit": True} if security == "tls" else {"tls": True}
    with server(tmp_path, data_size_limit=10_000_000, **options) as (box, port, trusting):
        relay = Relay("localhost", port, security, timeout=30, final_timeout=30)
        with client.open(relay, trusting) as smtp:
            messages = [replace(mail(1), chunks=(octets,)), mail(2)]
            assert [delivery.state for delivery in smtp.send(messages)] == [State.ACCEPTED] * 2
    assert [envelope.content for envelope in box.got] == [octets, mail(2).raw]


def test_a_certificate_is_checked_in_implicit_tls_too(client: Client, mail: Mail, tmp_path: Path) -> None:
    with server(tmp_path, implicit=True) as (box, port, _):
        smtp = client.open(Relay("localhost", port, "tls", timeout=10))
        with pytest.raises(SendError, match="private"):
            smtp_once(smtp, mail(1))
    assert box.got == []


def test_a_certificate_that_nobody_vouches_for_is_refused(client: Client, mail: Mail, tmp_path: Path) -> None:
    with server(tmp_path, tls=True) as (box, port, _):
        smtp = client.open(Relay("localhost", port, "starttls", timeout=10))
        with pytest.raises(SendError, match="private"):
            smtp_once(smtp, mail(1))
    assert box.got == []


def test_a_certificate_for_another_name_is_refused(client: Client, mail: Mail, tmp_path: Path) -> None:
    with server(tmp_path, tls=True) as (box, port, trusting):
        smtp = client.open(Relay("127.0.0.1", port, "starttls", timeout=10), trusting)
        with pytest.raises(SendError, match="private"):
            smtp_once(smtp, mail(1))
    assert box.got == []


def test_the_same_message_through_the_standard_library_arrives_alike(
    client: Client, mail: Mail, tmp_path: Path
) -> None:
    message = mail(1, name="Zoë")
    with server(tmp_path) as (box, port, _):
        list(smtp_all(client.open(Relay("127.0.0.1", port, "none", timeout=10)), [message]))
        with smtplib.SMTP("127.0.0.1", port) as other:
            other.sendmail(message.envelope_from, [message.to], message.raw)
    ours, theirs = box.got
    assert ours.content == theirs.content
    assert message_from_bytes(ours.content, policy=policy.default)["Subject"] == "Rents rise – everyone"


def smtp_all(smtp: Sender, messages: list[Message]) -> list[Delivery]:
    with smtp:
        return list(smtp.send(messages))


def test_leaving_a_sender_ends_its_conversation(client: Client, mail: Mail) -> None:
    before = threading.active_count()
    with FakeRelay() as relay:
        smtp_once(client(relay), mail(1))
    assert relay.commands[-1] == "QUIT"
    assert threading.active_count() == before
