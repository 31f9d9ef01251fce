"""Other people's text, made safe to set."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.characters import clean_line, disarm


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  one \n two\t three ", "one two three"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2067isolated\u2069", "isolated"),
        ("\ufeffmark", "mark"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("tag\U000e0041s", "tags"),
        ("next\u2028line\u0085end", "next line end"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(text: str, clean: str) -> None:
    assert clean_line(text) == clean


@pytest.mark.parametrize("text", ["क्‍ष और ज़", "می‌خواهم", "العربية\u200f!", "👩‍💻 at work", "co\u00adoperate"])
def test_what_scripts_need_stays(text: str) -> None:
    assert clean_line(text) == text


@given(st.text())
def test_a_clean_line_holds_no_control_character_and_is_stable(text: str) -> None:
    clean = clean_line(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u202a\u202b\u202c\u202d\u202e" for c in clean)
    assert clean_line(clean) == clean


@given(st.text(alphabet="{}%#a", max_size=20))
def test_nothing_that_looks_like_a_slot_is_left(text: str) -> None:
    assert not any(sign in disarm(text) for sign in ("{{", "{%", "{#"))
    assert disarm(text).replace("\u2060", "") == text
