"""The two clocks there are: the machine's, and one that stands still until it is moved (`--now`, tests)."""

from __future__ import annotations

from datetime import datetime, timedelta


def machine() -> datetime:
    """The machine's time, with its zone."""
    return datetime.now().astimezone()


class StillClock:
    """A clock that shows one moment, which must be zone-aware, until it is moved forward."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        """Move on by `span`."""
        self.moment += span
