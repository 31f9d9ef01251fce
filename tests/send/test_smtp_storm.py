"""Whatever a relay does, in whatever order: each message gets one answer, and nobody gets it twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import DigestError
from digest.models.mail import Delivery, Message, State
from digest.send.fake_smtp import DROP, KEEP_THEN_DROP, FakeRelay
from digest.send.smtp import SmtpSender
from digest.send.smtp_plain import SmtpPlainSender
from digest.send.smtp_relay import Relay

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
COUNT = 24
WEATHER = {
    "connect": ["", "", "421 4.3.2 busy", DROP],
    "ehlo": ["", "", "", DROP],
    "mail": ["", "", "", "", "421 4.3.2 closing", "451 4.3.0 later", DROP, "552 5.3.4 too big"],
    "rcpt": ["", "", "", "550 5.1.1 unknown", "450 4.2.1 later", "421 4.3.2 closing", "350 eh", DROP],
    "data": ["", "", "", "", "451 4.3.0 later", "554 5.5.0 no", "250 eh", DROP],
    "end": ["", "", "", "", "451 4.3.0 later", "554 5.7.1 no", "421 4.3.2 closing", DROP, KEEP_THEN_DROP, "354 eh"],
    "rset": ["", "", "500 what?", DROP],
}
SCRIPTS = st.fixed_dictionaries(
    {step: st.lists(st.sampled_from(acts), max_size=25) for step, acts in WEATHER.items()}
)
OFFERS = st.sampled_from([("PIPELINING", "SIZE 100000"), ("SIZE 100000",), ("PIPELINING",)])
Make = Callable[[Relay], SmtpSender | SmtpPlainSender]


def fast(relay: Relay) -> SmtpSender:
    return SmtpSender(relay, now=lambda: NOW)


def plain(relay: Relay) -> SmtpPlainSender:
    return SmtpPlainSender(relay, now=lambda: NOW)


@pytest.mark.parametrize(("make", "connections"), [(fast, 1), (fast, 5), (plain, 1)], ids=["one", "five", "plain"])
@settings(max_examples=15)
@given(script=SCRIPTS, offers=OFFERS, careless=st.booleans())
def test_one_answer_each_and_never_twice(
    make: Make,
    connections: int,
    mail: Callable[..., Message],
    script: dict[str, list[str]],
    offers: tuple[str, ...],
    careless: bool,
) -> None:
    messages = [mail(number, email=f"r{number}@d{number % 5}.example") for number in range(COUNT)]
    deliveries: list[Delivery] = []
    stopped = False
    with FakeRelay(script, offers, careless=careless) as fake:
        relay = Relay("127.0.0.1", fake.port, "none", timeout=10, final_timeout=10, connections=connections)
        relay = replace(relay, per_connection=7, backoff=0.0)
        with make(relay) as sender:
            try:
                for delivery in sender.send(messages):
                    deliveries.append(delivery)
            except DigestError:
                stopped = True
        taken = Counter(taken.recipient for taken in fake.taken)
        octets = {taken.recipient: taken.octets for taken in fake.taken}
    answers = {delivery.id: delivery.state for delivery in deliveries}
    assert len(answers) == len(deliveries)
    assert stopped or len(answers) == COUNT
    assert not taken or max(taken.values()) == 1
    for message in messages:
        state = answers.get(message.id)
        if state is State.ACCEPTED:
            assert octets[message.to] == message.raw
        elif state is not State.UNKNOWN:
            assert message.to not in taken
