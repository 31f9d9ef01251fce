"""What is common to asking in Python and in SQL: the operators, and when a day or a span of a filter begins and ends
in seconds since 1970."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, Final

from digest.audiences.tree import Operator

TESTS: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
Bounds = tuple[tuple[Operator, float], ...]


def bounds(op: Operator, value: date | datetime | timedelta, now: datetime, zone: tzinfo) -> Bounds:
    """The one or two tests that a time in seconds since 1970 must pass, for every operator but `!=`.

    A date is the whole day in `zone`: `> 2026-11-24` begins with the 25th. A span counts back from `now` in hours
    of 60 minutes; a moment without a zone is in `zone`.
    """
    if isinstance(value, timedelta):
        return ((op, now.timestamp() - value.total_seconds()),)
    if isinstance(value, datetime):
        return ((op, (value if value.tzinfo else value.replace(tzinfo=zone)).timestamp()),)
    start, end = _midnight(value, zone), _midnight(value + timedelta(days=1), zone)
    match op:
        case "<":
            return (("<", start),)
        case "<=":
            return (("<", end),)
        case ">":
            return ((">=", end),)
        case ">=":
            return ((">=", start),)
        case _:
            return ((">=", start), ("<", end))


def _midnight(day: date, zone: tzinfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
