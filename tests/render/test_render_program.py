"""The compiled template gives what the long way gives, byte for byte, or is not used."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from render_sample import edition

from digest.models.edition import Line
from digest.models.story import Image, Kind
from digest.render import Context, EditionView, SectionView, StoryView, languages, long_way, render
from digest.render.compiled import compose, program_of
from digest.render.environment import environment, fill
from digest.render.flatten import NotPlain, flatten
from digest.render.program import STATIC, compile_program
from digest.render.rendering import made_ready
from digest.render.trial import trials
from digest.render.values import template_values
from digest.settings import Theme

TEMPLATES = (Path(__file__).parents[2] / "templates",)

text = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60) | st.sampled_from(
    [
        "",
        "\"'<>&",
        "{{email}}",
        "zqv1z",
        "zqs2z~text~",
        "<!--zqs1z-->",
        "a  b",
        "&amp;",
        "\u00a0\u200d\ufeff\x01\x03",
        "x" * 300,
    ]
)
url = st.none() | st.sampled_from(
    ["https://a.example/", "https://a.example/?b=1&c='\"<", "javascript:x", "https://ä.example/ü"]
)
stories = st.builds(
    StoryView,
    id=st.text("abc", min_size=1, max_size=2),
    headline=text,
    url=url,
    lines=st.lists(
        st.builds(Line, text, st.sampled_from(["takeaway:1", "sentence:1", "title", "editor"])), max_size=3
    ).map(tuple),
    excerpt=text,
    image=st.none()
    | st.builds(
        Image, st.just("https://a.example/i.jpg"), text, st.none() | text, st.none() | st.just(800), st.just(450)
    ),
    author=st.none() | text,
    source=text,
    section=text,
    language=st.sampled_from([None, "en", "de", "ar"]),
    kind=st.sampled_from(list(Kind)),
    paywalled=st.booleans(),
    update=st.booleans(),
    minutes=st.none() | st.integers(0, 2000),
)
pairs = st.lists(st.tuples(text, url), max_size=3).map(tuple)
contexts = st.builds(
    Context,
    publication=st.just(edition().publication)
    | st.builds(replace, st.just(edition().publication), name=text, url=url, city=text),
    edition=st.builds(
        EditionView, st.just("daily/2026-11-24"), st.just(date(2026, 11, 24)), st.just("Subject"), label=text
    ),
    segment=st.just(edition().segment),
    lead=st.none() | stories,
    sections=st.lists(
        st.builds(SectionView, st.just("s"), text, st.lists(stories, max_size=3).map(tuple)), max_size=2
    ).map(tuple),
    latest=st.lists(stories, max_size=2).map(tuple),
    related=pairs,
    popular=pairs,
    weather=text,
    preheader=text,
)


@pytest.mark.parametrize("language", languages())
def test_the_packaged_template_has_a_program_in_every_language(language: str) -> None:
    assert program_of("daily", TEMPLATES, Theme(), language) is not None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(context=contexts, language=st.sampled_from(["en", "ar"]))
def test_it_gives_what_the_long_way_gives(context: Context, language: str) -> None:
    shown, words, slots = made_ready(context, "daily", language)
    values = template_values(shown, words, slots, Theme())
    program = program_of("daily", TEMPLATES, Theme(), language)
    assert program is not None
    assert program.fill(values) == long_way.compose("daily.mjml.j2", TEMPLATES, values, slots.prefix)


def own(tmp_path: Path, **files: str) -> tuple[Path, ...]:
    for name, source in files.items():
        (tmp_path / f"{name}.mjml.j2").write_text(source, encoding="utf-8")
    return (tmp_path, *TEMPLATES)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("{% macro m() %}x{% endmacro %}", "macro"),
        ("{% raw %}x{% endraw %}", "raw"),
        ("{% set a %}x{% endset %}", "set"),
        ("{% include ['a.mjml.j2', 'b.mjml.j2'] %}", "include"),
        ('<mj-section padding="{{ edition.stories }}px"></mj-section>', "stands in <mj-section"),
        ("<mj-section>{% if lead %}<mj-column></mj-column>{% endif %}</mj-section>", "directly in <mj-section>"),
        (
            "<mj-section><mj-column><mj-text>{{ lead.headline | safe }}</mj-text></mj-column></mj-section>",
            "not escaped",
        ),
        ("{% set theme = 1 %}", "theme is set"),
        ('<mj-raw><p class="a{% if lead %} b{% endif %}"></p></mj-raw>', "value of an attribute"),
    ],
)
def test_what_is_not_plain_says_why_and_takes_the_long_way(tmp_path: Path, part: str, why: str) -> None:
    roots = own(tmp_path, _end=part)
    shown, words, slots = made_ready(edition(), "daily", "en")
    values = template_values(shown, words, slots, Theme())
    sheet = fill(roots, long_way.SHEET, values)
    with pytest.raises(NotPlain, match=why):
        compile_program(roots, "daily.mjml.j2", sheet, {name: values[name] for name in STATIC})
    assert program_of("daily", roots, Theme(), "en") is None


def test_a_template_without_a_program_renders_all_the_same(tmp_path: Path) -> None:
    roots = own(tmp_path, weekly='{% extends "daily.mjml.j2" %}')
    assert program_of("weekly", roots, Theme(), "en") is None
    long = render(edition(), templates=roots, template="weekly", theme=Theme(), language="en")
    assert long.html == render(edition(), templates=TEMPLATES, theme=Theme(), language="en").html


def test_a_program_that_would_differ_is_never_used(tmp_path: Path) -> None:
    # Inlining goes by the class, which only the edition decides: no single compilation can be right.
    roots = own(
        tmp_path,
        _end='<mj-raw><p class="{{ "end" if lead else "foot" }}">x</p></mj-raw>',
    )
    assert program_of("daily", roots, Theme(), "en") is None
    html = render(edition(), templates=roots, theme=Theme(), language="en").html
    assert '<p class="end" style="' in html


def test_a_changed_file_is_compiled_again(tmp_path: Path) -> None:
    section = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"
    roots = own(tmp_path, _end=section.format("first"))
    assert ">first<" in render(edition(), templates=roots, theme=Theme(), language="en").html
    own(tmp_path, _end=section.format("second one"))
    assert ">second one<" in render(edition(), templates=roots, theme=Theme(), language="en").html
    shutil.rmtree(tmp_path)
    assert "That is all" in render(edition(), templates=roots, theme=Theme(), language="en").html


def test_an_included_part_keeps_its_names_to_itself(tmp_path: Path) -> None:
    roots = own(
        tmp_path,
        _end='{% set x = "outer" %}\n<mj-section><mj-column><mj-text>{% include "inner.mjml.j2" %} {{ x }}'
        "</mj-text></mj-column></mj-section>",
        inner='{% set x = "inner" %}{{ x }}',
    )
    assert program_of("daily", roots, Theme(), "en") is not None
    assert "inner outer" in render(edition(), templates=roots, theme=Theme(), language="en").html


def test_flat_parts_hold_no_whitespace_that_jinja_would_drop() -> None:
    parts = flatten(environment(TEMPLATES), "_labels.mjml.j2")
    assert parts[0].text == "for label in labels(story)"
    assert [part.kind for part in parts[:3]] == ["statement", "statement", "text"]


def test_the_trial_editions_use_every_field() -> None:
    full = trials()[0]
    assert all(getattr(full, name) for name in Context.__slots__ if name not in ("preheader", "slots"))
    shown, words, slots = made_ready(full, "daily", "en")
    values = template_values(shown, words, slots, Theme())
    assert compose("daily", TEMPLATES, values, slots.prefix, theme=Theme(), language="en")
