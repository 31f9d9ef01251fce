"""The small languages inside settings."""

from __future__ import annotations

import contextlib
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings import Budget, Clock, Rate, Span

DELHI = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("24h", 86400), ("7d", 604800), ("2w", 1209600)]
)
def test_spans(text: str, seconds: int) -> None:
    assert Span.parse(text).seconds == seconds


@pytest.mark.parametrize(("text", "each"), [("50/s", 50), ("600/min", 10), ("7200/h", 2), ("86400/d", 1)])
def test_rates(text: str, each: float) -> None:
    assert Rate.parse(text).per_second == each


def test_reading_time() -> None:
    assert Budget.parse("4 min").minutes == 4
    assert Budget.parse("2.5min").minutes == 2.5


@pytest.mark.parametrize("parse", [Span.parse, Rate.parse, Budget.parse, Clock.parse])
@given(st.text(max_size=30))
def test_whatever_is_written_is_read_or_refused_in_words(parse: object, text: str) -> None:
    with contextlib.suppress(ValueError):
        parse(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["0s", "0/s", "0 min", "24", "h", "-1h", "61 * * * *", "* * * *", "*/0 * * * *", "5-1 * * * *"]
)
def test_nonsense_is_refused(text: str) -> None:
    for parse in (Span.parse, Rate.parse, Budget.parse, Clock.parse):
        with pytest.raises(ValueError, match=r"."):
            parse(text)


@pytest.mark.parametrize(
    ("schedule", "after", "then"),
    [
        ("0 7 * * *", "2026-11-24T06:59", "2026-11-24T07:00"),
        ("0 7 * * *", "2026-11-24T07:00", "2026-11-25T07:00"),
        ("30 6 * * 1-5", "2026-11-27T07:00", "2026-11-30T06:30"),
        ("0 7,17 * * *", "2026-11-24T08:00", "2026-11-24T17:00"),
        ("0 9 1 * *", "2026-11-24T08:00", "2026-12-01T09:00"),
        ("0 9 1 * 1", "2026-11-24T08:00", "2026-11-30T09:00"),
        ("0 9 * * 7", "2026-11-24T08:00", "2026-11-29T09:00"),
        ("*/20 * * * *", "2026-11-24T08:21", "2026-11-24T08:40"),
    ],
)
def test_schedules_are_cron_s(schedule: str, after: str, then: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=DELHI)
    assert Clock.parse(schedule).after(moment) == datetime.fromisoformat(then).replace(tzinfo=DELHI)


def test_a_day_that_never_comes() -> None:
    assert Clock.parse("0 0 31 2 *").after(datetime(2026, 1, 1, tzinfo=DELHI)) is None
