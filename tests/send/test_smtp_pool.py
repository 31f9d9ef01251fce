"""Several connections and several relays at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import CredentialsError, SendError, Stopped
from digest.models.mail import Delivery, Message, State
from digest.send.fake_smtp import DROP, KEEP_THEN_DROP, FakeRelay
from digest.send.smtp import SmtpSender
from digest.send.smtp_relay import Relay

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


def relay(fake: FakeRelay, **options: float) -> Relay:
    given = {"connections": 4, "backoff": 0.0} | options
    return Relay("127.0.0.1", fake.port, "none", timeout=10, final_timeout=10, **given)  # type: ignore[arg-type]


def sender(*relays: Relay) -> SmtpSender:
    return SmtpSender(*relays, now=lambda: NOW)


def test_many_connections_give_each_message_once(mail: Mail) -> None:
    with FakeRelay() as fake, sender(relay(fake, connections=7, per_connection=9)) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(300)))
        assert fake.connections >= 7
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}
    assert Counter(taken.recipient for taken in fake.taken) == Counter(f"reader{n}@mail.example" for n in range(300))


def test_connections_are_kept_from_one_call_to_the_next(mail: Mail) -> None:
    with FakeRelay() as fake, sender(relay(fake, connections=1)) as smtp:
        for number in range(3):
            assert len(list(smtp.send([mail(number)]))) == 1
        assert fake.connections == 1


def test_relays_share_by_weight(mail: Mail) -> None:
    with FakeRelay() as strong, FakeRelay() as weak, sender(relay(strong, weight=3.0), relay(weak)) as smtp:
        assert len(list(smtp.send(mail(number) for number in range(80)))) == 80
    assert (len(strong.taken), len(weak.taken)) == (60, 20)


@pytest.mark.parametrize(
    "script",
    [
        {"connect": ["421 4.3.2 busy"] * 99},
        {"connect": ["554 5.7.1 go away"] * 99},
        {"ehlo": [DROP] * 99},
        {"mail": ["550 5.1.8 bad sender"] * 99},
        {"mail": ["451 4.3.0 later"] * 2 + [DROP] * 99},
    ],
)
def test_when_one_relay_is_out_the_others_take_its_letters(mail: Mail, script: dict[str, list[str]]) -> None:
    with FakeRelay(script) as bad, FakeRelay() as good, sender(relay(bad), relay(good)) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(60)))
    states = Counter(delivery.state for delivery in deliveries)
    assert len(deliveries) == 60
    assert states[State.ACCEPTED] + states[State.DEFERRED] == 60
    assert len(good.taken) == states[State.ACCEPTED] >= 50
    assert bad.taken == []


def test_when_all_are_out_the_rest_is_given_back(mail: Mail, gather: Gather) -> None:
    script = {"end": [KEEP_THEN_DROP] * 999}
    with FakeRelay(script) as one, FakeRelay(script) as two, sender(relay(one), relay(two)) as smtp:
        deliveries, problem = gather(smtp.send(mail(number) for number in range(200)))
        kept = {taken.recipient for fake in (one, two) for taken in fake.taken}
    assert isinstance(problem, Stopped)
    assert {delivery.state for delivery in deliveries} == {State.UNKNOWN}
    assert kept <= {f"reader{int(delivery.id[1:])}@mail.example" for delivery in deliveries}
    assert len(deliveries) < 20


def test_a_sender_that_stopped_can_be_used_again(mail: Mail, gather: Gather) -> None:
    with FakeRelay({"connect": ["421 4.3.2 busy"] * 3}) as fake, sender(relay(fake)) as smtp:
        deliveries, problem = gather(smtp.send([mail(1)]))
        assert (deliveries, type(problem)) == ([], Stopped)
        assert [delivery.state for delivery in smtp.send([mail(1)])] == [State.ACCEPTED]


def test_one_that_may_not_log_in_stops_all_at_once(mail: Mail, gather: Gather) -> None:
    with FakeRelay({"auth": ["535 5.7.8 no"] * 99}, ["AUTH PLAIN"]) as fake:
        with sender(Relay("127.0.0.1", fake.port, "none", "u", "p", backoff=0.0)) as smtp:
            deliveries, problem = gather(smtp.send(mail(number) for number in range(50)))
        assert fake.connections == 1
    assert (deliveries, type(problem)) == ([], CredentialsError)


def test_a_domain_that_asks_for_less_waits_and_the_others_go_on(mail: Mail) -> None:
    with FakeRelay({"rcpt": ["421 4.7.28 too much"]}) as fake, sender(relay(fake, connections=1)) as smtp:
        messages = [mail(n, email=f"r{n}@{('slow', 'fast')[n % 2]}.example") for n in range(20)]
        found = {delivery.id: delivery for delivery in smtp.send(messages)}
    slow = [found[message.id] for message in messages if "slow" in message.to]
    fast = [found[message.id] for message in messages if "fast" in message.to]
    assert {delivery.state for delivery in fast} == {State.ACCEPTED}
    assert {delivery.state for delivery in slow} == {State.DEFERRED}
    for delivery in slow:
        assert delivery.retry_at is not None
        assert NOW + timedelta(minutes=14) < delivery.retry_at <= NOW + timedelta(minutes=15)


def test_whoever_stops_listening_leaves_nothing_behind(mail: Mail) -> None:
    def endless() -> Iterator[Message]:
        number = 0
        while True:
            number += 1
            yield mail(number)

    with FakeRelay() as fake, sender(relay(fake)) as smtp:
        stream = smtp.send(endless())
        assert isinstance(stream, Iterator)
        assert next(stream).state is State.ACCEPTED
        stream.close()  # type: ignore[attr-defined]
        taken = len(fake.taken)
        assert [delivery.id for delivery in smtp.send([mail(9999)])] == ["d09999"]
        assert len(fake.taken) <= taken + 8 + 1


def test_a_stream_that_fails_fails_the_send(mail: Mail) -> None:
    def broken() -> Iterator[Message]:
        yield mail(1)
        raise RuntimeError("a bug")

    with FakeRelay() as fake, sender(relay(fake)) as smtp, pytest.raises(RuntimeError, match="a bug"):
        list(smtp.send(broken()))


def test_a_relay_that_has_room_for_few_still_gets_all(mail: Mail) -> None:
    script = {"connect": ["", "", *["421 4.7.0 too many connections"] * 40]}
    with FakeRelay(script) as fake, sender(relay(fake, connections=10)) as smtp:
        deliveries = list(smtp.send(mail(number) for number in range(100)))
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}
    assert len(fake.taken) == 100


def test_the_error_names_the_relay(mail: Mail, gather: Gather) -> None:
    with FakeRelay({"mail": ["550 5.1.8 bad sender"] * 9}) as fake, sender(relay(fake)) as smtp:
        _, problem = gather(smtp.send([mail(1)]))
    assert isinstance(problem, SendError)
    assert f"127.0.0.1:{fake.port}" in str(problem)
