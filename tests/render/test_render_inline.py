"""Inlining touches what it is told to and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.render.inline import inline

PAGE = """<!doctype html><html lang="en" xmlns:v="urn:schemas-microsoft-com:vml"><head><title>T</title>
<style type="text/css">@import url(https://fonts.example/x.css); .a { color: red !important; }
@media (max-width: 480px) { .b { width: 100% !important; } } [data-ogsc] .c { color: #ffffff !important; }</style>
<style media="screen and (min-width:480px)">.moz-text-html .d { width:100% !important; }</style>
<link href="https://fonts.example/y.css" rel="stylesheet"></head>
<body><!--[if mso | IE]><table width="600"><tr><td><![endif]-->
<p class="lead">Grüße &amp; more <a href="https://a.example/?x=1&amp;y=2">zqslot0zq</a></p>
<img src="https://a.example/x.png" width="268" style="width:100%">
<!--[if mso | IE]></td></tr></table><![endif]--></body></html>"""
SHEET = "p.lead { margin: 0; color: #222222; } img { border: 0; } a { color: #9a3412; }"


def blocks(html: str) -> list[str]:
    return re.findall(r"<style.*?</style>|<!--.*?-->", html, re.DOTALL)


def test_styles_and_comments_stay_byte_for_byte() -> None:
    assert blocks(inline(PAGE, SHEET)) == blocks(PAGE)


def test_rules_arrive_and_attributes_stay() -> None:
    html = inline(PAGE, SHEET, tokens="zqslot")
    assert '<p class="lead" style="margin:0; color:#222222">' in html
    assert 'width="268"' in html
    assert "Grüße &amp; more" in html
    assert "https://a.example/?x=1&amp;y=2" in html
    assert "data-premailer" not in html
    assert html.startswith("<!doctype html><html")


def test_it_is_idempotent() -> None:
    once = inline(PAGE, SHEET)
    assert inline(once, SHEET) == once


def test_a_garbage_style_poisons_no_later_document() -> None:
    inline('<!doctype html><html><body><p class="lead" style="blockquote">x</p></body></html>', SHEET)
    after = inline("<!doctype html><html><body><blockquote>y</blockquote></body></html>", "blockquote { margin: 0; }")
    assert '<blockquote style="margin:0">' in after


@pytest.mark.parametrize("sheet", ["@media print { p { color: red } }", "p { color: red !important }", "</style>"])
def test_a_sheet_that_cannot_be_inlined_is_refused(sheet: str) -> None:
    with pytest.raises(TemplateError, match="plain rules only"):
        inline(PAGE, sheet)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=40))
def test_text_stays_what_it_was(text: str) -> None:
    from html import escape

    from lxml.html import document_fromstring

    page = f'<!doctype html><html><body><p class="lead" title="{escape(text)}">x{escape(text)}</p></body></html>'
    found = document_fromstring(inline(page, SHEET)).find(".//p")
    assert found is not None
    assert (found.text, found.get("title")) == (f"x{text}", text)
