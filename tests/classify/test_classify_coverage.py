"""What `topics check` shows: coverage, precision against editors, words of what no rule found."""

from __future__ import annotations

from digest.classify.coverage import coverage
from digest.models.story import Story
from digest.settings import Source, Topic

TOPICS = {
    "money": Topic("Money", match=("bank*", "profit*"), sections=("/money/",)),
    "ball": Topic("Ball", match=("goal*", "cup")),
}
SOURCES = {"sports": Source("sports", "feed", url="https://n.example/f", topics=("ball",))}
STORIES = [
    Story(id="a", title="Bank profits rise"),
    Story(id="b", title="River bank floods"),
    Story(id="c", title="A late goal", source="sports"),
    Story(id="d", title="Tulips in bloom", excerpt="The tulips are early."),
    Story(id="e", title="More tulips"),
    Story(id="f", title="Ticket prices", url="https://n.example/money/1"),
]


def test_every_topic_says_how_its_stories_were_found() -> None:
    found = coverage(STORIES, topics=TOPICS, sources=SOURCES)
    money, ball = found.topics
    assert (found.stories, found.covered) == (6, 4)
    assert (money.topic, money.stories, money.rules) == ("money", 3, {"match": 2, "section": 1})
    assert (ball.topic, ball.stories, ball.rules) == ("ball", 1, {"source": 1})
    assert money.precision is None


def test_editors_words_measure_the_rules() -> None:
    told = {"a": {"money": True}, "b": {"money": False, "ball": False}, "d": {"ball": True}, "zz": {"money": True}}
    money, ball = coverage(STORIES, topics=TOPICS, sources=SOURCES, corrections=told).topics
    assert (money.right, money.wrong, money.missed, money.precision) == (1, 1, 0, 0.5)
    assert (ball.right, ball.wrong, ball.missed, ball.precision) == (0, 0, 1, None)


def test_words_of_stories_without_a_topic_come_most_frequent_first() -> None:
    found = coverage(STORIES, topics=TOPICS, sources=SOURCES)
    assert found.words[0] == ("tulips", 2)
    assert "the" not in dict(found.words)


def test_no_stories_are_no_coverage() -> None:
    assert coverage([], topics={}, sources={}).covered == 0
