"""Steering a send that goes on elsewhere: what is asked takes effect, and nobody is lost or mailed twice."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from frozen import EDITION, Desk, Leaving

from digest.errors import Declined, Refused, Stopped
from digest.models.mail import Delivery, Message, State
from digest.pipeline import control
from digest.send import MemorySender
from digest.settings import Rate
from digest.store import editions


def asks(desk: Desk, what: object, after: int = 3) -> Leaving:
    """A sender during whose work another process asks for something, once."""
    asked: list[object] = []

    def then(sender: Leaving, message: Message) -> Delivery | None:
        if len(sender.at) == after and not asked:
            asked.append(what(desk.anew().project, EDITION))  # type: ignore[operator]
        desk.clock.forward(timedelta(seconds=1))
        return None

    return Leaving(desk.clock, then)


def test_a_pause_keeps_what_is_planned_and_a_resume_sends_it(desk: Desk) -> None:
    sender = asks(desk, control.pause)
    with pytest.raises(Stopped, match="3 of 10 done, 7 left: paused") as caught:
        list(desk.sending(sender))
    assert "digest resume daily@2026-11-24" in (caught.value.hint or "")
    assert desk.states == {State.ACCEPTED: 3, State.PLANNED: 7}
    assert control.paused(desk.project, EDITION)
    done = control.resume(desk.project, EDITION)
    assert not done.running
    assert not control.paused(desk.project, EDITION)
    list(desk.sending(sender, resume=True))
    assert desk.states == {State.ACCEPTED: 10}
    assert len({message.to for message in sender.sent}) == len(sender.sent) == 10


def test_a_process_that_stays_goes_on_when_it_is_told_to(desk: Desk) -> None:
    sender = asks(desk, control.pause)
    kinds = []
    for event in desk.sending(sender, wait=timedelta(minutes=5)):
        kinds.append(event.kind)
        if event.kind == "paused":
            done = control.resume(desk.anew().project, EDITION)
            assert done.running
    assert [kind for kind in kinds if kind in ("paused", "resumed")] == ["paused", "resumed"]
    assert desk.states == {State.ACCEPTED: 10}


def test_a_pause_is_remembered_for_who_comes_after_a_crash(desk: Desk) -> None:
    run = desk.sending(MemorySender(), window=2)
    next(run)
    control.pause(desk.project, EDITION)
    run.close()
    assert control.paused(desk.project, EDITION)


def test_a_cancelled_edition_is_never_mailed_again(desk: Desk) -> None:
    sender = asks(desk, control.cancel)
    with pytest.raises(Declined, match="3 had been accepted, 7 get nothing"):
        list(desk.sending(sender))
    assert desk.states == {State.ACCEPTED: 3, State.CANCELLED: 7}
    assert desk.edition_state == "cancelled"
    with pytest.raises(Refused, match="is cancelled"):
        control.resume(desk.project, EDITION)
    assert "already" in control.cancel(desk.project, EDITION).words


def test_cancelled_before_anything_left_it_burns_no_story(desk: Desk) -> None:
    run = desk.sending(MemorySender(), window=2)
    next(run)
    run.close()
    done = control.cancel(desk.project, EDITION)
    assert not done.running
    assert done.counts.of(State.CANCELLED) == 10
    with desk.project.store.database.read() as connection:
        since = desk.project.now() - timedelta(days=7)
        assert editions.already(connection, "everyone", since, "daily/2026-11-25") == {}


def test_what_a_dead_process_left_in_doubt_is_named_when_the_edition_is_cancelled(desk: Desk) -> None:
    class Dying(Leaving):
        name = "smtp"

        def send(self, messages):  # type: ignore[no-untyped-def]
            for _ in messages:
                raise MemoryError
            yield

    with pytest.raises(MemoryError):
        list(desk.sending(Dying(desk.clock)))
    control.cancel(desk.project, EDITION)
    counts = desk.states
    assert counts.pop(State.CANCELLED) == 9
    assert counts == {State.UNKNOWN: 1}


def test_another_rate_holds_at_once_and_for_later_runs(desk: Desk) -> None:
    sender = Leaving(desk.clock)
    paced = desk.paced(desk.project.settings.delivery.pacing, rate=Rate.parse("1/s"))
    paced.crowd(40)

    def faster(at: Leaving, message: Message) -> Delivery | None:
        if len(at.at) == 5:
            control.set_rate(desk.anew().project, EDITION, Rate.parse("10/s"))
        return None

    sender = Leaving(desk.clock, faster)
    list(paced.sending(sender))
    moments = [at for at, _ in sender.at]
    gaps = [later - first for first, later in pairwise(moments)]
    assert all(gap == pytest.approx(1.0, abs=0.01) for gap in gaps[:4])
    assert moments[-1] - moments[-41] == pytest.approx(4.0, abs=0.5)
    assert paced.states == {State.ACCEPTED: 50}


def test_nothing_can_be_asked_of_what_is_not_sent(desk: Desk) -> None:
    for ask in (control.pause, control.resume):
        with pytest.raises(Refused, match="is not being sent"):
            ask(desk.project, EDITION)
        with pytest.raises(Refused, match="has not been drafted"):
            ask(desk.project, "daily/2020-01-01")
    list(desk.sending(MemorySender()))
    with pytest.raises(Refused, match="is sent"):
        control.cancel(desk.project, EDITION)
    with pytest.raises(Refused, match="cannot be taken back"):
        control.undo(desk.project, EDITION)


def test_whether_a_process_sends_can_be_seen(desk: Desk) -> None:
    run = desk.sending(MemorySender(), window=2)
    next(run)
    assert control.running(desk.anew().project, EDITION)
    run.close()
    assert not control.running(desk.project, EDITION)
