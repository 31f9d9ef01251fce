"""One request at a time to each host, and a pause between pages of the same one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

GAP = 0.5


class HostPace:
    """Lets requests to one host wait for each other; those to different hosts go side by side. Safe between threads.
    `sleep` and `clock` (seconds that never go back) are passed in by tests."""

    def __init__(
        self,
        gap: float = GAP,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap = gap
        self._sleep = sleep
        self._clock = clock
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._pages: dict[str, float] = {}

    @contextmanager
    def alone(self, url: str) -> Iterator[None]:
        """Holds back every other request to the host of `url` until the block ends."""
        host = _host(url)
        with self._guard:
            turn = self._turns.setdefault(host, threading.Lock())
        with turn:
            yield

    def wait(self, url: str) -> None:
        """Returns when the next page of the host of `url` may be asked for: `gap` seconds after the one before."""
        host = _host(url)
        with self._guard:
            now = self._clock()
            start = max(now, self._pages.get(host, now - self._gap) + self._gap)
            self._pages[host] = start
        if start > now:
            self._sleep(start - now)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
