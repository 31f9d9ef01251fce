"""The process in which the conversations of a large send run."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import CredentialsError, SendError
from digest.models.mail import Delivery, Message, State
from digest.send.fake_smtp import HANG, FakeRelay
from digest.send.smtp import SmtpSender
from digest.send.smtp_apart import ENDED, Apart
from digest.send.smtp_letter import Desk, Letter
from digest.send.smtp_relay import Relay

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


def relay(fake: FakeRelay, connections: int = 4, per_connection: int = 500) -> Relay:
    return Relay(
        "127.0.0.1", fake.port, "none", timeout=10, final_timeout=10, connections=connections,
        per_connection=per_connection, backoff=0.0,
    )  # fmt: skip


@contextmanager
def running(*relays: Relay) -> Iterator[Apart]:
    """An engine that is ready."""
    engine = Apart(relays, now=lambda: NOW)
    engine.start()
    try:
        while not engine.ready:
            engine.wait()
        engine.begin()
        yield engine
    finally:
        engine.stop()


def letters(messages: Iterable[Message]) -> list[Letter]:
    desk = Desk()
    made = [desk.letter(message) for message in messages]
    return [letter for letter in made if isinstance(letter, Letter)]


def results(engine: Apart, number: int) -> list[Delivery]:
    """So many, or as many as came until it failed."""
    told: list[Delivery] = []
    while len(told) < number and engine.failed is None:
        engine.wait()
        told += engine.take()
    return told


def test_what_it_is_given_arrives_octet_for_octet(mail: Mail) -> None:
    messages = [mail(n, segment=("everyone", "subscribers")[n % 2], plain=n % 5 == 0) for n in range(200)]
    with FakeRelay() as fake, running(relay(fake)) as engine:
        engine.give(letters(messages[:90]))
        engine.give(letters(messages[90:]))
        told = results(engine, 200)
    assert {(delivery.id, delivery.state) for delivery in told} == {(m.id, State.ACCEPTED) for m in messages}
    assert {taken.recipient: taken.octets for taken in fake.taken} == {m.to: m.raw for m in messages}
    assert len(fake.taken) == 200


def test_lists_of_readers_own_do_not_run_out_of_numbers(mail: Mail) -> None:
    """Each has fixed octets of its own; what the other side remembers of them is bounded."""
    messages = []
    for number in range(150):
        message = mail(number)
        own = tuple(f"X-Own: {number}\r\n".encode() + chunk for chunk in message.chunks[:1])
        messages.append(replace(message, chunks=own + message.chunks[1:]))
    with FakeRelay() as fake, running(relay(fake)) as engine:
        for start in range(0, 150, 30):
            engine.give(letters(messages[start : start + 30]))
        told = results(engine, 150)
    assert Counter(delivery.state for delivery in told) == {State.ACCEPTED: 150}
    assert {taken.recipient: taken.octets for taken in fake.taken} == {m.to: m.raw for m in messages}


def test_a_message_that_is_put_off_comes_back_with_its_time_and_words(mail: Mail) -> None:
    with FakeRelay({"rcpt": ["450 4.2.1 later", "550 5.1.1 nobody"]}) as fake, running(relay(fake, 1)) as engine:
        engine.give(letters([mail(1), mail(2)]))
        later, never = sorted(results(engine, 2), key=lambda delivery: delivery.id)
    assert later.state is State.DEFERRED
    assert later.retry_at is not None
    assert timedelta(minutes=5) <= later.retry_at - NOW < timedelta(minutes=6)
    assert (never.state, never.reply) == (State.REJECTED, "550 5.1.1 nobody")


def test_a_relay_that_wants_a_login_ends_the_send(mail: Mail) -> None:
    with FakeRelay({"mail": ["530 5.7.0 log in"] * 9}) as fake, running(relay(fake, 1)) as engine:
        engine.give(letters([mail(1)]))
        assert results(engine, 1) == []
    assert isinstance(engine.failed, CredentialsError)
    assert engine.failed.hint


def test_when_the_process_dies_what_it_had_is_in_doubt(mail: Mail) -> None:
    with FakeRelay({"end": [HANG] * 9}) as fake, running(relay(fake, 1)) as engine:
        engine.give(letters(mail(number) for number in range(5)))
        while not fake.taken and fake.connections == 0:
            time.sleep(0.01)
        os.kill(engine.process, signal.SIGKILL)
        while engine.failed is None:
            engine.wait()
        told = list(engine.take())
    assert [(delivery.state, delivery.reason) for delivery in told] == [(State.UNKNOWN, ENDED)] * 5
    assert isinstance(engine.failed, SendError)


def test_what_was_abandoned_is_not_told_later(mail: Mail) -> None:
    with FakeRelay() as fake, running(relay(fake)) as engine:
        engine.give(letters(mail(number) for number in range(50)))
        engine.abandon()
        engine.begin()
        engine.give(letters([mail(99)]))
        told = results(engine, 1)
    assert [delivery.id for delivery in told] == ["d00099"]


def test_a_large_send_moves_and_nobody_notices(mail: Mail) -> None:
    """So many messages until it has moved, and a hundred more."""
    messages: list[Message] = []

    def source(smtp: SmtpSender) -> Iterator[Message]:
        more = 100
        while more:
            more -= smtp.apart
            messages.append(mail(len(messages)))
            yield messages[-1]

    with FakeRelay() as fake, SmtpSender(relay(fake), now=lambda: NOW, apart=30) as smtp:
        told = list(smtp.send(source(smtp)))
        again = list(smtp.send([mail(99_999)]))
    assert Counter(delivery.state for delivery in told) == {State.ACCEPTED: len(messages)}
    assert Counter(taken.recipient for taken in fake.taken[:-1]) == Counter(message.to for message in messages)
    assert [delivery.id for delivery in again] == ["d99999"]


def test_a_small_send_does_not_move(mail: Mail) -> None:
    with FakeRelay() as fake, SmtpSender(relay(fake), now=lambda: NOW, apart=30) as smtp:
        assert len(list(smtp.send(mail(number) for number in range(29)))) == 29
        assert not smtp.apart


def test_an_error_ends_a_send_that_has_moved(mail: Mail, gather: Gather) -> None:
    def source(smtp: SmtpSender) -> Iterator[Message]:
        number = 0
        while True:
            if smtp.apart:
                fake.script["mail"] = ["530 5.7.0 log in"] * 99
            yield mail(number)
            number += 1

    with FakeRelay() as fake, SmtpSender(relay(fake), now=lambda: NOW, apart=5) as smtp:
        told, problem = gather(smtp.send(source(smtp)))
    assert isinstance(problem, CredentialsError)
    assert {delivery.state for delivery in told} == {State.ACCEPTED}
    assert len(told) == len(fake.taken)


@pytest.mark.skipif(not Path("/proc").exists(), reason="asks the kernel by /proc whether a process is there")
def test_it_ends_with_the_process_that_sends() -> None:
    script = (
        "import os; from datetime import UTC, datetime; from digest.send.smtp_apart import Apart\n"
        "engine = Apart((), now=lambda: datetime.now(UTC)); engine.start()\n"
        "while not engine.ready: engine.wait()\n"
        "print(engine.process, flush=True); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False, timeout=60)
    child = Path("/proc") / done.stdout.decode().strip() / "stat"
    for _ in range(500):
        try:
            state = child.read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.01)
    pytest.fail("the process is still there")
