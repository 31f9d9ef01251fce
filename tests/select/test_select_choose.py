"""The plan: lead, sections, latest; caps, history, languages, budget, thin days and the editor's hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import Refused, Stale
from digest.models.edition import Plan
from digest.models.people import Segment
from digest.models.story import Kind, Story, TopicScore
from digest.select import EditorsHand, Entry, Sent, choose, pool
from digest.select.choose import Slot
from digest.settings import Budget, Digest

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
DAILY = Digest(segments=("everyone",), topics=("world", "business"), latest=2, min_stories=1)


def entry(name: str, *topics: str, hours: float = 3, cluster: str = "", **more: object) -> Entry:
    values = {"title": f"Title {name}", "source": "paper", "published": CUT - timedelta(hours=hours)} | more
    scores = tuple(TopicScore(topic, 0.9, f"match:{topic}") for topic in topics)
    return Entry(Story(id=name, **values), 1, cluster or f"c-{name}", scores)  # type: ignore[arg-type]


def plan(entries: Sequence[Entry], *, digest: Digest = DAILY, **more: object) -> Plan:
    hand = more.get("hand")
    pinned = {s for name in hand.sections for s in hand.sections[name]} | set(hand.pins) if hand else set()  # type: ignore[attr-defined]
    found = pool("daily/2026-11-24", entries, digest=digest, sources={}, cut=CUT, pinned=pinned)
    options = {
        "digest_name": "daily",
        "topics_order": digest.topics,
        "language": "en",
        "outside": found.left_out,
    } | more
    return choose(found.pool, {e.story.id: e for e in entries}, digest=digest, **options)  # type: ignore[arg-type]


def laid(made: Plan) -> dict[str, list[str]]:
    return {section.name: [pick.story for pick in section.picks] for section in made.sections}


def reason(made: Plan, story: str) -> str:
    return next(left.reason for left in made.left_out if left.story == story)


def segment(**more: object) -> Segment:
    return Segment("readers", "Readers", "status = active", **more)  # type: ignore[arg-type]


NEWS = [
    entry("w1", "world", hours=1),
    entry("w2", "world", hours=2),
    entry("w3", "world", hours=3),
    entry("w4", "world", hours=4),
    entry("b1", "business", hours=5),
    entry("b2", "business", hours=6),
    entry("n1", hours=7),
    entry("n2", hours=8),
    entry("n3", hours=9),
]


def test_lead_then_sections_in_order_then_the_newest_of_the_rest() -> None:
    made = plan(NEWS)
    assert list(laid(made)) == ["lead", "world", "business", "latest"]
    assert laid(made) == {"lead": ["w1"], "world": ["w2", "w3"], "business": ["b1", "b2"], "latest": ["w4", "n1"]}
    assert made.lead is not None
    assert made.lead.story == "w1"
    assert (made.digest, made.edition, made.cut, made.segment) == ("daily", "daily/2026-11-24", CUT, None)


def test_every_pick_and_every_story_left_out_has_a_reason() -> None:
    made = plan([*NEWS, entry("old", "world", hours=200)])
    assert all(all(pick.reasons) and pick.reasons for pick in made.picks())
    assert reason(made, "n2") == "no topic was found for it"
    assert reason(made, "old") == "published 8 d before the cut, older than 4 d"
    assert {pick.story for pick in made.picks()} | {left.story for left in made.left_out} == {
        *(one.story.id for one in NEWS),
        "old",
    }


def test_limits_are_the_digests_or_the_segments() -> None:
    assert laid(plan(NEWS, digest=replace(DAILY, limits={"world": 1})))["world"] == ["w2"]
    own = plan(NEWS, segment=segment(limits={"world": 3}))
    assert laid(own)["world"] == ["w2", "w3", "w4"]
    assert own.segment == "readers"
    assert "world" not in laid(plan(NEWS, digest=replace(DAILY, limits={"world": 0})))


@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.SERVICE, Kind.COMMERCE, Kind.SPONSORED])
def test_what_is_no_news_never_leads(kind: Kind) -> None:
    made = plan([entry("x", "world", hours=0, kind=kind), *NEWS], digest=replace(DAILY, sponsored=True))
    assert laid(made)["lead"] == ["w1"]


def test_a_teaser_never_leads_and_fills_a_section_only_after_whole_stories() -> None:
    teaser = entry("t", "world", hours=0, teaser=True, published=None, seen=CUT)
    assert laid(plan([teaser, *NEWS[:2]])) == {"lead": ["w1"], "world": ["w2", "t"]}


def test_a_story_without_a_date_leads_only_where_none_has_one() -> None:
    undated = entry("u", "world", published=None, seen=CUT)
    assert laid(plan([undated, entry("w", "world", hours=20)]))["lead"] == ["w"]
    assert laid(plan([undated]))["lead"] == ["u"]


def test_an_event_comes_once_and_its_place_is_filled_by_the_next() -> None:
    twins = [entry("a", "world", hours=1, cluster="e"), entry("b", "world", "business", hours=2, cluster="e")]
    made = plan([*twins, *NEWS[1:]])
    assert laid(made)["lead"] == ["a"]
    assert laid(made)["world"] == ["w2", "w3"]
    assert reason(made, "b") == "lost to “Title a”, the same event"


def test_a_story_of_two_topics_stands_in_the_first_section() -> None:
    both = entry("x", "business", "world", hours=1.5)
    assert "x" in laid(plan([*NEWS, both]))["world"]


def test_no_source_has_more_than_its_cap_while_there_are_others() -> None:
    many = [entry(f"p{n}", "world", "business", hours=1 + n, source="loud") for n in range(6)]
    made = plan([*many, entry("q", "business", hours=20, source="quiet")], digest=replace(DAILY, max_per_source=2))
    assert laid(made) == {"lead": ["p0"], "world": ["p1"], "business": ["q"]}
    assert reason(made, "p2") == "over the cap of 2 stories from loud"


def test_the_cap_does_not_starve_a_newsroom_with_one_source() -> None:
    assert len(list(plan(NEWS, digest=replace(DAILY, max_per_source=1)).picks())) == 7


def test_a_segment_reads_its_languages_and_what_says_none() -> None:
    entries = [
        entry("en", "world", hours=3, language="en-GB"),
        entry("de", "world", hours=1, language="de"),
        entry("none", "world", hours=2),
    ]
    assert {pick.story for pick in plan(entries).picks()} == {"en", "none"}
    german = plan(entries, segment=segment(languages=("de", "fr")))
    assert {pick.story for pick in german.picks()} == {"de", "none"}
    assert reason(german, "en") == "in another language (en-GB)"


def test_a_segment_has_only_its_topics_beneath_the_editions_lead() -> None:
    made = plan(NEWS, segment=segment(topics=("business",)), lead=["w1"])
    assert laid(made) == {"lead": ["w1"], "business": ["b1", "b2"], "latest": ["n1", "n2"]}
    assert reason(made, "w2") == "not one of this segment's topics"


def test_what_this_audience_got_is_not_sent_again_and_its_place_is_filled() -> None:
    made = plan(NEWS, segment=segment(), already={"c-w2": "daily/2026-11-23"}, lead=["w1"])
    assert laid(made)["world"] == ["w3", "w4"]
    assert reason(made, "w2") == "sent in daily/2026-11-23"


def test_the_editions_lead_is_never_removed_by_history() -> None:
    made = plan(NEWS, segment=segment(), already={"c-w1": "daily/2026-11-23"}, lead=["w1"])
    assert laid(made)["lead"] == ["w1"]
    assert made.lead is not None
    assert made.lead.reasons[0] == "the edition's lead"


def test_an_edition_of_its_own_leads_with_what_is_new() -> None:
    made = plan(NEWS, already={"c-w1": "daily/2026-11-23"})
    assert laid(made)["lead"] == ["w2"]
    assert "w1" not in {pick.story for pick in made.picks()}


def test_an_event_returns_marked_as_an_update_when_its_sources_doubled() -> None:
    told = [entry(f"x{n}", "world", hours=2, cluster="e", source=f"p{n}") for n in range(4)]
    before = {"e": Sent("daily/2026-11-23", CUT - timedelta(hours=24), 2)}
    made = plan([*told, *NEWS], already=before)
    (again,) = (pick for pick in made.picks() if pick.cluster == "e")
    assert "update: 4 sources, 2 when sent in daily/2026-11-23 24 h ago" in again.reasons
    fresh = {"e": Sent("daily/2026-11-24-0600", CUT - timedelta(hours=1), 2)}
    assert not [pick for pick in plan([*told, *NEWS], already=fresh).picks() if pick.cluster == "e"]
    grown = {"e": Sent("daily/2026-11-23", CUT - timedelta(hours=24), 3)}
    assert not [pick for pick in plan([*told, *NEWS], already=grown).picks() if pick.cluster == "e"]
    assert again.update
    assert not any(pick.update for pick in made.picks() if pick.cluster != "e")


def test_an_update_needs_three_sources_and_a_story_that_is_newer() -> None:
    before = {"e": Sent("daily/2026-11-23", CUT - timedelta(hours=24), 1)}
    two = [entry(f"x{n}", "world", hours=2, cluster="e", source=f"p{n}") for n in range(2)]
    assert not [pick for pick in plan([*two, *NEWS], already=before).picks() if pick.cluster == "e"]
    lately = {"e": Sent("daily/2026-11-23-1700", CUT - timedelta(hours=14), 1)}
    old = [entry(f"x{n}", "world", hours=15 + n, cluster="e", source=f"p{n}") for n in range(3)]
    assert not [pick for pick in plan([*old, *NEWS], already=lately).picks() if pick.cluster == "e"]
    newest = entry("x9", "world", hours=3, cluster="e", source="p9")
    (again,) = (pick for pick in plan([*old, newest, *NEWS], already=lately).picks() if pick.cluster == "e")
    assert (again.story, again.update) == ("x9", True)


def test_an_editor_may_mark_an_update() -> None:
    made = plan(NEWS, already={"c-w1": "daily/2026-11-23"}, hand=EditorsHand(updates=frozenset({"c-w1"})))
    assert made.lead is not None
    assert made.lead.story == "w1"
    assert "update, marked by an editor; sent in daily/2026-11-23" in made.lead.reasons


def counted(story: Story, slot: Slot) -> int:
    return {"lead": 200, "card": 100, "latest": 20}[slot]


def test_the_lowest_ranked_fall_out_of_the_reading_time_but_never_the_lead() -> None:
    made = plan(NEWS, digest=replace(DAILY, budget=Budget.parse("2 min")), words=counted)
    assert laid(made) == {"lead": ["w1"], "world": ["w2", "w3"]}
    assert reason(made, "b2") == "over the reading time of 2 min"
    assert laid(plan(NEWS, digest=replace(DAILY, budget=Budget.parse("0.1 min")), words=counted)) == {"lead": ["w1"]}


def test_a_thin_day_is_shorter_or_held_or_widened() -> None:
    few = NEWS[:4]
    thin = replace(DAILY, min_stories=4, latest=0)
    assert [len(names) for names in laid(plan(few, digest=thin)).values()] == [1, 2]
    assert [len(names) for names in laid(plan(few, digest=replace(thin, thin="widen"))).values()] == [1, 3]
    with pytest.raises(Refused, match="3 of at least 4") as held:
        plan(few, digest=replace(thin, thin="hold"))
    assert held.value.hint
    assert held.value.exit_code == 3


def test_with_nothing_to_send_it_says_what_to_do() -> None:
    for entries, already in (([], {}), (NEWS[:1], {"c-w1": "daily/2026-11-23"})):
        with pytest.raises(Refused, match="no story to send") as refused:
            plan(entries, already=already)
        assert "digest ingest" in str(refused.value)


def test_teasers_alone_are_no_edition() -> None:
    with pytest.raises(Refused):
        plan([entry("t", "world", teaser=True)])


def test_without_topics_the_latest_are_the_edition() -> None:
    made = plan(NEWS, digest=replace(DAILY, topics=()))
    assert [len(names) for names in laid(made).values()] == [1, 8]


def test_a_shopping_guide_is_not_among_the_latest() -> None:
    made = plan([*NEWS[:2], entry("shop", hours=0, kind=Kind.COMMERCE)])
    assert "shop" not in {pick.story for pick in made.picks()}


def test_far_too_weak_stories_are_below_the_floor() -> None:
    weak = entry("weak", "world", hours=23.9, kind=Kind.COMMERCE)
    assert reason(plan([*NEWS, weak]), "weak").startswith("below the floor")


class TestEditor:
    def test_a_section_is_exactly_what_the_editor_listed(self) -> None:
        made = plan(NEWS, hand=EditorsHand(sections={"business": ("b2", "w4"), "world": ("w3",)}))
        assert list(laid(made)) == ["lead", "business", "world", "latest"]
        assert laid(made)["business"] == ["b2", "w4"]
        assert laid(made)["world"] == ["w3"]

    def test_a_segment_refills_what_it_may_not_have_of_an_editors_section(self) -> None:
        hand = EditorsHand(sections={"world": ("w4", "w3")})
        made = plan(NEWS, hand=hand, segment=segment(), already={"c-w4": "daily/2026-11-23"}, lead=["w1"])
        assert laid(made)["world"] == ["w3", "w2"]

    def test_a_pin_stands_first_and_the_rest_is_chosen(self) -> None:
        made = plan(NEWS, hand=EditorsHand(pins={"w4": "world", "n3": "lead"}))
        assert laid(made)["lead"] == ["n3"]
        assert laid(made)["world"] == ["w4", "w1"]

    @pytest.mark.parametrize("kind", [Kind.COMMERCE, Kind.LIVE])
    def test_what_may_not_lead_leads_when_pinned(self, kind: Kind) -> None:
        made = plan([*NEWS, entry("x", hours=300, kind=kind)], hand=EditorsHand(pins={"x": "lead"}))
        assert laid(made)["lead"] == ["x"]

    def test_a_pinned_event_is_kept_for_its_section(self) -> None:
        twin = entry("twin", "world", hours=0.5, cluster="c-b2")
        made = plan([*NEWS, twin], hand=EditorsHand(pins={"b2": "business"}))
        assert laid(made)["business"][0] == "b2"
        assert "twin" not in {pick.story for pick in made.picks()}

    def test_a_dropped_story_stands_nowhere(self) -> None:
        made = plan(NEWS, hand=EditorsHand(drop=frozenset({"w1"})))
        assert "w1" not in {pick.story for pick in made.picks()}
        assert reason(made, "w1") == "dropped by an editor"

    def test_what_an_editor_placed_outlives_cap_floor_and_budget(self) -> None:
        loud = [entry(f"p{n}", "world", hours=1 + n, source="loud") for n in range(4)]
        digest = replace(DAILY, max_per_source=1, budget=Budget.parse("1 min"))
        hand = EditorsHand(sections={"world": ("p2", "p3")})
        made = plan([*loud, *NEWS], digest=digest, hand=hand, words=counted)
        assert laid(made)["world"] == ["p2", "p3"]

    def test_a_placed_story_that_is_gone_stops_the_edition(self) -> None:
        gone = entry("gone", "world", withdrawn=True)
        for name in ("gone", "never"):
            with pytest.raises(Stale, match=name):
                plan([*NEWS, gone], hand=EditorsHand(pins={name: "world"}))


def test_the_best_fifty_left_out_are_named_or_all() -> None:
    many = [entry(f"x{n:03d}", hours=n / 10) for n in range(120)]
    assert len(plan(many).left_out) == 50
    assert len(plan(many, most_left_out=None).left_out) == 120 - 3


def test_a_hundred_thousand_candidates_are_chosen_from() -> None:
    titles: Mapping[int, str] = {0: "world", 1: "business"}
    many = [entry(f"x{n:06d}", titles[n % 2], hours=(n % 1400) / 60, source=f"p{n % 50}") for n in range(100_000)]
    assert len(list(plan(many).picks())) == 7
