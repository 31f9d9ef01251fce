"""The small languages inside settings: spans of time, rates, budgets, clock schedules, secrets by reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from digest.errors import CredentialsError

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time written `90s`, `15m`, `24h`, `7d` or `2w`."""

    seconds: int
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(r"(\d{1,6})\s*(s|m|min|h|d|w)", text.strip())
        if not match or not int(match[1]):
            raise ValueError(f'"{text}" is no span of time; write one as 90s, 15m, 24h, 7d or 2w')
        return cls(int(match[1]) * _UNITS[match[2]], text.strip())

    @property
    def delta(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    @property
    def hours(self) -> float:
        return self.seconds / 3600


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast: messages per second, written `50/s`, `600/min` or `10000/h`."""

    per_second: float
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*/\s*(s|m|min|h|d)", text.strip())
        if not match or not float(match[1]):
            raise ValueError(f'"{text}" is no rate; write one as 50/s, 600/min or 10000/h')
        return cls(float(match[1]) / _UNITS[match[2]], text.strip())


@dataclass(frozen=True, slots=True)
class Budget:
    """Reading time, written `4 min`."""

    minutes: float
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(r"(\d{1,3}(?:\.\d)?)\s*min", text.strip())
        if not match or not float(match[1]):
            raise ValueError(f'"{text}" is no reading time; write it as "4 min"')
        return cls(float(match[1]), text.strip())


@dataclass(frozen=True, slots=True)
class Clock:
    """When a digest goes out: the five fields of cron (POSIX crontab), in the publication's zone."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        parts = text.split()
        if len(parts) != 5:
            raise ValueError(f'"{text}" is no schedule; write five fields as in cron, for example "0 7 * * 1-5"')
        bounds = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
        minute, hour, day, month, weekday = (
            _cron_field(part, low, high) for part, (low, high) in zip(parts, bounds, strict=True)
        )
        return cls(minute, hour, day, month, frozenset(d % 7 for d in weekday), text)

    def matches_day(self, day: datetime) -> bool:
        """Whether it goes out on this day. As in cron, day and weekday both restricted means either."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, (day.isoweekday() % 7) in self.weekdays
        if len(self.days) < 31 and len(self.weekdays) < 7:
            return by_day or by_weekday
        return by_day and by_weekday

    def after(self, moment: datetime) -> datetime | None:
        """The next time strictly after `moment`, in its zone; None when none comes within four years."""
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(366 * 4):
            if self.matches_day(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found > moment:
                            return found
            day += timedelta(days=1)
        return None

    def times_a_day(self) -> int:
        return len(self.hours) * len(self.minutes)


def _cron_field(text: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\*|\d{1,2})(?:-(\d{1,2}))?(?:/(\d{1,2}))?", part)
        if not match:
            raise ValueError(f'"{part}" is no field of a schedule')
        if match[1] == "*":
            first, last = low, high
        else:
            first = int(match[1])
            last = int(match[2]) if match[2] else (high if match[3] else first)
        step = int(match[3] or 1)
        if not low <= first <= last <= high or not step:
            raise ValueError(f'"{part}" is outside {low}-{high}')
        values.update(range(first, last + 1, step))
    return frozenset(values)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by reference, never by value: `{ env = "NAME" }` or `{ file = "path" }`. Prints as dots."""

    env: str | None = None
    file: str | None = None

    def reveal(self, environ: Mapping[str, str], root: Path) -> str:
        """The secret itself.

        Raises:
            CredentialsError: the variable is not set, or the file is missing or empty.
        """
        if self.env:
            value = environ.get(self.env, "")
            if not value:
                raise CredentialsError(f"the variable {self.env} is not set", hint=f"export {self.env}=…")
            return value
        path = root / (self.file or "")
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise CredentialsError(f"the secret cannot be read: {problem.strerror}", where=str(path)) from problem
        if not value:
            raise CredentialsError("the file of this secret is empty", where=str(path))
        return value

    def __str__(self) -> str:
        return f"•••• (from {'$' + self.env if self.env else self.file})"
