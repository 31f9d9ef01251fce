"""The time before the first message: waiting for the hour, and the countdown in which a send is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from frozen import EDITION, Desk

from digest.errors import Declined, Refused, Stopped
from digest.pipeline import control, holding
from digest.store import editions, ledger, runs


def opened(desk: Desk):  # type: ignore[no-untyped-def]
    with desk.project.store.database.begin() as connection:
        edition = editions.load(connection, EDITION)
        run = ledger.open_run(connection, EDITION, "memory", {}, desk.project.now(), runs.WAITING)
    assert edition
    return edition, run


def counting(desk: Desk, stop=lambda: False):  # type: ignore[no-untyped-def]
    edition, run = opened(desk)
    span = timedelta(seconds=5)
    with desk.project.store.database.lock(f"send {EDITION}", ""):
        yield from holding.countdown(desk.project, edition, run, span, stop=stop, clocks=desk.times)


def test_the_countdown_counts_every_second_and_ends(desk: Desk) -> None:
    assert [event.words for event in counting(desk)] == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(("ask", "words"), [(control.undo, "taken back"), (control.cancel, "is cancelled")])
def test_another_process_takes_it_back_in_time(desk: Desk, ask, words: str) -> None:  # type: ignore[no-untyped-def]
    steps = counting(desk)
    next(steps)
    done = ask(desk.anew().project, EDITION)
    assert done.running
    with pytest.raises(Declined, match=words) as caught:
        list(steps)
    assert caught.value.exit_code == 7
    assert desk.states == {}
    assert desk.edition_state == ("cancelled" if ask is control.cancel else "checked")


def test_ctrl_c_takes_it_back(desk: Desk) -> None:
    asked: list[bool] = []
    steps = counting(desk, lambda: bool(asked))
    next(steps)
    asked.append(True)
    with pytest.raises(Declined, match="nothing was sent"):
        list(steps)


def waiting(desk: Desk, hours: float, **options: object):  # type: ignore[no-untyped-def]
    edition, run = opened(desk)
    at = desk.project.now() + timedelta(hours=hours)
    with desk.project.store.database.lock(f"send {EDITION}", ""):
        holding.schedule(desk.project, edition, at)
        yield from holding.until(
            desk.project,
            edition,
            run,
            at,
            stop=lambda: False,
            clocks=desk.times,
            **options,  # type: ignore[arg-type]
        )


def test_it_waits_for_its_hour(desk: Desk) -> None:
    before = desk.project.now()
    events = list(waiting(desk, 0.5, wait=timedelta(hours=1)))
    assert [event.kind for event in events] == ["scheduled"]
    assert desk.project.now() - before >= timedelta(minutes=30)


def test_an_hour_too_far_away_is_written_down_and_left(desk: Desk) -> None:
    with pytest.raises(Stopped, match="is scheduled for 24 Nov 12:00") as caught:
        list(waiting(desk, 5, wait=timedelta(minutes=15)))
    assert "--resume" in (caught.value.hint or "")
    assert desk.edition_state == "scheduled"
    control.undo(desk.project, EDITION)
    assert desk.edition_state == "checked"
    with desk.project.store.database.read() as connection:
        edition = editions.load(connection, EDITION)
        assert edition
        assert edition.frozen_at is None
        assert runs.scheduled_at(connection, EDITION) is None


def test_old_news_is_not_scheduled(desk: Desk) -> None:
    edition, _ = opened(desk)
    with pytest.raises(Refused, match="old news"):
        holding.demand_in_time(desk.project, edition, edition.send_by)
