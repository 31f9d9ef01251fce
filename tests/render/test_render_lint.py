"""What the compiler passes in silence is found where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.lint import REASONS, Flaw, lint, mend

ROOT = Path(__file__).parents[2]
FONT = '<mj-attributes><mj-all font-family="Arial" /></mj-attributes>'
PAGE = """<mjml lang="en" dir="ltr">
<mj-head>
{font}
</mj-head>
<mj-body>
{body}
</mj-body>
</mjml>
"""
TEXT = "<mj-section>\n<mj-column>\n<mj-text>{}</mj-text>\n</mj-column>\n</mj-section>"


def flaws(tmp_path: Path, body: str, font: str = FONT, **parts: str) -> list[Flaw]:
    (tmp_path / "page.mjml.j2").write_text(PAGE.format(body=body, font=font), encoding="utf-8")
    for name, text in parts.items():
        (tmp_path / f"_{name}.mjml.j2").write_text(text, encoding="utf-8")
    return list(lint((tmp_path,), "page.mjml.j2"))


@pytest.mark.parametrize("template", ["daily", "weekly", "breaking", "personal"])
def test_the_packaged_templates_have_none(template: str) -> None:
    assert lint((ROOT / "templates",), f"{template}.mjml.j2") == ()


@pytest.mark.parametrize(
    ("rule", "body", "line", "column"),
    [
        ("mjml.unknown-tag", "<mj-sektion></mj-sektion>", 6, 1),
        ("mjml.unknown-tag", "<mj-html-attributes></mj-html-attributes>", 6, 1),
        ("mjml.nesting", "<mj-section>\n  <mj-text>a</mj-text></mj-section>", 7, 3),
        ("mjml.nesting", TEXT.format("<b><mj-image alt='' src='a'/></b>"), 8, 13),
        ("mjml.text", "<mj-section><mj-column>\nloose words</mj-column></mj-section>", 7, 1),
        ("mjml.unclosed", "<mj-section>\n<mj-column>\n</mj-section>", 7, 1),
        ("mjml.unclosed", "</mj-column>", 6, 1),
        ("mjml.depth", TEXT.format("<div>" * 70 + "</div>" * 70), 8, 10 + 5 * 59),
        ("mjml.attribute", '<mj-section colour="red"></mj-section>', 6, 13),
        ("mjml.ignored", '<mj-wrapper gap="4px"></mj-wrapper>', 6, 13),
        ("mjml.duplicate-attribute", '<mj-section direction="ltr" direction="rtl"></mj-section>', 6, 29),
        ("mjml.duplicate-id", TEXT.format('<p id="a"></p>\n<p id="a"></p>'), 9, 4),
        ("mjml.duplicate-id", TEXT.format('{% for s in sections %}<p id="a"></p>{% endfor %}'), 8, 36),
        ("mjml.padding", '<mj-section padding="0 24px"></mj-section>', 6, 22),
        ("mjml.padding", '<mj-section padding="2em"></mj-section>', 6, 22),
        ("mjml.newline", TEXT.format("<b>A</b>\n<i>B</i>"), 8, 18),
        ("mjml.fluid-hero", '<mj-hero mode="fluid-height"></mj-hero>', 6, 1),
        ("mjml.column-width", '<mj-section><mj-column width="33.33%"></mj-column></mj-section>', 6, 13),
        ("mjml.alt", '<mj-section><mj-column><mj-image src="a" /></mj-column></mj-section>', 6, 24),
        ("mjml.alt", TEXT.format('<img src="{{ lead.image.url }}" />'), 8, 10),
        ("mjml.hex3", '<mj-section background-color="#fff"></mj-section>', 6, 31),
        ("mjml.style", TEXT.format("<p>a</p>") + "{# #}", 0, 0),
        ("mjml.font", TEXT.format("<p>a</p>"), 2, 1),
    ],
)
def test_each_rule_finds_its_place(tmp_path: Path, rule: str, body: str, line: int, column: int) -> None:
    font = {"mjml.font": "", "mjml.style": f"{FONT}\n<mj-style>a {{}} /* <b> */</mj-style>"}.get(rule, FONT)
    line, column = (4, 19) if rule == "mjml.style" else (line, column)
    found = flaws(tmp_path, body, font)
    assert [(flaw.rule, flaw.line, flaw.column) for flaw in found] == [(rule, line, column)]
    assert found[0].where == f"{tmp_path / 'page.mjml.j2'}:{line}:{column}"
    assert found[0].fix
    assert found[0].level == REASONS[rule][0]


@pytest.mark.parametrize(
    "body",
    [
        TEXT.format("<b>A</b> <i>B</i>"),
        TEXT.format("<p>A</p>\n<p>B</p>"),
        TEXT.format("<b>A</b>{% if lead %}\n{% endif %}<i>B</i>"),
        TEXT.format('<p {% if lead %}class="a"{% else %}class="b"{% endif %}>A</p>'),
        TEXT.format('{% if lead %}<p id="a"></p>{% else %}<p id="a"></p>{% endif %}'),
        TEXT.format("{# <mj-unknown> 1 < 2 #}{{ '</mj-text>' }}{% raw %}<mj-x>{% endraw %}"),
        TEXT.format("<a href=\"{{ lead.url or '>' }}\">x</a>"),
        '<mj-section padding="{{ theme.width }}px 20px"><mj-column></mj-column></mj-section>',
        "{% if lead %}<mj-section>{% endif %}<mj-column></mj-column></mj-section>",
    ],
)
def test_what_is_well_written_is_left_alone(tmp_path: Path, body: str) -> None:
    assert flaws(tmp_path, body) == []


def test_a_part_is_judged_where_it_is_included_and_told_once(tmp_path: Path) -> None:
    part = "{# a part #}\n<mj-text padding='0 1px'>ü {{ lead.headline }}</mj-text>\n<mj-section></mj-section>\n"
    include = '<mj-section><mj-column>\n{% include "_part.mjml.j2" %}\n</mj-column></mj-section>\n'
    found = flaws(tmp_path, include * 2 + "<mj-bad/>", part=part)
    assert [(f.rule, f.file.name, f.line, f.column) for f in found] == [
        ("mjml.padding", "_part.mjml.j2", 2, 19),
        ("mjml.nesting", "_part.mjml.j2", 3, 1),
        ("mjml.unknown-tag", "page.mjml.j2", 12, 1),
    ]


def test_a_layout_that_is_extended_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "layout.mjml.j2").write_text("<mjml><mj-body>{% block a %}{% endblock %}<mj-oops/></mj-body></mjml>")
    (tmp_path / "page.mjml.j2").write_text(
        '{% extends "layout.mjml.j2" %}{% block a %}<mj-section paddin="1px">{% endblock %}'
    )
    found = {(flaw.rule, flaw.file.name) for flaw in lint((tmp_path,), "page.mjml.j2")}
    assert {("mjml.unknown-tag", "layout.mjml.j2"), ("mjml.attribute", "page.mjml.j2")} <= found


def test_what_has_one_right_form_can_be_mended(tmp_path: Path) -> None:
    body = '<mj-section padding="0  24px" background-color="#abc"></mj-section>' + TEXT.format("<b>A</b>\n <i>B</i>")
    found = flaws(tmp_path, body)
    mended = mend((tmp_path / "page.mjml.j2").read_text(), found)
    assert '<mj-section padding="0px 24px" background-color="#aabbcc">' in mended
    assert "<b>A</b> <i>B</i>" in mended
    (tmp_path / "page.mjml.j2").write_text(mended)
    assert lint((tmp_path,), "page.mjml.j2") == ()


def test_an_include_in_a_circle_ends(tmp_path: Path) -> None:
    assert flaws(tmp_path, '{% include "_a.mjml.j2" %}', a='{% include "_a.mjml.j2" %}') == []


def test_a_template_that_is_not_there_has_no_flaws(tmp_path: Path) -> None:
    assert lint((tmp_path,), "none.mjml.j2") == ()


PIECES = (
    *("<mj-text>", "</mj-text>", "<", ">", "{{", "}}", "{%", "%}", "{#", "#}", "if a", "endif", "'", '"', "\n", " "),
    *(
        "<mj-section ",
        "padding=",
        "else",
        "for x in y",
        "endfor",
        "/>",
        "{% include '_a.mjml.j2' %}",
        "id='a'",
        "a=1 ",
    ),
)


@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_can_be_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "page.mjml.j2").write_text(text, encoding="utf-8")
    for flaw in lint((folder,), "page.mjml.j2"):
        lines = text.split("\n")
        assert 1 <= flaw.line <= len(lines)
        assert 1 <= flaw.column <= len(lines[flaw.line - 1]) + 1
