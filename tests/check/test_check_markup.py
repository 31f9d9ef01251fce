"""Markup that has no place in a mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<iframe src="https://a.news/"></iframe>',
        "<form><input></form>",
        '<p onclick="x()">y</p>',
        '<a href="javascript:x()">y</a>',
    ],
)
def test_active_markup_blocks(found: Found, markup: str) -> None:
    assert found("<h1>", f"{markup}<h1>")["html.forbidden"][0].level == "error"


def test_a_style_sheet_from_elsewhere_is_warned_about(found: Found) -> None:
    link = '<link rel="stylesheet" href="https://fonts.news/x.css"></head>'
    assert found("</head>", link)["html.forbidden"][0].level == "warning"


def test_deep_nesting_blocks(found: Found) -> None:
    assert "html.depth" in found("<h1>", "<div>" * 70 + "<h1>")
    assert "html.depth" not in found("<h1>", "<div>" * 20 + "<h1>")
