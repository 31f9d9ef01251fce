"""Topics by meaning: how nearness and the model are blended, and the extra itself where it is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.classify import classify, semantic
from digest.classify.bayes import OTHER
from digest.classify.defaults import default_topics
from digest.errors import ConfigError
from digest.models.story import Story
from digest.settings import Topic

TOPICS = {"ball": Topic("Ball", match=("goal*",)), "money": Topic("Money", match=("bank*",))}
START = datetime(2026, 11, 23, tzinfo=UTC)


class Nearest:
    """Finds every text near to one topic."""

    def __init__(self, topic: str, cosine: float) -> None:
        self.topic, self.cosine = topic, cosine

    def nearness(self, topics: Mapping[str, Topic], texts: Sequence[str]) -> list[dict[str, float]]:
        return [{name: self.cosine if name == self.topic else 0.0 for name in topics} for _ in texts]


def topics_of(title: str, sense: semantic.Sense) -> list[tuple[str, str]]:
    (item,) = classify([Story(id="a", title=title, published=START)], topics=TOPICS, sources={}, sense=sense).items
    return [(score.topic, score.rule.split()[0]) for score in item.topics]


def test_meaning_places_a_story_that_no_phrase_knows() -> None:
    assert topics_of("Keeper saves the day", Nearest("ball", 0.4)) == [("ball", "model")]


def test_a_story_that_is_near_to_nothing_has_no_topic() -> None:
    assert topics_of("Tulips in bloom", Nearest("ball", 0.02)) == []


def test_meaning_and_phrases_agree_under_the_phrases_name() -> None:
    assert topics_of("A late goal", Nearest("ball", 0.4)) == [("ball", "match:goal*")]


def test_nearness_moves_the_models_shares() -> None:
    likely = {"ball": 0.45, "money": 0.45, OTHER: 0.1}
    moved = semantic.blended(likely, {"ball": 0.2, "money": 0.0})
    assert moved["ball"] > 0.9
    assert semantic.blended(likely, {}) == likely
    assert semantic.blended(None, {}) == {}


@given(
    st.dictionaries(st.sampled_from(["ball", "money", OTHER]), st.floats(0, 1), min_size=1),
    st.dictionaries(st.sampled_from(["ball", "money"]), st.floats(-1, 1), min_size=1),
)
def test_blended_shares_sum_to_one(likely: dict[str, float], near: dict[str, float]) -> None:
    for before in (likely, None):
        shares = semantic.blended(before, near)
        assert sum(shares.values()) == pytest.approx(1.0)
        assert all(0 <= share <= 1 for share in shares.values())


def test_without_the_extra_it_says_how_to_add_it() -> None:
    with pytest.raises(ConfigError, match="not installed") as missing:
        semantic.load(needed=("a_package_that_nobody_has",))
    assert "digest[semantic]" in str(missing.value)


def test_the_installed_embeddings_know_plain_words() -> None:
    if not semantic.installed():
        pytest.skip("the extra digest[semantic] is not installed")
    topics = default_topics()
    (near, empty) = semantic.load().nearness(topics, ["The goalkeeper saved two penalties in extra time", ""])
    assert max(near, key=near.__getitem__) == "sports"
    assert set(near) == set(topics)
    assert set(empty.values()) == {0.0}
    assert semantic.load().nearness({"bare": Topic("Bare")}, ["anything"]) == [{}]
