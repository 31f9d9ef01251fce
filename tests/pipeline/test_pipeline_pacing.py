"""How fast mail leaves: evenly, by domain, by day, and not at night; and nobody is forgotten for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from frozen import EDITION, MORNING, Desk, Leaving

from digest.errors import ConfigError, Stopped
from digest.models.mail import Delivery, Message, State
from digest.pipeline import pacing
from digest.settings import Pacing, Rate
from digest.store import ledger, paces


def most_in_a_second(moments: list[float]) -> int:
    """The most messages that left in any stretch of a second."""
    return max(sum(1 for other in moments if at <= other < at + 1) for at in moments)


def test_messages_leave_evenly_at_the_rate(desk: Desk) -> None:
    desk = desk.paced(Pacing(), rate=Rate.parse("20/s"))
    desk.crowd(150)
    sender = Leaving(desk.clock)
    list(desk.sending(sender))
    moments = [at for at, _ in sender.at]
    assert len(moments) == 160
    assert most_in_a_second(moments) <= 26
    assert moments[-1] == pytest.approx(8.0, abs=1.0)


def test_a_slow_domain_holds_nobody_else_up(desk: Desk) -> None:
    desk = desk.paced(Pacing(domains={"slow.example": Rate.parse("2/s")}), rate=Rate.parse("100/s"))
    desk.crowd(120, lambda n: "slow.example" if n % 3 == 0 else "fast.example")
    sender = Leaving(desk.clock)
    list(desk.sending(sender))
    slow = [at for at, to in sender.at if to.endswith("@slow.example")]
    fast = [at for at, to in sender.at if to.endswith("@fast.example")]
    assert (len(slow), len(fast)) == (40, 80)
    assert most_in_a_second(slow) <= 3
    assert max(fast) < 3.0
    assert max(slow) == pytest.approx(19.5, abs=2.0)
    assert desk.states == {State.ACCEPTED: 130}


def test_a_domain_that_asks_for_less_gets_less_and_loses_nobody(desk: Desk) -> None:
    desk = desk.paced(Pacing(), rate=Rate.parse("50/s"))
    desk.crowd(60, lambda n: "busy.example" if n < 30 else "calm.example")
    asked: list[str] = []

    def then(sender: Leaving, message: Message) -> Delivery | None:
        if message.to.endswith("@busy.example") and len(asked) < 2:
            asked.append(message.to)
            later = desk.clock() + timedelta(minutes=5)
            return Delivery(message.id, State.DEFERRED, "slow down", "421 4.7.28 unusual rate", retry_at=later)
        return None

    sender = Leaving(desk.clock, then)
    list(desk.sending(sender, wait=timedelta(hours=1)))
    busy = [at for at, to in sender.at if to.endswith("@busy.example")]
    calm = [at for at, to in sender.at if to.endswith("@calm.example")]
    assert max(calm) < 5.0
    rested = [at for at in busy if at > 10]
    assert min(rested) >= 300
    assert desk.states == {State.ACCEPTED: 70}


def test_a_greylisted_recipient_is_not_a_domain_that_asks_for_less() -> None:
    def deferred(reply: str) -> Delivery:
        return Delivery("x", State.DEFERRED, "later", reply)

    assert pacing.asks_for_less(deferred("421 4.7.28 too much"))
    assert pacing.asks_for_less(deferred("450 4.7.650 rate limited"))
    assert pacing.asks_for_less(deferred("421 busy"))
    assert not pacing.asks_for_less(deferred("450 4.7.1 greylisted"))
    assert not pacing.asks_for_less(deferred("452 4.2.2 mailbox full"))
    assert not pacing.asks_for_less(Delivery("x", State.REJECTED, "no", "421 4.7.28 too much"))


def test_what_is_over_the_days_limit_goes_on_the_next_day(desk: Desk) -> None:
    desk.clock.moment = datetime.fromisoformat("2026-11-24T18:30:00+05:30")
    desk = desk.paced(Pacing(daily=4))
    sender = Leaving(desk.clock)
    with desk.project.store.database.begin() as connection:
        from sqlalchemy import update

        from digest.store.schema import editions

        connection.execute(update(editions).values(send_by=MORNING.timestamp() + 24 * 3600))
    with pytest.raises(Stopped, match=r"4 of 10 done, 6 left: will retry on 25 Nov at 00:00"):
        list(desk.sending(sender))
    assert desk.states == {State.ACCEPTED: 4, State.DEFERRED: 6}
    with desk.project.store.database.read() as connection:
        assert ledger.reasons(connection, EDITION) == [(State.DEFERRED, "the day's limit of 4 is reached", 6)]
    desk.clock.forward(timedelta(hours=6))
    list(desk.paced(Pacing(daily=5)).sending(sender, resume=True))
    # By the day after that it would be old news.
    assert desk.states == {State.ACCEPTED: 9, State.EXPIRED: 1}
    assert len({message.to for message in sender.sent}) == 9


def test_what_could_only_leave_as_old_news_expires_with_the_reason(desk: Desk) -> None:
    desk = desk.paced(Pacing(daily=4))
    list(desk.sending(Leaving(desk.clock)))
    assert desk.states == {State.ACCEPTED: 4, State.EXPIRED: 6}
    with desk.project.store.database.read() as connection:
        assert "old news" in ledger.reasons(connection, EDITION)[0][1]


def test_a_new_address_warms_up_by_the_days_it_sends(desk: Desk) -> None:
    desk = desk.paced(Pacing(warm_up=(2, 5), daily=100))
    limits = []
    for day in ("2026-11-24", "2026-11-24", "2026-11-26", "2026-11-30"):
        now = datetime.fromisoformat(f"{day}T08:00:00+05:30")
        made = pacing.Pacing(desk.project, leaves=True, rate=None)
        with desk.project.store.database.begin() as connection:
            limits.append(made.room(connection, now))
            made.start(connection, 1, now)
    assert limits == [2, 1, 5, 100]


def test_nothing_leaves_in_quiet_hours(desk: Desk) -> None:
    desk = desk.paced(Pacing(quiet="06:00-07:20"))
    sender = Leaving(desk.clock)
    with pytest.raises(Stopped, match="will retry at 07:20"):
        list(desk.sending(sender))
    assert sender.at == []
    list(desk.sending(sender, resume=True, wait=timedelta(hours=3)))
    assert min(at for at, _ in sender.at) >= 20 * 60
    assert desk.states == {State.ACCEPTED: 10}


@pytest.mark.parametrize("text", ["22-6", "late", "06:00-06:00", "22:00-06:00-07:00"])
def test_quiet_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="quiet hours"):
        pacing.quiet_hours(text)


def test_two_processes_share_one_pace(desk: Desk) -> None:
    desk = desk.paced(Pacing(), rate=Rate.parse("10/s"))
    one, two = (pacing.Pacing(desk.project, leaves=True, rate=Rate.parse("10/s"), wall=lambda: 1000.0) for _ in "ab")
    now = desk.project.now()
    with desk.project.store.database.begin() as connection:
        waits = [one.start(connection, 10, now), two.start(connection, 10, now), one.start(connection, 10, now)]
    assert waits == [0.0, pytest.approx(0.75), pytest.approx(1.75)]


def test_a_clock_set_back_stops_nobody(desk: Desk) -> None:
    with desk.project.store.database.begin() as connection:
        paces.reserve(connection, paces.ALL, 10, 0.1, 100_000.0)
        assert paces.reserve(connection, paces.ALL, 10, 0.1, 50_000.0) == 50_000.0
        paces.spend(connection, "2026-11-25", 70)
        assert paces.spent(connection, "2026-11-24") == 70
        assert paces.spent(connection, "2026-11-26") == 0
