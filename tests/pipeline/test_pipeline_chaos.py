"""Pull the plug in mid-send, at moments that differ, and start again: nobody is lost, nobody is mailed twice."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from frozen import Desk, Leaving

from digest.models.mail import Delivery, Message, State
from digest.store import ledger


class Plug(BaseException):
    """The process is gone: nothing catches it, and nothing after it runs."""


class Unplugged(Leaving):
    """Takes messages a few ahead of their answers, and dies at a given one: before it left, or after."""

    name = "smtp"

    def __init__(self, desk: Desk, taken: Counter[str], dies_at: int, ahead: int) -> None:
        super().__init__(desk.clock)
        self._taken = taken
        self._left = dies_at
        self._ahead = ahead

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        under_way: list[Message] = []
        for message in messages:
            self._left -= 1
            if self._left == 0:
                raise Plug
            self._taken[message.to] += 1
            under_way.append(message)
            if len(under_way) > self._ahead:
                yield Delivery(under_way.pop(0).id, State.ACCEPTED)
        yield from (Delivery(message.id, State.ACCEPTED) for message in under_way)

    def reconcile(self, places):  # type: ignore[no-untyped-def]
        return {}


@pytest.mark.parametrize("seed", [1, 2])
def test_whenever_the_plug_is_pulled_the_sum_holds_and_every_doubt_is_named(desk: Desk, seed: int) -> None:
    dice, taken = random.Random(seed), Counter[str]()
    desk.crowd(400)
    for _ in range(8):
        sender = Unplugged(desk, taken, dice.randint(1, 45), dice.randint(0, 6))
        with contextlib.suppress(Plug):
            list(desk.anew().sending(sender, window=dice.choice([1, 7, 25])))
        assert sum(desk.states.values()) == 410
    list(desk.anew().sending(Unplugged(desk, taken, -1, 3)))
    assert set(desk.states) <= {State.ACCEPTED, State.UNKNOWN}
    assert max(taken.values()) == 1
    with desk.project.store.database.read() as connection:
        rows = ledger.rows(connection, "daily/2026-11-24")
    for row in rows:
        assert row.state == "unknown" or taken[row.email] == 1, row.email
    assert 0 < desk.states[State.UNKNOWN] < 100
