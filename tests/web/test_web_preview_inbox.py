"""The line of an inbox and its cuts."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from digest.web.preview.inbox import CUTS, stretches, told


def test_a_short_line_has_no_cut() -> None:
    assert [(piece.text, piece.cut) for piece in stretches("Thirty-three characters and whole")] == [
        ("Thirty-three characters and whole", None)
    ]
    assert told("Short") == "(5 characters) is seen whole everywhere"


def test_a_long_line_is_parted_at_each_place() -> None:
    pieces = stretches("x" * 100)
    assert [len(piece.text) for piece in pieces] == [33, 17, 20, 30]
    assert [piece.cut for piece in pieces] == [*CUTS, None]
    assert told("x" * 100).endswith("is cut everywhere")
    assert "small phones" in told("x" * 40)


def test_a_letter_keeps_its_marks() -> None:
    line = "x" * 32 + "e\u0301" * 30
    assert unicodedata.category(stretches(line)[1].text[0]) != "Mn"
    family = "x" * 32 + "\U0001f469\u200d\U0001f467" + "y" * 20
    assert stretches(family)[0].text.endswith("\u200d\U0001f467")


@given(st.text(max_size=200))
def test_nothing_is_lost(line: str) -> None:
    pieces = stretches(line)
    assert "".join(piece.text for piece in pieces) == line
    assert all(piece.text for piece in pieces[:-1])
