"""The naive Bayes: enough lessons, the class of no topic, order, and editors' weight."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.classify.bayes import EDITOR_WEIGHT, ENOUGH_STORIES, OTHER, Lesson, train

WORDS = {
    "ball": ["goal", "match", "coach", "league", "team", "score", "cup", "win"],
    "money": ["bank", "profit", "shares", "market", "rate", "debt", "loan", "bond"],
    OTHER: ["garden", "recipe", "flower", "oven", "salad", "rose", "soup", "tulip"],
}


def material(number: int = 90, seed: int = 7) -> list[Lesson]:
    chance = random.Random(seed)
    return [
        Lesson((*chance.sample(words, 4), f"rare{seed}{topic}{n}"), topic, sure=topic != OTHER)
        for topic, words in WORDS.items()
        for n in range(number)
    ]


def test_it_learns_topics_and_what_belongs_to_none() -> None:
    model = train(material())
    assert model is not None
    for topic, words in WORDS.items():
        shares = model.scores(words[:3])
        assert max(shares, key=shares.__getitem__) == topic
        assert sum(shares.values()) == pytest.approx(1.0)


def test_too_few_lessons_teach_nothing() -> None:
    assert train(material(number=ENOUGH_STORIES // len(WORDS) - 1)) is None
    assert train([]) is None
    assert train([Lesson(("goal",), "ball")] * ENOUGH_STORIES) is None


def test_a_topic_with_too_few_lessons_is_not_learnt() -> None:
    model = train([*material(), Lesson(("opera",), "stage")])
    assert model is not None
    assert "stage" not in model.classes


def test_the_order_of_lessons_does_not_matter() -> None:
    lessons = material()
    shuffled = list(lessons)
    random.Random(1).shuffle(shuffled)
    assert train(lessons) == train(shuffled)


def test_stories_that_the_lists_missed_are_drawn_to_what_they_resemble() -> None:
    missed = [Lesson(("goal", "coach", "cup", "striker"), OTHER, sure=False)] * 12
    model = train([*material(), *missed])
    assert model is not None
    shares = model.scores(["striker"])
    assert max(shares, key=shares.__getitem__) == "ball"


def test_editors_outweigh_the_lists() -> None:
    wrong = [Lesson(("stadium", "bank"), "money")] * 6
    told = [Lesson(("stadium", "bank"), "ball", EDITOR_WEIGHT)] * 6
    model = train([*material(), *wrong, *told])
    assert model is not None
    assert model.scores(["stadium"])["ball"] > model.scores(["stadium"])["money"]


@given(st.lists(st.text(max_size=8), max_size=12))
@settings(max_examples=50)
def test_any_terms_get_shares_that_sum_to_one(terms: list[str]) -> None:
    model = train(material(number=60))
    assert model is not None
    shares = model.scores(terms)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert all(0 <= share <= 1 for share in shares.values())
