"""Standing items: pieces that come out at the same local time every week or every day, such as a puzzle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Self

REACH = timedelta(hours=96)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Repeats:
    """When a standing item comes out: on one weekday (0 is Monday) or daily (None), at a local time."""

    weekday: int | None
    at: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `monday 06:40` or `daily 06:40`.

        Raises:
            ValueError: it is neither.
        """
        match = re.fullmatch(r"([a-z]+)\s+(\d{1,2}):(\d{2})", text.strip().lower())
        if match and (match[1] == "daily" or match[1] in _DAYS) and int(match[2]) < 24 and int(match[3]) < 60:
            weekday = None if match[1] == "daily" else _DAYS.index(match[1])
            return cls(weekday, time(int(match[2]), int(match[3])))
        raise ValueError(f'"{text}" is no repetition; write it as "monday 06:40" or "daily 06:40"')

    def recent(self, now: datetime, zone: tzinfo) -> tuple[datetime, ...]:
        """Every occurrence in the 96 hours up to and with `now`, oldest first, in `zone`."""
        today = now.astimezone(zone).date()
        found = []
        for back in range(REACH.days + 2, -1, -1):
            day = today - timedelta(days=back)
            if self.weekday is not None and day.weekday() != self.weekday:
                continue
            when = datetime.combine(day, self.at, zone)
            if timedelta(0) <= now.astimezone(UTC) - when.astimezone(UTC) <= REACH:
                found.append(when)
        return tuple(found)
