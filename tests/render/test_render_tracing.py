"""Each element of a mail knows the line that it was written in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html
from render_sample import edition, of_template

from digest.render import render
from digest.render.tracing import trace
from digest.settings import Theme

TEMPLATES = (Path(__file__).parents[2] / "templates",)


@pytest.mark.parametrize("template", ["daily", "weekly", "breaking"])
def test_a_labelled_mail_is_the_mail(template: str) -> None:
    context = of_template(template)
    manner = {"templates": TEMPLATES, "template": template, "theme": Theme(), "language": "en"}
    plain = html.document_fromstring(render(context, **manner).html)  # type: ignore[arg-type]
    traced = trace(context, **manner)  # type: ignore[arg-type]
    labelled = html.document_fromstring(traced.html)
    assert [e.tag for e in labelled.iter()] == [e.tag for e in plain.iter()]


def test_every_link_leads_to_a_line_with_a_link() -> None:
    traced = trace(edition(), templates=TEMPLATES, template="daily", theme=Theme(), language="en")
    links = len(list(html.document_fromstring(traced.html).iter("a")))
    assert links > 5
    for number in range(links):
        place = traced.place("a", number)
        assert place is not None
        assert re.search(r"<a\b|href=", place.file.read_text("utf-8").splitlines()[place.line - 1]), place
    assert traced.place("a", links) is None
    assert traced.place("a", -1) is None


def test_an_own_part_is_named(tmp_path: Path) -> None:
    (tmp_path / "_end.mjml.j2").write_text(
        '<mj-section>\n<mj-column>\n<mj-text css-class="mine">\n{% if true %}<strong>Words</strong>{% endif %}\n'
        "</mj-text></mj-column></mj-section>",
        encoding="utf-8",
    )
    roots = (tmp_path, *TEMPLATES)
    traced = trace(edition(), templates=roots, template="daily", theme=Theme(), language="en")
    place = traced.place("strong", 0)
    assert place is not None
    assert (place.file, place.line) == (tmp_path / "_end.mjml.j2", 4)
    assert "mine" in traced.html
