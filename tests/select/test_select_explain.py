"""An answer for any story: in it and why, or not and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.models.edition import Plan
from digest.models.story import Story, TopicScore
from digest.select import Entry, Pooled, choose, explain, pool
from digest.settings import Digest

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
DIGEST = Digest(segments=(), topics=("world",), latest=1, limits={"world": 1}, min_stories=1)


def made(most: int | None = None) -> tuple[Plan, Pooled]:
    entries = [
        Entry(
            Story(id=f"s{hours}", title=f"Title {hours}", published=CUT - timedelta(hours=hours)),
            1,
            f"c{hours}",
            (TopicScore("world", 0.9, "source"),),
        )
        for hours in (1, 2, 3, 4, 5, 60, 300)
    ]
    found = pool("daily/2026-11-24", entries, digest=DIGEST, sources={}, cut=CUT)
    plan = choose(
        found.pool,
        {entry.story.id: entry for entry in entries},
        digest_name="daily",
        digest=DIGEST,
        topics_order=("world",),
        most_left_out=most,
    )
    return plan, found


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("s1", "“Title 1” is the lead: first of 5 that may lead; published 1 h before the cut"),
        ("s2", "“Title 2” is number 1 in world: world: its source's topic; published 2 h before the cut"),
        ("s3", "“Title 3” is number 1 of the latest: among the newest not yet used; published 3 h before the cut"),
        ("s4", "“Title 4” is not in it: lost to “Title 2” in world"),
        ("s60", "“Title 60” is not in it: published 60 h before the cut, outside the window of 24 h"),
        ("s300", "“Title 300” is not in it: published 12 d before the cut, older than 4 d"),
        ("nope", "nope is not stored, or was published and first seen too long before 2026-11-24 07:00"),
    ],
)
def test_any_story_has_its_answer(story: str, words: str) -> None:
    assert explain(story, *made()) == words


def test_a_plan_that_names_only_the_best_says_so() -> None:
    assert explain("s5", *made(1)) == "s5 is a candidate of daily/2026-11-24, not among the best that were left out"
