"""Importance and freshness: every part of a score has its words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.models.story import Kind, Story
from digest.select.entry import Entry
from digest.select.rank import Score, front_place, hot, score, standing
from digest.settings import Source

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
HALF = timedelta(hours=12)
SOURCES = {
    "site": Source("site", "page", url="https://n.example/", role="front"),
    "wire": Source("wire", "feed", url="https://w.example/f"),
    "agency": Source("agency", "feed", url="https://a.example/f", weight=3.0),
}


def entry(name: str = "s", *, source: str = "wire", hours: float = 3, boost: float = 0.0, **more: object) -> Entry:
    published = CUT - timedelta(hours=hours)
    values = {"title": f"Title {name}", "published": published, "body": "word " * 100} | more
    return Entry(Story(id=name, source=source, **values), 1, "c", boost=boost)  # type: ignore[arg-type]


def scored(one: Entry, *others: Entry) -> Score:
    return score(one, standing([one, *others], SOURCES), cut=CUT, half_life=HALF)


def test_a_plain_story_is_as_old_as_it_is() -> None:
    assert scored(entry()) == Score(-0.25, ("published 3 h before the cut",))


def test_each_half_life_costs_one() -> None:
    assert scored(entry(hours=0)).value - scored(entry(hours=12)).value == pytest.approx(1.0)


def test_twice_the_sources_weigh_one_half_life() -> None:
    alone, two = entry("a"), scored(entry("a"), entry("b", source="site"))
    assert two.value - scored(alone).value == pytest.approx(1.0)
    assert "2 sources" in two.reasons


def test_ten_stories_of_one_source_are_one_source() -> None:
    many = [entry(str(number)) for number in range(10)]
    assert standing(many, SOURCES).sources == 1
    assert standing(many, SOURCES).importance == 1.0


def test_weights_count_and_the_weightiest_tells_it() -> None:
    wire, agency = entry("a"), entry("b", source="agency")
    event = standing([wire, agency], SOURCES)
    assert event.importance == 4.0
    light = score(wire, event, cut=CUT, half_life=HALF, weight=1.0)
    heavy = score(agency, event, cut=CUT, half_life=HALF, weight=3.0)
    assert heavy.value > light.value
    assert "from its weightiest source" in heavy.reasons


def test_the_front_page_says_what_matters_and_a_rail_by_time_does_not() -> None:
    first = entry("a", source="site", rails=("home",), rail_order=(0,))
    tenth = entry("b", source="site", rails=("home",), rail_order=(9,))
    latest = entry("c", source="site", rails=("Latest",), rail_order=(0,))
    assert scored(first).value > scored(tenth).value > scored(latest).value
    assert "place 1 on the front page" in scored(first).reasons
    assert front_place(latest.story, SOURCES["site"]) is None
    assert front_place(entry("d", rails=("Top stories",), rail_order=(2,)).story, SOURCES["wire"]) == 2
    assert front_place(entry("e", rails=("home",), rail_order=(2,)).story, SOURCES["wire"]) is None


def test_the_newest_shopping_guide_does_not_outrank_yesterdays_news() -> None:
    guide = entry("a", hours=0, kind=Kind.COMMERCE)
    assert scored(guide).value < scored(entry("b", hours=23)).value
    assert "commerce" in scored(guide).reasons


def test_takeaways_and_length_speak_for_a_story() -> None:
    rich = scored(entry("a", takeaways=("One.",), body="word " * 400))
    short = scored(entry("b", body="word " * 20))
    assert rich.value > scored(entry("c")).value > short.value
    assert {"key takeaways", "a full article"} <= set(rich.reasons)
    assert "a short item" in short.reasons


def test_a_teaser_says_that_it_is_one() -> None:
    teaser = scored(entry("a", teaser=True, body="", published=None, seen=CUT - timedelta(hours=1)))
    assert teaser.reasons == ("known by its title and excerpt only", "first seen 1 h before the cut")


def test_an_editors_boost_counts_in_half_lives() -> None:
    assert scored(entry(boost=2)).value - scored(entry()).value == pytest.approx(2.0)
    assert "an editor's boost" in scored(entry(boost=2)).reasons
    assert "held back by an editor" in scored(entry(boost=-1)).reasons


def test_an_older_telling_lives_by_the_newest_one() -> None:
    old, new = entry("a", hours=20), entry("b", source="site", hours=2)
    together = scored(old, new)
    assert scored(entry("a", hours=20)).value + 1 < together.value < scored(new, old).value
    assert any("others on it 2 h" in reason for reason in together.reasons)


def test_the_headline_that_most_would_give_stands_for_an_event() -> None:
    members = [
        entry("a", source="wire", title="Bank raises interest rates again"),
        entry("b", source="site", title="Central bank raises rates"),
        entry("c", source="agency", title="Borrowers groan"),
    ]
    values = {one.story.id: scored(one, *(two for two in members if two is not one)) for one in members}
    assert values["b"].value > values["c"].value
    assert "its headline says what most of them say" in values["b"].reasons


def test_the_key_orders_alike_at_any_moment() -> None:
    early, late = CUT - timedelta(hours=12), CUT
    assert hot(2, early, HALF) == pytest.approx(hot(1, late, HALF))
    assert hot(0, late, HALF) < hot(1, late, HALF)


def test_the_report_that_the_desk_put_in_front_stands_before_a_later_one_of_its_event() -> None:
    from dataclasses import replace
    from datetime import UTC, datetime, timedelta

    from digest.models.story import Story
    from digest.select.entry import Entry
    from digest.select.rank import score, standing

    cut = datetime(2026, 11, 24, 12, tzinfo=UTC)
    front = Story("a", "Two lines merge", source="desk", published=cut - timedelta(hours=8))
    front = replace(front, rails=("Front page",), rail_order=(0,))
    later = Story("b", "Shares leap as two lines merge", source="desk", published=cut - timedelta(hours=1))
    entries = [Entry(front, 1, "a"), Entry(later, 1, "a")]
    event = standing(entries, {})
    first, second = (score(entry, event, cut=cut, half_life=timedelta(hours=12)) for entry in entries)
    assert first.value > second.value
    assert "its event is on the front page" in second.reasons
