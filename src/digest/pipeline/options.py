"""How one run of sending is to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from digest.settings import Rate


@dataclass(frozen=True, slots=True)
class Options:
    """How to send. `wait` is how long to stay for what was put off; `limit` how many people this run adds; `window`
    how many messages are written down at once, when it is to be another number than the sender likes. `at` is when
    to begin, `undo` how long to count down before the first message of a new send, `hand_over` whether the provider
    gets the mail before `at` and keeps it until then."""

    rate: Rate | None = None
    only: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    limit: int | None = None
    resume: bool = False
    retry_failed: bool = False
    retry_unknown: bool = False
    wait: timedelta = timedelta()
    window: int | None = None
    at: datetime | None = None
    undo: timedelta | None = None
    hand_over: bool = False

    @property
    def whole(self) -> bool:
        """Whether the run is for everyone of the edition."""
        return not (self.only or self.segments or self.limit)

    def as_json(self) -> dict[str, Any]:
        """What a run remembers of them."""
        return {"only": list(self.only), "segments": list(self.segments), "limit": self.limit}
