"""CSS that costs a client's whole style sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    ("old", "new", "rule", "level"),
    [
        (
            "<style>",
            "<style>@media screen { @media (max-width: 9px) { a { color: red } } }",
            "css.nested-at",
            "error",
        ),
        ("<style>", "<style>a { color: red ", "css.nested-at", "error"),
        ("<style>", "<style>a { color: red }}", "css.nested-at", "error"),
        ("font-size:16px", "font-size:16px;background:url(x.png)", "css.bg-url-inline", "warning"),
        ("#ffffff !important", "#ffffff!important", "css.important-form", "warning"),
        ("#ffffff !important", "#ffffff !IMPORTANT", "css.important-form", "warning"),
        ("font-size:16px", "font-size:16px !important", "css.important-form", "warning"),
        ('<meta name="color-scheme" content="light dark">', "", "dark.meta", "warning"),
        ("[data-ogsc]", ".x", "dark.meta", "warning"),
        ("prefers-color-scheme", "prefers-contrast", "dark.meta", "warning"),
    ],
)
def test_styles_that_clients_punish(found: Found, old: str, new: str, rule: str, level: str) -> None:
    assert found(old, new)[rule][0].level == level


def test_braces_in_strings_and_comments_do_not_count(found: Found) -> None:
    assert "css.nested-at" not in found("<style>", '<style>/* { @media { */ a::before { content: "{"; }')
