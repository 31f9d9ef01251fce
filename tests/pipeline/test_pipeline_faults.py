"""A send whose disk fills up, whose store is locked, or whose clock jumps: it says so, and loses nobody."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from frozen import Desk, Leaving
from handed import Handed, fake_for
from sqlalchemy import event

from digest.errors import Stale, Stopped
from digest.models.mail import Delivery, Message, State
from digest.settings import Pacing, Rate

CROWD = 140
EVERYONE = CROWD + 10
PLENTY = 1 << 30


class Trouble(Leaving):
    """Takes every message, with a long answer; at one of them something happens to the machine."""

    def __init__(self, desk: Desk, at: int, happens: Callable[[], object]) -> None:
        super().__init__(desk.clock)
        self._at_message = at
        self._happens = happens

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for result in super().send(messages):
            if len(self.sent) == self._at_message:
                self._happens()
            yield replace(result, reply="250 2.0.0 Ok: queued as " + "4Z" * 200, reference=f"{len(self.sent):0200d}")


def each_once(*senders: Leaving) -> bool:
    got = Counter(message.to for sender in senders for message in sender.sent)
    return len(got) == EVERYONE and set(got.values()) == {1}


def on_every_use(desk: Desk, pragma: Callable[[], str]) -> None:
    """Set something on each connection to the store that is used from now on."""
    event.listen(desk.project.store.database.engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA {pragma()}"))


class Disk:
    """A limit on the pages of the store's file, as of a disk that has no more."""

    def __init__(self, desk: Desk) -> None:
        self.pages, self.grown = PLENTY, False
        on_every_use(desk, lambda: f"max_page_count={self.pages}")

    def fill(self) -> None:
        # Less than there is means: no more than there is.
        if not self.grown:
            self.pages = 1

    def grow(self) -> None:
        """A larger disk, which does not fill up again."""
        self.pages, self.grown = PLENTY, True


@pytest.mark.parametrize("at", [1, 110])
def test_a_disk_that_fills_up_in_mid_send_stops_it_and_the_same_command_goes_on(desk: Desk, at: int) -> None:
    desk.crowd(CROWD)
    disk = Disk(desk)
    sender = Trouble(desk, at, disk.fill)
    with pytest.raises(Stopped, match="the disk is full; what was done so far is kept") as stopped:
        list(desk.sending(sender, window=50))
    assert (stopped.value.exit_code, stopped.value.hint) == (75, "free some space, then go on with --resume")
    assert sum(desk.states.values()) == EVERYONE
    assert desk.states.get(State.ACCEPTED, 0) <= len(sender.sent) < EVERYONE
    disk.grow()
    list(desk.sending(sender, resume=True))
    assert desk.states == {State.ACCEPTED: EVERYONE}
    assert each_once(sender)
    assert desk.edition_state == "sent"


def test_a_disk_that_is_full_before_the_first_message_adds_nobody(desk: Desk) -> None:
    desk.crowd(CROWD)
    disk, sender = Disk(desk), Leaving(desk.clock)
    disk.fill()
    with pytest.raises(Stopped, match="disk is full"):
        list(desk.sending(sender))
    assert (desk.states, sender.sent) == ({}, [])
    disk.grow()
    list(desk.sending(sender))
    assert each_once(sender)


def test_what_a_provider_without_memory_took_on_a_full_disk_is_named_and_not_sent_again(desk: Desk) -> None:
    disk = Disk(desk)
    with fake_for(desk, heard=lambda _: disk.fill()) as fake:
        handed = Handed.to(desk, fake)
        handed.desk.crowd(CROWD)
        with pytest.raises(Stopped, match="disk is full"):
            list(handed.start(window=20))
        assert sum(handed.states().values()) == EVERYONE
        disk.grow()
        list(handed.start(resume=True))
        assert sum(handed.states().values()) == EVERYONE
        assert set(handed.states()) <= {State.ACCEPTED, State.UNKNOWN}
        assert handed.states()[State.UNKNOWN] > 0
        assert handed.states().get(State.ACCEPTED, 0) <= handed.mails <= EVERYONE


@pytest.mark.parametrize("at", [1, 80])
def test_a_store_that_stays_locked_stops_the_send_and_nothing_is_sent_twice(desk: Desk, at: int) -> None:
    desk.crowd(CROWD)
    path = desk.project.store.database.path
    assert path
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    on_every_use(desk, lambda: "busy_timeout=20")
    sender = Trouble(desk, at, lambda: other.executescript("BEGIN IMMEDIATE"))
    with pytest.raises(Stale, match="another process keeps the store locked") as locked:
        list(desk.sending(sender, window=50))
    assert locked.value.exit_code == 6
    other.execute("ROLLBACK")
    other.close()
    assert sum(desk.states.values()) == EVERYONE
    list(desk.sending(sender, resume=True))
    assert desk.states == {State.ACCEPTED: EVERYONE}
    assert each_once(sender)


@pytest.mark.parametrize(
    "jumps",
    [
        pytest.param({40: timedelta(hours=-1)}, id="back"),
        pytest.param({40: timedelta(hours=2)}, id="forward"),
        pytest.param({40: timedelta(hours=3), 80: timedelta(hours=-5), 120: timedelta(hours=2)}, id="both"),
    ],
)
@pytest.mark.parametrize("paced", [False, True])
def test_a_clock_that_jumps_between_windows_loses_nobody(
    desk: Desk, jumps: dict[int, timedelta], paced: bool
) -> None:
    if paced:
        desk = desk.paced(Pacing(daily=10_000, domains={"crowd.example": Rate.parse("100/s")}))
    desk.crowd(CROWD)
    deferred: set[str] = set()

    def then(sender: Leaving, message: Message) -> Delivery | None:
        desk.clock.forward(jumps.get(len(sender.at), timedelta()))
        if len(sender.at) % 40 == 0 and message.id not in deferred:
            deferred.add(message.id)
            return Delivery(
                message.id, State.DEFERRED, "greylisted", "451 4.7.1", retry_at=desk.clock() + timedelta(minutes=5)
            )
        return None

    sender = Leaving(desk.clock, then)
    for _ in range(20):
        with contextlib.suppress(Stopped):
            list(desk.sending(sender, window=25, wait=timedelta(minutes=15)))
        assert sum(desk.states.values()) == EVERYONE
        if desk.states == {State.ACCEPTED: EVERYONE}:
            break
        # A moment that was kept while the clock ran ahead comes when it comes.
        desk.clock.forward(timedelta(minutes=30))
    assert desk.states == {State.ACCEPTED: EVERYONE}
    assert deferred
    assert each_once(sender)


def test_a_clock_that_runs_past_the_last_moment_and_back_counts_everyone_once(desk: Desk) -> None:
    desk.crowd(CROWD)
    jumps = {100: timedelta(days=2)}
    sender = Leaving(desk.clock, lambda one, _: desk.clock.forward(jumps.get(len(one.at), timedelta())))
    list(desk.sending(sender, window=25))
    sent = len(sender.sent)
    assert desk.states == {State.ACCEPTED: sent, State.EXPIRED: EVERYONE - sent}
    assert 100 <= sent < EVERYONE
    desk.clock.forward(timedelta(days=-2))
    list(desk.sending(sender, resume=True))
    assert desk.states == {State.ACCEPTED: sent, State.EXPIRED: EVERYONE - sent}
