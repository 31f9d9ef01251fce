"""Match rules: phrases with stars and exclusions, parts of URLs, categories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.classify.rules import compile_rules
from digest.models.story import Story
from digest.settings import Topic


def story(title: str = "", **more: object) -> Story:
    return Story(id="s", title=title, **more)  # type: ignore[arg-type]


def found(match: list[str], title: str = "", **more: object) -> list[str]:
    rules = compile_rules({"t": Topic("T", match=tuple(match))})
    return [hit.phrase for hit in rules.matched(story(title, **more))]


@pytest.mark.parametrize(
    ("phrase", "title", "matches"),
    [
        ("rare earth*", "Japan Signs Rare Earths Deal", True),
        ("rare earth*", "US-Japan sign rare-earth deal", True),
        ("rare earth*", "A rare view of Earth", False),
        ("diplomacy", "DIPLOMACY wins", True),
        ("diplomacy", "Diplomacyland", False),
        ("diplom*", "Diplomats meet", True),
        ("foreign minister", "Foreign Minister’s visit", True),
        ("u.n.", "U.N. vote", True),
        ("外交", "日本の外交政策", True),
        ("foreign minister", "Foreign", False),
    ],
)
def test_a_phrase_matches_words_not_letters(phrase: str, title: str, matches: bool) -> None:
    assert bool(found([phrase], title)) is matches


def test_an_excluding_phrase_keeps_its_topic_away() -> None:
    assert found(["apple", "-apple pie"], "Apple unveils a phone") == ["apple"]
    assert found(["apple", "-apple pie"], "How to bake apple pie") == []


@pytest.mark.parametrize("phrase", ["", "*", "a*", "-", " - ", "…", "-*"])
def test_a_phrase_without_a_word_matches_nothing(phrase: str) -> None:
    assert found([phrase], "a story about anything at all") == []


def test_the_title_weighs_more_than_the_lead_and_the_lead_more_than_the_body() -> None:
    rules = compile_rules({"t": Topic("T", match=("nato",))})
    weights = [
        rules.matched(one)[0].weight
        for one in (story("Nato meets"), story(excerpt="Nato met."), story(body="Nato met in May."))
    ]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


def test_one_phrase_repeated_counts_once() -> None:
    rules = compile_rules({"t": Topic("T", match=("nato",))})
    assert rules.matched(story("Nato Nato Nato", excerpt="Nato"))[0].weight == rules.matched(story("Nato"))[0].weight


def test_parts_of_the_url_and_categories_place_a_story() -> None:
    topics = {"world": Topic("World", sections=("/world/", "category:Foreign Affairs"))}
    rules = compile_rules(topics)
    assert rules.placed(story(url="https://n.example/world/asia/1")) == {"world": "section:/world/"}
    assert rules.placed(story(url="https://n.example/news/World")) == {"world": "section:/world/"}
    assert rules.placed(story(url="https://n.example/the-world-of-sport")) == {}
    assert rules.placed(story(section="foreign affairs")) == {"world": "category:Foreign Affairs"}
    assert rules.placed(story(tags=("WORLD",))) == {"world": "category:world"}
    assert rules.placed(story(url="https://n.example/?p=/world/")) == {}


def test_several_topics_are_found_heaviest_first() -> None:
    rules = compile_rules({"a": Topic("A", match=("market*",)), "b": Topic("B", match=("chip*", "memory"))})
    hits = rules.matched(story("Memory chip prices", excerpt="Markets fell."))
    assert [hit.topic for hit in hits] == ["b", "a"]


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=80), st.text(max_size=80))
def test_any_rules_can_be_compiled_and_asked(match: list[str], title: str, excerpt: str) -> None:
    rules = compile_rules({"t": Topic("T", match=tuple(match), sections=tuple(match))})
    one = story(title, excerpt=excerpt, url="https://n.example/" + excerpt.replace("[", "").replace("]", ""))
    assert rules.matched(one) == rules.matched(one)
    assert set(rules.placed(one)) <= {"t"}
