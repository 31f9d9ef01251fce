"""Colours as mail programs change them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.web.preview.inversion import Manner, inverted, turned


@pytest.mark.parametrize(
    ("colour", "paper", "full", "part"),
    [
        ("#ffffff", True, "#000000", "#000000"),
        ("white", True, "#000000", "#000000"),
        ("#000", False, "#ffffff", "#ffffff"),
        ("#1b1917", True, "#e8e5e2", "#1b1917"),
        ("#fafafa", False, "#060606", "#fafafa"),
        ("rgba(0, 0, 0, 0.5)", False, "rgba(255,255,255,0.5)", "rgba(255,255,255,0.5)"),
        ("not-a-colour", True, "not-a-colour", "not-a-colour"),
    ],
)
def test_lightness_is_mirrored(colour: str, paper: bool, full: str, part: str) -> None:
    assert _near(turned(colour, "full", paper=paper), full)
    assert _near(turned(colour, "part", paper=paper), part)


def test_a_hue_stays() -> None:
    red, green, blue = _parts(turned("#9a3412", "full", paper=False))
    assert red > green > blue


def test_words_and_structure_stay() -> None:
    html = (
        "<!doctype html><html><head><style>p{color:#111}@media (prefers-color-scheme: dark){p{color:#eee}}</style>"
        '</head><body bgcolor="#ffffff"><p style="color:#000000;background:#fff">color: #ffffff</p>'
        '<!--[if mso]><td bgcolor="#ffffff"><![endif]--></body></html>'
    )
    changed = inverted(html, "full")
    assert "color: #ffffff</p>" in changed
    assert '<!--[if mso]><td bgcolor="#ffffff"><![endif]-->' in changed
    assert '<body bgcolor="#000000">' in changed
    assert 'style="color:#ffffff;background:#000000"' in changed
    assert "prefers-color-scheme:no-preference" in changed


@given(st.text(alphabet="<>\"'=#abcf0 ;:{}()-styleboring!", max_size=200), st.sampled_from(["full", "part"]))
def test_no_html_is_too_odd(html: str, manner: Manner) -> None:
    assert inverted(html, manner)[:0] == ""


def _near(found: str, wanted: str) -> bool:
    if not wanted.startswith("#") or not found.startswith("#"):
        return found == wanted
    return all(abs(a - b) <= 3 for a, b in zip(_parts(found), _parts(wanted), strict=True))


def _parts(colour: str) -> list[int]:
    return [int(part, 16) for part in re.findall("[0-9a-f]{2}", colour[1:])]
