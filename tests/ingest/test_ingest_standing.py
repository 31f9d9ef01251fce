from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.standing import REACH, Repeats

FIRST, LAST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2090-01-01")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_daily_gives_one_a_day_up_to_now() -> None:
    found = Repeats.parse("daily 06:40").recent(at("2026-01-16T06:40:00+01:00"), BERLIN)
    assert [when.isoformat() for when in found] == [
        "2026-01-12T06:40:00+01:00",
        "2026-01-13T06:40:00+01:00",
        "2026-01-14T06:40:00+01:00",
        "2026-01-15T06:40:00+01:00",
        "2026-01-16T06:40:00+01:00",
    ]


def test_weekly_gives_the_last_one_if_it_is_near() -> None:
    monday = Repeats.parse("Monday 06:40")
    assert [when.day for when in monday.recent(at("2026-01-14T09:00:00+01:00"), BERLIN)] == [12]
    assert monday.recent(at("2026-01-17T09:00:00+01:00"), BERLIN) == ()


def test_local_time_stays_over_the_change_of_clocks() -> None:
    found = Repeats.parse("daily 06:40").recent(at("2026-03-30T08:00:00+02:00"), BERLIN)
    assert {when.strftime("%H:%M") for when in found} == {"06:40"}


@pytest.mark.parametrize("text", ["", "monday", "monday 25:00", "someday 06:40", "06:40", "daily 6.40"])
def test_refuses_other_words(text: str) -> None:
    with pytest.raises(ValueError, match="no repetition"):
        Repeats.parse(text)


@given(st.datetimes(FIRST, LAST), st.integers(0, 23), st.integers(0, 59))
def test_is_within_reach_ordered_and_stable(moment: datetime, hour: int, minute: int) -> None:
    now = moment.replace(tzinfo=UTC)
    repeats = Repeats.parse(f"daily {hour}:{minute:02}")
    found = repeats.recent(now, BERLIN)
    assert list(found) == sorted(found)
    assert all(timedelta(0) <= now - when.astimezone(UTC) <= REACH for when in found)
    assert set(found) <= {*repeats.recent(now + timedelta(minutes=1), BERLIN), found[0]}
