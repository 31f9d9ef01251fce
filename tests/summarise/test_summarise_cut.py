"""Cutting a text that is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.cut import ELLIPSIS, cut, whole_sentences


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("It fits.", 8, "It fits."),
        ("The first is short. The second is a good deal longer.", 30, "The first is short."),
        ("Votes were counted late, officials in the capital said", 40, "Votes were counted late…"),
        ("The council moves the market to the old harbour", 30, "The council moves the market…"),
        ("He paid $8.5 billion for the company", 13, "He paid…"),
        ("He paid $8.5 billion for the company", 22, "He paid $8.5 billion…"),
        ("The mayor met Anna Maria Reyes in Lisbon", 25, "The mayor met…"),
        ("Nobody knew Dr. Anna Osei before", 17, "Nobody knew…"),
        ("The report says “nobody knew of it” and ends", 30, "The report says…"),
        ("“We will not stop until it ends,” the mayor said on Monday", 40, ""),
        ("It said 'we are done' and left the building", 20, "It said…"),
        ("He sold (for a low price) the house", 20, "He sold…"),
        ("Supercalifragilistic", 10, ""),
        ("日本の首相は今日、東京で新しい政策を発表した。", 12, "日本の首相は今日…"),
        ("Anything at all", 0, ""),
        ("Anything at all", -3, ""),
    ],
)
def test_a_cut_keeps_numbers_names_and_quotations_whole(text: str, room: int, expected: str) -> None:
    assert cut(text, room, "en") == expected


def test_an_abbreviation_is_no_end() -> None:
    assert cut("Nobody in the U.S. Senate had asked for it. They did.", 45, "en") == (
        "Nobody in the U.S. Senate had asked for it."
    )


def test_whole_sentences_are_empty_when_none_fits() -> None:
    assert whole_sentences("A long sentence that goes on. Another.", 12, "en") == ""
    assert whole_sentences("One. Two. Three goes on.", 10, "en") == "One. Two."


@given(st.text(), st.integers(min_value=-5, max_value=80), st.sampled_from(["en", "de", "hi", ""]))
def test_a_cut_is_a_beginning_and_never_too_long(text: str, room: int, language: str) -> None:
    piece = cut(text, room, language)

    assert len(piece) <= max(room, 0)
    assert text.startswith((piece, piece.removesuffix(ELLIPSIS)))
    if len(text) <= room:
        assert piece == text


def test_an_unclosed_quotation_of_any_length_is_given_up_soon() -> None:
    assert cut("“" + "word, " * 50_000, 200_000, "en") == ""
