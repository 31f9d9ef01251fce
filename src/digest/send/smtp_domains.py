"""How fast mail goes to one recipients' domain after it asked us to slow down; the other domains go on.

Additive increase, multiplicative decrease: half of the rate that was too much, after a pause, then evenly back up.
"""

from __future__ import annotations

from dataclasses import dataclass

PAUSE = 900.0
RECOVERY = 600.0
SLOWEST = 1 / 60
_WINDOW = 60.0
_MOST = 10_000


@dataclass(slots=True)
class _Slowed:
    cut: float
    rate: float
    until: float
    due: float = 0.0

    def now(self, at: float) -> float:
        return self.rate + self.cut * max(at - self.until, 0.0) / RECOVERY


class Domains:
    """Times are seconds that only grow, rates messages per second. Without a complaint nothing is held back."""

    def __init__(self) -> None:
        self._slowed: dict[str, _Slowed] = {}
        self._counts: dict[str, int] = {}
        self._began = 0.0

    @property
    def free(self) -> bool:
        """Whether no domain is held back."""
        return not self._slowed

    def wait(self, domain: str, at: float) -> float:
        """Seconds until the next message to this domain may go; 0 when it may go now."""
        slowed = self._slowed.get(domain)
        if slowed is None:
            return 0.0
        if at >= slowed.until and slowed.now(at) >= slowed.cut:
            del self._slowed[domain]
            return 0.0
        return max(slowed.until, slowed.due) - at if at < max(slowed.until, slowed.due) else 0.0

    def began(self, domain: str, at: float) -> None:
        """A message to this domain goes now."""
        if at - self._began > _WINDOW or len(self._counts) > _MOST:
            self._counts, self._began = {}, at
        self._counts[domain] = self._counts.get(domain, 0) + 1
        slowed = self._slowed.get(domain)
        if slowed is not None:
            slowed.due = at + 1 / slowed.now(at)

    def complained(self, domain: str, at: float) -> None:
        """The receiver said that it gets too much. What was under way then is no second complaint."""
        slowed = self._slowed.get(domain)
        if slowed is not None and at < slowed.until:
            return
        seen = self._counts.get(domain, 1) / max(at - self._began, 1.0)
        cut = min(seen, slowed.now(at)) if slowed is not None else seen
        rate = max(cut / 2, SLOWEST)
        self._slowed[domain] = _Slowed(max(cut, rate * 2), rate, at + PAUSE)
