"""Classify as a whole: every new story gets its place, whatever the order, and editors have the last word."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.classify import Classified, Known, classify
from digest.classify.defaults import default_topics
from digest.models.story import Story
from digest.settings import Source, Topic

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
TOPICS = {"ball": Topic("Ball", match=("goal*", "cup", "coach")), "money": Topic("Money", match=("bank*", "profit*"))}
SOURCES = {"wire": Source("wire", "feed", url="https://w.example/f")}
BALL = ["goal", "coach", "cup", "striker", "league", "keeper", "penalty", "crowd"]
MONEY = ["bank", "profit", "shares", "lender", "bonds", "debt", "trader", "merger"]
NONE = ["garden", "tulip", "recipe", "oven", "salad", "soup", "rose", "herbs"]


def day(number: int, seed: int = 5) -> list[Story]:
    chance = random.Random(seed)
    return [
        Story(
            id=f"d{n:04d}",
            title=" ".join(chance.sample(words, 4)) + f" number{n}",
            source="wire",
            published=START + timedelta(minutes=7 * n),
        )
        for n in range(number)
        for words in [(BALL, MONEY, NONE)[n % 3]]
    ]


def topics_of(found: Classified, story: str) -> list[str]:
    return [score.topic for item in found.items if item.story_id == story for score in item.topics]


def test_every_story_has_its_place_once_in_order_of_time() -> None:
    stories = day(30)
    found = classify(list(reversed(stories)), topics=TOPICS, sources=SOURCES)
    assert [item.story_id for item in found.items] == [story.id for story in stories]


def test_with_enough_stories_words_beyond_the_lists_are_known() -> None:
    stories = [*day(300), Story(id="q", title="striker keeper penalty crowd", source="wire", published=START)]
    found = classify(stories, topics=TOPICS, sources=SOURCES)
    (item,) = (item for item in found.items if item.story_id == "q")
    assert [score.topic for score in item.topics] == ["ball"]
    assert item.topics[0].rule.startswith("model .")


def test_older_stories_teach_a_small_newsroom() -> None:
    question = Story(id="q", title="striker keeper penalty crowd", source="wire", published=START)
    assert topics_of(classify([question], topics=TOPICS, sources=SOURCES), "q") == []
    assert topics_of(classify([question], topics=TOPICS, sources=SOURCES, older=day(300)), "q") == ["ball"]


def test_stories_of_no_topic_stay_without_one() -> None:
    stories = [*day(300), Story(id="q", title="tulip soup rose herbs", source="wire", published=START)]
    assert topics_of(classify(stories, topics=TOPICS, sources=SOURCES), "q") == []


def test_an_editors_correction_stands_above_every_rule() -> None:
    story = Story(id="q", title="Bank profits", source="wire", topics=("money",), published=START)
    told = {"q": {"money": False, "ball": True, "gone": True}}
    (item,) = classify([story], topics=TOPICS, sources=SOURCES, corrections=told).items
    assert [(score.topic, score.confidence, score.rule) for score in item.topics] == [("ball", 1.0, "editor")]


def test_teasers_take_part() -> None:
    teaser = Story(id="t", title="Bank profits rise", teaser=True, source="wire", published=START)
    whole = Story(id="w", title="Bank profits rise", source="wire", published=START + timedelta(hours=1))
    found = classify([teaser, whole], topics=TOPICS, sources=SOURCES)
    assert [item.cluster for item in found.items] == ["t", "t"]
    assert topics_of(found, "t") == ["money"]


def test_nothing_gives_nothing() -> None:
    assert classify([], topics={}, sources={}) == Classified((), {})


def test_a_publication_without_topics_still_has_events() -> None:
    (item,) = classify([Story(id="a", title="Anything", published=START)], topics={}, sources={}).items
    assert (item.topics, item.cluster) == ((), "a")


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_input_does_not_matter(chance: random.Random) -> None:
    stories, known = day(180), [Known(story, story.id) for story in day(60, seed=9) if story.id > "d0040"]
    fresh = [story for story in stories if story.id <= "d0040" or story.id > "d0060"]
    expected = classify(fresh, topics=TOPICS, sources=SOURCES, recent=known)
    chance.shuffle(fresh)
    chance.shuffle(known)
    assert classify(fresh, topics=TOPICS, sources=SOURCES, recent=known) == expected


def test_the_default_topics_place_the_news_they_are_made_for() -> None:
    topics = default_topics()
    examples = {
        "world": "Foreign ministers meet on ceasefire in Gaza",
        "politics": "Senate vote on the election bill fails",
        "business": "Shares fall as bank profits disappoint investors",
        "technology": "Software update fixes smartphone security flaw",
        "science": "Astronomers find planet with space telescope",
        "health": "Hospitals brace for flu as vaccine runs short",
        "sports": "Striker scores twice in Champions League match",
        "entertainment": "Singer wins best album at music awards film star hosts",
    }
    assert list(topics) == list(examples)
    for topic, title in examples.items():
        found = classify([Story(id="a", title=title, published=START)], topics=topics, sources={})
        assert topics_of(found, "a")[0] == topic


def test_the_default_lists_are_of_a_size_that_an_editor_can_read() -> None:
    for topic in default_topics().values():
        assert 100 <= len(topic.match) <= 300
        assert len(set(topic.match)) == len(topic.match)
        assert topic.sections
