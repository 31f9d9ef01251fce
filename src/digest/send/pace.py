"""A smooth rate: one message at each beat, never a burst to catch up after a pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


class Pace:
    """At most `per_second` items a second, evenly spaced.

    `clock` returns seconds that only grow, `sleep` waits for that many. Time lost while the other side was slow is
    not made up for beyond `slack` seconds' worth: a receiver sees the rate that was promised, not its average.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        slack: float = 0.25,
    ) -> None:
        if not per_second > 0:
            raise ValueError("a rate is more than nothing")
        self._gap = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._slack = slack
        self._due: float | None = None

    def change(self, per_second: float) -> None:
        """Another rate from the next item on (`digest rate`)."""
        if not per_second > 0:
            raise ValueError("a rate is more than nothing")
        self._gap = 1 / per_second

    def wait(self) -> None:
        """Returns when the next item may go."""
        now = self._clock()
        due = now if self._due is None else max(self._due, now - self._slack)
        while due > now:
            self._sleep(due - now)
            now = self._clock()
        self._due = due + self._gap

    def through(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items, each at its time."""
        for item in items:
            self.wait()
            yield item
