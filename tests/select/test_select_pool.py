"""The pool: what is news, best first, whatever the order of the store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.models.story import Kind, Story, TopicScore
from digest.select.entry import Entry, Pooled
from digest.select.pool import pool
from digest.settings import Digest

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
DAILY = Digest(segments=("everyone",), topics=("world",))


def entry(name: str, hours: float = 3, cluster: str = "", **more: object) -> Entry:
    values = {"title": f"Title {name}", "source": "wire", "published": CUT - timedelta(hours=hours)} | more
    return Entry(Story(id=name, **values), 2, cluster or name, (TopicScore("world", 0.9, "source"),))  # type: ignore[arg-type]


def pooled(*entries: Entry, digest: Digest = DAILY, **more: object) -> Pooled:
    return pool("daily/2026-11-24", entries, digest=digest, sources={}, cut=CUT, **more)  # type: ignore[arg-type]


def ids(found: Pooled) -> list[str]:
    return [candidate.story for candidate in found.pool.candidates]


def test_candidates_come_best_first_with_all_that_is_frozen_about_them() -> None:
    found = pooled(entry("old", 20), entry("new", 1))
    first = found.pool.candidates[0]
    assert ids(found) == ["new", "old"]
    assert (first.revision, first.cluster, first.topics) == (2, "new", ("world",))
    assert first.reasons == ("published 1 h before the cut",)
    assert (found.pool.edition, found.pool.cut) == ("daily/2026-11-24", CUT)


def test_what_is_left_out_says_why_newest_first() -> None:
    found = pooled(
        entry("ancient", 200),
        entry("gone", 2, withdrawn=True),
        entry("paid", 3, kind=Kind.SPONSORED),
        entry("early", -1),
        entry("fine", 1),
    )
    assert ids(found) == ["fine"]
    assert [(left.story, left.reason) for left in found.left_out] == [
        ("early", "dated 1 h after the cut"),
        ("gone", "withdrawn by its source"),
        ("paid", "sponsored, which this digest leaves out"),
        ("ancient", "published 8 d before the cut, older than 4 d"),
    ]


def test_sponsored_stories_come_in_where_the_digest_says_so() -> None:
    assert ids(pooled(entry("paid", kind=Kind.SPONSORED), digest=replace(DAILY, sponsored=True))) == ["paid"]


def test_what_an_editor_placed_is_in_whatever_its_age_unless_withdrawn() -> None:
    found = pooled(entry("ancient", 200), entry("gone", withdrawn=True), pinned={"ancient", "gone"})
    assert ids(found) == ["ancient"]


def test_a_thin_day_widens_the_window_where_asked() -> None:
    entries = [entry("a", 2), entry("b", 30), entry("c", 47), entry("d", 50)]
    assert ids(pooled(*entries)) == ["a"]
    found = pooled(*entries, digest=replace(DAILY, thin="widen"))
    assert ids(found) == ["a", "b", "c"]
    assert "the window was widened" in found.pool.candidates[1].reasons


def test_a_story_seen_late_says_so() -> None:
    late = entry("late", 40, seen=CUT - timedelta(hours=1))
    found = pooled(late, previous_cut=CUT - timedelta(hours=24))
    assert "first seen since the last edition" in found.pool.candidates[0].reasons


def test_an_older_source_of_an_event_still_counts_for_it() -> None:
    found = pooled(entry("a", 2, "c", source="one"), entry("b", 40, "c", source="two"))
    assert ids(found) == ["a"]
    assert "2 sources" in found.pool.candidates[0].reasons


def test_withdrawn_and_future_stories_count_for_no_event() -> None:
    gone = entry("b", 2, "c", source="two", withdrawn=True)
    assert "2 sources" not in pooled(entry("a", 2, "c"), gone).pool.candidates[0].reasons


def test_an_empty_store_gives_an_empty_pool() -> None:
    assert pooled().pool.candidates == ()


@given(st.lists(st.tuples(st.floats(-5, 150), st.integers(0, 9)), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_store_does_not_matter(rows: list[tuple[float, int]], chance: random.Random) -> None:
    entries = [
        entry(f"s{number}", hours, f"c{cluster}", source=f"p{number % 3}")
        for number, (hours, cluster) in enumerate(rows)
    ]
    expected = pooled(*entries)
    chance.shuffle(entries)
    assert pooled(*entries) == expected
    assert len(expected.pool.candidates) + len(expected.left_out) == len(rows)
