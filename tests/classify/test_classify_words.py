"""Words as they are compared: folded, bare of possessives, and in scripts without spaces one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.classify.words import LONGEST, lead, stem, words
from digest.models.story import Story


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("China’s Supply", ["china", "supply"]),
        ("US-Japan sign", ["us", "japan", "sign"]),
        ("don't STOP", ["don't", "stop"]),
        ("l'État et qu’il", ["état", "et", "il"]),
        ("ﬁnance Straße", ["finance", "strasse"]),
        ("外交 talks", ["外", "交", "talks"]),
        ("$8.5 billion", ["8", "5", "billion"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
    ],
)
def test_words_are_folded_and_bare(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=400))
def test_any_text_gives_folded_words_without_spaces(text: str) -> None:
    for word in words(text):
        assert word
        assert word == word.casefold()
        assert not any(character.isspace() for character in word)


def test_a_giant_text_is_read_up_to_its_bound() -> None:
    assert len(words("a " * LONGEST)) == LONGEST // 2


def test_a_lead_is_the_excerpt_else_takeaways_else_the_first_words() -> None:
    whole = Story(id="a", title="t", excerpt="An excerpt.", takeaways=("One.", "Two."), body="Body.")
    assert lead(whole) == "An excerpt."
    assert lead(Story(id="a", title="t", takeaways=("One.", "Two."), body="Body.")) == "One. Two."
    assert lead(Story(id="a", title="t", body="Body.")) == "Body."


@pytest.mark.parametrize(
    ("word", "expected"),
    [("talks", "talk"), ("cities", "city"), ("press", "press"), ("virus", "virus"), ("gas", "gas")],
)
def test_a_stem_drops_the_plural_only(word: str, expected: str) -> None:
    assert stem(word) == expected
