from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.prose import bullet, clean, ends_a_sentence, paragraphs, words


def test_cleans_spaces_breaks_and_controls() -> None:
    assert clean("  a\u00a0b\r\nc\x00\u200bd\u202e  e ") == "a b cd e"


def test_keeps_joiners_that_carry_meaning() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


def test_cuts_with_an_ellipsis() -> None:
    assert clean("abcdefgh", 5) == "abcd…"


@given(st.text())
def test_is_one_line_that_can_be_encoded(text: str) -> None:
    made = clean(text)
    made.encode("utf-8")
    assert "\n" not in made
    assert "\r" not in made
    assert clean(made) == made


def test_takes_the_glyph_off_a_bullet_but_no_sign_of_the_text() -> None:
    assert bullet("• One") == "One"
    assert bullet("– Two") == "Two"
    assert bullet("-5 degrees") == "-5 degrees"
    assert bullet("$8.5 billion") == "$8.5 billion"


def test_joins_paragraphs_with_blank_lines() -> None:
    assert paragraphs(["one", " ", "two\nlines"]) == "one\n\ntwo lines"


def test_counts_words_also_without_spaces() -> None:
    assert words("three little words") == 3
    assert words("市議会は港の壁を直す") >= 4


def test_sees_the_end_of_a_sentence_through_quotes() -> None:
    assert ends_a_sentence("He said “no.”")
    assert ends_a_sentence("終わった。")
    assert not ends_a_sentence("A headline")
