"""Names are made fit for one line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.readers import clean


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  Ann \t Lee\n", "Ann Lee"),
        ("Ann\r\nBcc: bo@example.org", "Ann Bcc: bo@example.org"),
        ("Ann\x00\x1b[31m", "Ann[31m"),
        ("\u202eeeL nnA\u202c", "eeL nnA"),
        ("\u2066Ann\u2069\u200e\ufeff\u00ad", "Ann"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("श्री\u200dमती", "श्री\u200dमती"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200dAnn\u200c", "Ann"),
        ("Ann\ue000\uffff\ufdd0", "Ann"),
        ("Ann 🎉", "Ann 🎉"),
        ("", ""),
        ("\u202e", ""),
    ],
)
def test_names(text: str, name: str) -> None:
    assert clean(text) == name


def test_long_names_are_cut_before_a_character() -> None:
    assert clean("a" * 500) == "a" * 200
    assert clean("a" * 9 + "x\u0323\u0302y", 10) == "a" * 9
    assert clean("न" * 9 + "नि", 10) == "न" * 9
    assert clean("a" * 1_000_000, 10) == "a" * 10


@given(st.text(), st.integers(1, 30))
def test_the_result_is_one_clean_line(text: str, limit: int) -> None:
    name = clean(text, limit)
    assert len(name) <= limit
    assert clean(name, limit) == name
    assert name == name.strip()
    assert unicodedata.is_normalized("NFC", name)
    for sign in name:
        assert sign in "\u200c\u200d" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
