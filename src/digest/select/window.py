"""What counts as news for a cut: the window, what was seen late, and what is too old or not yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.models.story import Story

OLDEST = timedelta(hours=96)


def outside(story: Story, *, cut: datetime, previous_cut: datetime | None, window: timedelta) -> str | None:
    """Why a story is no news for this cut, in words; None when it is.

    News is what was published (else seen) within the window before the cut, or what was first seen since the previous
    cut and is at most two windows old. Nothing is older than 96 hours, or than the window where that is longer, and
    nothing is dated after the cut.
    """
    when = story.when
    if when is None:
        return "it is not known when it was published or first seen"
    if when > cut:
        return f"dated {words_for(when - cut)} after the cut"
    age = cut - when
    if age > max(OLDEST, window):
        return f"{_verb(story)} {words_for(age)} before the cut, older than {words_for(max(OLDEST, window))}"
    if age <= window:
        return None
    new = previous_cut is not None and story.seen is not None and previous_cut < story.seen <= cut
    if new and age <= 2 * window:
        return None
    limit = (
        f"older than two windows ({words_for(2 * window)})" if new else f"outside the window of {words_for(window)}"
    )
    return f"{_verb(story)} {words_for(age)} before the cut, {limit}"


def late(story: Story, *, cut: datetime, window: timedelta) -> bool:
    """Whether a story is within the rules only because it was first seen late."""
    return story.when is not None and cut - story.when > window


def words_for(span: timedelta) -> str:
    """A stretch of time as people say it: `40 min`, `3 h`, `4 d`."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 72 * 60:
        return f"{minutes // 60} h"
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if hours and days < 7 else f"{days} d"


def _verb(story: Story) -> str:
    return "published" if story.published else "first seen"
