"""Which stories teach, and what."""

from __future__ import annotations

from digest.classify.bayes import EDITOR_WEIGHT, OTHER, Lesson
from digest.classify.rules import compile_rules
from digest.classify.teaching import lessons
from digest.models.story import Story
from digest.settings import Source, Topic

RULES = compile_rules(
    {"money": Topic("Money", match=("bank*", "profit*")), "ball": Topic("Ball", match=("goal*", "cup"))}
)
SOURCES = {"sports": Source("sports", "feed", url="https://n.example/f", topics=("ball",))}


def taught(story: Story, **told: bool) -> list[Lesson]:
    return list(lessons([story], RULES, SOURCES, {story.id: told} if told else {}))


def test_a_clear_story_teaches_its_topic() -> None:
    (lesson,) = taught(Story(id="a", title="Bank profits rise"))
    assert (lesson.topic, lesson.sure) == ("money", True)


def test_a_source_with_one_topic_teaches_it_whatever_the_words() -> None:
    (lesson,) = taught(Story(id="a", title="Bank profits rise", source="sports"))
    assert lesson.topic == "ball"


def test_a_story_that_matches_nothing_teaches_no_topic_for_a_beginning() -> None:
    (lesson,) = taught(Story(id="a", title="A recipe"))
    assert (lesson.topic, lesson.sure) == (OTHER, False)


def test_a_divided_story_is_not_sure() -> None:
    (lesson,) = taught(Story(id="a", title="Bank buys goal rights"))
    assert not lesson.sure


def test_an_editors_word_weighs_most() -> None:
    (lesson,) = taught(Story(id="a", title="Bank profits rise", source="sports"), money=True)
    assert (lesson.topic, lesson.weight) == ("money", EDITOR_WEIGHT)


def test_what_an_editor_took_away_is_not_taught() -> None:
    (lesson,) = taught(Story(id="a", title="Bank profits rise"), money=False)
    assert (lesson.topic, lesson.sure) == (OTHER, True)


def test_a_correction_about_a_topic_that_is_gone_says_nothing() -> None:
    (lesson,) = taught(Story(id="a", title="Bank profits rise"), gardening=True)
    assert lesson.topic == "money"
