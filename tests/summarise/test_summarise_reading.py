"""Counting words and minutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise import count_words, reading_minutes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \n ", 0),
        ("One two three", 3),
        ("It's a well-known fact – 3.5 million people – isn't it?", 9),
        ("Überraschung für alle Bürger", 4),
        ("वह कल दिल्ली गए।", 4),
        ("日本の首相", 3),
        ("米国とJapanは署名", 5),
        ("서울 시장 선거", 3),
        ("— … !", 0),
    ],
)
def test_counts_what_a_reader_would_call_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_thai_has_words_although_it_has_no_spaces() -> None:
    assert 3 <= count_words("นายกรัฐมนตรีเดินทางถึงกรุงเทพ") <= 9


def test_minutes_are_rounded_to_the_nearest_and_never_none_for_something() -> None:
    assert [reading_minutes(words) for words in (0, 1, 200, 299, 300, 1000)] == [0, 1, 1, 1, 2, 5]


@given(st.text(), st.text())
def test_a_blank_line_between_two_texts_adds_no_word(one: str, other: str) -> None:
    assert count_words(f"{one}\n\n{other}") == count_words(one) + count_words(other)


def test_a_long_run_of_signs_is_counted_in_no_time() -> None:
    assert count_words("*" * 200_000) == 0
