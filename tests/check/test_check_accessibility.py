"""What a screen reader, a low-vision reader and a keyboard need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.check import Finding
from digest.check.accessibility import contrast
from digest.settings import Theme

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    ("old", "new", "rule", "level"),
    [
        ('<html lang="en"', "<html", "a11y.lang-dir", "error"),
        ('<html lang="en" dir="ltr"', '<html lang="und" dir="ltr"', "a11y.lang-dir", "error"),
        ('role="article" lang="en" dir="ltr"', 'role="article" lang="en"', "a11y.lang-dir", "error"),
        ("<title>The Ledger</title>", "<title> </title>", "a11y.title", "error"),
        ("<title>The Ledger</title>", "", "a11y.title", "error"),
        ('<table role="presentation">', "<table>", "a11y.layout-table", "error"),
        ("<h1>The Ledger</h1>", "<p>The Ledger</p>", "a11y.headings", "warning"),
        ("<h2>World</h2>", "<h1>World</h1>", "a11y.headings", "warning"),
        ("<h3>", "<h5>", "a11y.headings", "warning"),
        (">View in browser<", ">click here<", "a11y.link-text", "warning"),
        (">View in browser<", ">Read more →<", "a11y.link-text", "warning"),
        (">View in browser<", "><", "a11y.link-text", "warning"),
        ("font-size:14px", "font-size:11px", "a11y.font-size", "warning"),
    ],
)
def test_what_shuts_a_reader_out(found: Found, old: str, new: str, rule: str, level: str) -> None:
    assert found(old, new)[rule][0].level == level


def test_a_picture_or_a_label_gives_a_link_its_words(found: Found) -> None:
    image = '><img src="https://img.news/b.jpg" alt="Browser view" width="9"><'
    assert "a11y.link-text" not in found(">View in browser<", image)
    assert "a11y.link-text" not in found(
        '<a href="{{browser_url}}">View in browser', '<a aria-label="V" href="{{browser_url}}">'
    )


def test_data_tables_with_headers_and_hidden_text_pass(found: Found) -> None:
    table = '<table><tr><th scope="col">A</th></tr></table><h1>'
    assert "a11y.layout-table" not in found("<h1>", table)
    assert "a11y.font-size" not in found("display:none", "display:none;font-size:1px")


def test_the_theme_must_be_readable_in_both_modes(found: Found) -> None:
    assert "a11y.contrast" not in found(theme=Theme())
    hits = found(theme=replace(Theme(), quiet="#bbbbbb", accent_dark="#333333"))["a11y.contrast"]
    assert [hit.where for hit in hits] == ["[theme] quiet", "[theme] accent_dark"]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1
