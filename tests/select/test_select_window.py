"""What counts as news for a cut, with the reason in words when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.story import Story
from digest.select.window import outside, words_for

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
DAY, WEEK = timedelta(hours=24), timedelta(days=7)


def why(
    *, published: float | None = None, seen: float | None = None, window: timedelta = DAY, previous: float | None = 24
) -> str | None:
    """The reason for a story of so many hours before the cut."""
    story = Story(
        id="s",
        title="t",
        published=None if published is None else CUT - timedelta(hours=published),
        seen=None if seen is None else CUT - timedelta(hours=seen),
    )
    previous_cut = None if previous is None else CUT - timedelta(hours=previous)
    return outside(story, cut=CUT, previous_cut=previous_cut, window=window)


@pytest.mark.parametrize("hours", [0, 1, 23.99, 24])
def test_within_the_window_is_news(hours: float) -> None:
    assert why(published=hours, seen=0) is None


def test_the_time_first_seen_counts_where_there_is_no_date() -> None:
    assert why(seen=3) is None
    assert why(seen=25) == "first seen 25 h before the cut, outside the window of 24 h"


def test_what_was_seen_late_is_news_up_to_two_windows() -> None:
    assert why(published=40, seen=2) is None
    assert why(published=48, seen=2) is None
    assert why(published=49, seen=2) == "published 49 h before the cut, older than two windows (48 h)"
    assert why(published=40, seen=30) == "published 40 h before the cut, outside the window of 24 h"
    assert why(published=40, seen=2, previous=None) == "published 40 h before the cut, outside the window of 24 h"


def test_nothing_is_older_than_96_hours_or_than_a_longer_window() -> None:
    assert why(published=97, seen=1, window=timedelta(hours=72)) == (
        "published 4 d 1 h before the cut, older than 4 d"
    )
    assert why(published=160, window=WEEK) is None
    assert why(published=169, seen=1, window=WEEK) is not None


def test_nothing_is_dated_after_the_cut() -> None:
    assert why(published=-2, seen=1) == "dated 2 h after the cut"
    assert why(seen=-0.5) == "dated 30 min after the cut"


def test_a_story_without_any_time_is_no_news() -> None:
    assert why() == "it is not known when it was published or first seen"


@pytest.mark.parametrize(
    ("hours", "words"), [(0.5, "30 min"), (3, "3 h"), (71, "71 h"), (72, "3 d"), (97, "4 d 1 h"), (24 * 30, "30 d")]
)
def test_a_stretch_of_time_is_said_as_people_say_it(hours: float, words: str) -> None:
    assert words_for(timedelta(hours=hours)) == words


@given(st.integers(-200, 400), st.integers(-200, 400), st.sampled_from([DAY, timedelta(hours=6), WEEK]))
def test_news_is_never_too_old_nor_of_the_future(published: int, seen: int, window: timedelta) -> None:
    reason = why(published=published, seen=seen, window=window)
    if reason is None:
        assert 0 <= published <= max(96, window.total_seconds() / 3600)
    else:
        assert reason.strip()
