"""A personal edition, rendered once: any reader's list, joined from blocks, is what rendering that list gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_sample import BUSINESS, LATEST, TECHNOLOGY, WORLD, edition

from digest.errors import TemplateError
from digest.render import Words, render, render_personal
from digest.settings import Theme

TEMPLATES = (Path(__file__).parents[2] / "templates",)
SECTIONS = {section.name: section for section in (WORLD, BUSINESS, TECHNOLOGY)}
Lists = list[tuple[str, list[str]]]

lists = st.permutations(list(SECTIONS)).flatmap(
    lambda names: st.tuples(
        *(st.lists(st.sampled_from([s.id for s in SECTIONS[n].stories]), unique=True) for n in names)
    ).map(lambda chosen: list(zip(names, chosen, strict=True)))
)


def chosen_edition(chosen: Lists) -> tuple[object, ...]:
    return tuple(
        replace(SECTIONS[name], stories=tuple(next(s for s in SECTIONS[name].stories if s.id == one) for one in ids))
        for name, ids in chosen
    )


@pytest.mark.parametrize("language", ["en", "ar"])
@settings(max_examples=40, deadline=None)
@given(chosen=lists)
def test_a_list_joined_is_a_list_rendered(language: str, chosen: Lists) -> None:
    personal = render_personal(edition(), templates=TEMPLATES, theme=Theme(), language=language)
    alone = edition(sections=chosen_edition(chosen))
    wanted = render(alone, templates=TEMPLATES, theme=Theme(), language=language)
    assert personal.joined(chosen, Words.of(language)) == wanted


def test_the_shell_holds_no_story_of_any_section() -> None:
    personal = render_personal(edition(), templates=TEMPLATES, theme=Theme(), language="en")
    for section in SECTIONS.values():
        for story in section.stories:
            assert story.headline not in personal.shell.html + personal.shell.text
    assert {"sections", "stories", "minutes", "unsubscribe_url"} <= set(personal.shell.slots)
    assert personal.fixed == {"river-accord", *(story.id for story in LATEST)}


def test_a_made_up_preheader_promises_only_what_every_reader_gets() -> None:
    personal = render_personal(edition(preheader=""), templates=TEMPLATES, theme=Theme(), language="en")
    assert personal.shell.preheader.startswith(LATEST[0].headline)


def test_a_story_that_is_not_there_is_no_silent_gap() -> None:
    personal = render_personal(edition(), templates=TEMPLATES, theme=Theme(), language="en")
    with pytest.raises(KeyError):
        personal.joined([("world", ["nothing"])], Words.of("en"))
    with pytest.raises(KeyError):
        personal.joined([("nowhere", [])], Words.of("en"))


@pytest.mark.parametrize(
    ("name", "source", "why"),
    [
        (
            "_section",
            '{% include "!base/_section.mjml.j2" %}{% if not loop.last %}<mj-raw>-</mj-raw>{% endif %}',
            "neighbours",
        ),
        (
            "_section",
            "<mj-section><mj-column><mj-text>{{ section.label }}</mj-text></mj-column></mj-section>",
            "once each",
        ),
        (
            "_end",
            "<mj-section><mj-column><mj-text>{{ edition.words }}</mj-text></mj-column></mj-section>",
            "depends on",
        ),
        (
            "_end",
            "<mj-section><mj-column><mj-text>{% for s in sections %}.{% endfor %}</mj-text></mj-column></mj-section>",
            "depends on",
        ),
        ("_end", "{% macro m() %}{% endmacro %}", "macro"),
    ],
)
def test_a_template_that_cannot_be_taken_apart_is_refused_with_the_reason(
    tmp_path: Path, name: str, source: str, why: str
) -> None:
    (tmp_path / f"{name}.mjml.j2").write_text(source, encoding="utf-8")
    with pytest.raises(TemplateError, match=why):
        render_personal(edition(), templates=(tmp_path, *TEMPLATES), theme=Theme(), language="en")


def test_two_sections_of_one_name_are_refused() -> None:
    with pytest.raises(TemplateError, match="same name"):
        render_personal(edition(sections=(WORLD, WORLD)), templates=TEMPLATES, theme=Theme(), language="en")


def test_a_text_template_is_taken_apart_too(tmp_path: Path) -> None:
    (tmp_path / "daily.txt.j2").write_text(
        "{{ publication.name }} & {{ counted.stories }}\n{% for section in sections %}\n# {{ section.label }}\n"
        "{% for story in section.stories %}\n* {{ story.headline }}\n{% endfor %}\n{% endfor %}\n"
        "{{ slots.unsubscribe_url }}\n",
        encoding="utf-8",
    )
    roots = (tmp_path, *TEMPLATES)
    personal = render_personal(edition(), templates=roots, theme=Theme(), language="en")
    chosen = [("technology", ["satellites"])]
    wanted = render(edition(sections=(TECHNOLOGY,)), templates=roots, theme=Theme(), language="en")
    assert personal.joined(chosen, Words.of("en")).text == wanted.text
    assert "* A small observatory" in wanted.text
