"""Results told in groups: waking whoever waits for each of them would cost more than sending it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator

from digest.models.mail import Delivery

TOGETHER = 64
_AT_MOST = 0.01


class Results:
    """`ring` is called on the loop when there are `TOGETHER`, when the last that is expected is there, or a hundredth
    of a second after the first."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._waiting: deque[Delivery] = deque()
        self._expected = 0
        self._ringing = False

    def begin(self) -> None:
        """Nothing is expected any more."""
        self._expected = 0
        self._waiting.clear()

    def expect(self, number: int) -> None:
        """So many more are to come."""
        self._expected += number

    def add(self, delivery: Delivery) -> None:
        """One is there. Called on the loop."""
        self._waiting.append(delivery)
        self._expected -= 1
        if self._expected <= 0 or len(self._waiting) >= TOGETHER:
            self._ring()
        elif not self._ringing:
            self._ringing = True
            self._loop.call_later(_AT_MOST, self._late)

    def take(self) -> Iterator[Delivery]:
        """Those that are there, from any thread."""
        while self._waiting:
            yield self._waiting.popleft()

    def _late(self) -> None:
        self._ringing = False
        self._ring()
