"""MJML to HTML, with the traps of the compiler closed."""

from __future__ import annotations

import re

import pytest

from digest.errors import TemplateError
from digest.render.mjml import DEEPEST, compile_mjml


def page(content: str, section: str = "") -> str:
    return (
        '<mjml lang="en" dir="ltr"><mj-head><mj-title>T</mj-title></mj-head><mj-body width="600px">'
        f"<mj-section {section}><mj-column>{content}</mj-column></mj-section></mj-body></mjml>"
    )


def test_a_document_compiles_without_fonts_from_elsewhere() -> None:
    html = compile_mjml(page("<mj-text>Words</mj-text>"), "x")
    assert html.startswith("<!doctype html>")
    assert "Words" in html
    assert "fonts.g" not in html


def test_a_bare_zero_in_a_padding_still_counts_for_outlook() -> None:
    html = compile_mjml(page('<mj-text padding="0">Words</mj-text>', 'padding="0 24px"'), "x")
    assert re.search(r"vertical-align:top;width:552px", html)


def test_words_on_two_lines_between_inline_tags_stay_apart() -> None:
    html = compile_mjml(page("<mj-text><b>A</b>\n   <i>B</i></mj-text>"), "x")
    assert "<b>A</b> <i>B</i>" in html


def test_a_default_for_texts_does_not_swallow_the_document() -> None:
    source = page("<mj-text>W</mj-text>").replace(
        "</mj-head>", '<mj-attributes>\n<mj-text color="#111111" />\n</mj-attributes></mj-head>'
    )
    assert "color:#111111" in compile_mjml(source, "x")


def test_attributes_keep_joiners_and_backslashes() -> None:
    from lxml.html import document_fromstring

    alt = "क्\u200dष می\u200cخواهم 👩\u200d💻 co\u00adop C:\\x é"
    html = compile_mjml(page(f'<mj-text><img alt="{alt}" /></mj-text><mj-image src="x" alt="{alt}" />'), "x")
    assert [image.get("alt") for image in document_fromstring(html).iter("img")] == [alt, alt]


def test_a_title_keeps_its_joiners_and_quotes() -> None:
    html = compile_mjml(page("<mj-text>W</mj-text>").replace(">T<", '>a\u200d\u2060 "b"<'), "x")
    assert '<title>a\u200d\u2060 "b"</title>' in html
    assert 'aria-label="a\u200d\u2060 &quot;b&quot;"' in html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<mj-txt>W</mj-txt>", "<mj-txt> is no MJML tag[\\s\\S]*did you mean mj-text"),
        ("<mj-section></mj-section>", "<mj-section> cannot stand in <mj-column>"),
        ("<mj-text><div><mj-image src='x' /></div></mj-text>", "cannot stand in <div>"),
        ("bare words", "text cannot stand directly in <mj-column>"),
        ("<mj-text>" + "<div>" * (DEEPEST + 1) + "</div>" * (DEEPEST + 1) + "</mj-text>", "nested deeper"),
        ("<mj-text>" + "<b>" * 40_000 + "</mj-text>", "nested deeper"),
        ("<mj-text><p>open</mj-text>", r":1:\d+: <p> is not closed\n  close it before </mj-text>"),
        ("<mj-text>1 < 2</mj-text>", r":1:\d+: (a < begins no tag|.*expected)"),
    ],
)
def test_what_the_compiler_would_pass_or_die_of_is_refused(content: str, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        compile_mjml(page(content), "x")


def test_an_error_says_line_and_column_of_characters_not_bytes() -> None:
    source = page("\n<mj-text>é</mj-text><mj-nothing />")
    with pytest.raises(TemplateError) as caught:
        compile_mjml(source, "daily.mjml.j2")
    assert caught.value.where == "daily.mjml.j2 (generated MJML):2:21"


def test_an_error_names_the_line_of_the_template_when_it_can_be_told() -> None:
    lines = {"<mj-nothing />": "templates/daily.mjml.j2:7"}
    with pytest.raises(TemplateError) as caught:
        compile_mjml(page("\n<mj-nothing />\n"), "daily.mjml.j2", lines.get)
    assert caught.value.where == "templates/daily.mjml.j2:7"


def test_the_compilers_own_message_keeps_its_place() -> None:
    classes = '<mj-attributes>\n<mj-class name="ü"><mj-text /></mj-class></mj-attributes></mj-head>'
    source = page("<mj-text>W</mj-text>").replace("</mj-head>", classes)
    with pytest.raises(TemplateError, match="unexpected") as caught:
        compile_mjml(source, "x")
    assert caught.value.where == "x (generated MJML):2:20"
