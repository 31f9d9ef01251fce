"""How often one network may ask for letters. Unsubscribing is never limited."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` at once, and one more every `seconds` / `burst`."""

    burst: int
    seconds: float


LETTERS = Allowance(10, 600.0)


class Limits:
    """Remembers how much of its allowance each network has left, the last 20,000 of them. Safe between threads."""

    def __init__(self, allowance: Allowance = LETTERS) -> None:
        self._allowance = allowance
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, network: str, now: datetime) -> float:
        """Take one; the seconds to wait when there is none left, else 0."""
        pace = self._allowance.seconds / self._allowance.burst
        at = now.timestamp()
        with self._lock:
            left, since = self._left.get(network, (float(self._allowance.burst), at))
            left = min(left + max(at - since, 0.0) / pace, float(self._allowance.burst))
            wait = 0.0 if left >= 1 else (1 - left) * pace
            self._left[network] = (left if wait else left - 1, at)
            self._left.move_to_end(network)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        return wait
