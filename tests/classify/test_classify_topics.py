"""Topics in their order of trust, with the rule that gave each."""

from __future__ import annotations

from digest.classify.bayes import OTHER, Model
from digest.classify.rules import compile_rules
from digest.classify.topics import assign
from digest.models.story import Story
from digest.settings import Topic

TOPICS = {
    "business": Topic("Business", match=("market*", "profit*")),
    "technology": Topic("Technology", match=("chip*", "chatgpt")),
    "world": Topic("World", match=("rare earth*", "summit"), sections=("/world/",)),
}
RULES = compile_rules(TOPICS)


def sure(**shares: float) -> Model:
    """A model that gives every story these shares."""
    import math

    classes = tuple(sorted(name if name != "other" else OTHER for name in shares))
    return Model(classes, tuple(math.log(shares[name or "other"]) for name in classes), {})


def given(title: str = "", **more: object) -> Story:
    return Story(id="s", title=title, **more)  # type: ignore[arg-type]


def test_what_a_story_states_is_complete() -> None:
    found = assign(given("Chip profits", topics=("world",)), RULES, defaults=("business",))
    assert [(score.topic, score.confidence, score.rule) for score in found] == [("world", 1.0, "explicit")]


def test_an_unknown_stated_topic_is_no_topic() -> None:
    assert [score.topic for score in assign(given("Chip", topics=("gardening",)), RULES)] == ["technology"]


def test_source_place_and_phrases_stand_in_order_of_trust() -> None:
    found = assign(given("Chip makers meet", url="https://n.example/world/1"), RULES, defaults=("business",))
    assert [score.rule for score in found] == ["source", "section:/world/", "match:chip*"]
    assert [score.confidence for score in found] == sorted((s.confidence for s in found), reverse=True)


def test_the_higher_rule_names_a_topic_that_two_rules_give() -> None:
    found = assign(given("Summit on rare earths", url="https://n.example/world/1"), RULES, defaults=("world",))
    assert [(score.topic, score.rule) for score in found] == [("world", "source")]


def test_without_any_rule_there_is_no_topic() -> None:
    assert assign(given("A quiet day"), RULES) == ()


def test_the_model_decides_for_a_story_that_nothing_places() -> None:
    found = assign(given("A quiet day"), RULES, model=sure(business=0.05, technology=0.9, world=0.02, other=0.03))
    assert [(score.topic, score.rule) for score in found] == [("technology", "model .90")]


def test_below_the_margin_there_is_none() -> None:
    near = sure(business=0.46, technology=0.48, world=0.03, other=0.03)
    unlikely = sure(business=0.1, technology=0.3, world=0.05, other=0.55)
    assert assign(given("A quiet day"), RULES, model=near) == ()
    assert assign(given("A quiet day"), RULES, model=unlikely) == ()


def test_the_model_adds_nothing_to_a_story_whose_place_is_known() -> None:
    model = sure(business=0.9, technology=0.05, world=0.03, other=0.02)
    assert [score.topic for score in assign(given(url="https://n.example/world/1"), RULES, model=model)] == ["world"]


def test_the_model_weighs_phrases() -> None:
    model = sure(business=0.02, technology=0.93, world=0.03, other=0.02)
    found = assign(given("Chip sales", excerpt="The market waits."), RULES, model=model)
    assert [(score.topic, score.rule) for score in found] == [("technology", "match:chip*")]


def test_a_phrase_of_several_words_in_the_title_stands_against_the_model() -> None:
    model = sure(business=0.02, technology=0.93, world=0.03, other=0.02)
    found = assign(given("Rare earths"), RULES, model=model)
    assert [score.topic for score in found] == ["technology", "world"]


def test_a_topic_that_was_never_learnt_keeps_its_phrases() -> None:
    model = sure(business=0.5, technology=0.3, other=0.2)
    assert "world" in [score.topic for score in assign(given("Summit"), RULES, model=model)]
