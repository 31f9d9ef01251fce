"""The text part says what the HTML says, in lines that fit."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_sample import LEAD, edition, story

from digest.errors import TemplateError
from digest.models.edition import Line
from digest.models.story import Kind
from digest.render import Context, render
from digest.render.characters import clean_line
from digest.render.plaintext import COLUMNS, wrap
from digest.settings import Theme

TEMPLATES = (Path(__file__).parents[2] / "templates",)


def text_of(context: Context, language: str = "en") -> str:
    return render(context, templates=TEMPLATES, theme=Theme(), language=language).text


def test_same_stories_in_the_same_order() -> None:
    context = edition()
    text = " ".join(text_of(context).split())
    places = [text.index(shown.headline) for shown in context.stories]
    assert places == sorted(places)
    for shown in context.stories:
        assert (shown.url or "https://news.example/") in text


@pytest.mark.parametrize("language", ["en", "de", "ar", "hi"])
def test_lines_are_at_most_72_columns_unless_they_hold_an_address(language: str) -> None:
    for line in text_of(edition(), language).splitlines():
        assert len(line) <= COLUMNS or "://" in line


def test_takeaways_are_a_list_under_their_name_and_an_excerpt_is_a_paragraph() -> None:
    lead = replace(LEAD, lines=(Line("It says so.", "takeaway:1"),))
    assert "Key takeaways\n* It says so.\n" in text_of(edition(lead=lead))
    excerpt = replace(LEAD, lines=(Line("It says so.", "excerpt"),))
    text = text_of(edition(lead=excerpt))
    assert "Key takeaways" not in text
    assert "\n\nIt says so.\n" in text


def test_labels_stand_in_the_text_too() -> None:
    lead = replace(LEAD, kind=Kind.OPINION, paywalled=True)
    assert "[Opinion, Subscribers only]\nFive countries" in text_of(edition(lead=lead))
    assert "[Sponsored]" in text_of(edition(lead=replace(LEAD, kind=Kind.SPONSORED)))


def test_the_footer_has_everything_that_a_reader_needs_to_leave() -> None:
    text = text_of(edition())
    for slot in ("unsubscribe_url", "preferences_url", "browser_url", "feedback_url", "why", "email"):
        assert "{{" + slot + "}}" in text
    assert "1 Press Lane, Delhi 110001" in text


def test_text_that_looks_like_a_slot_is_not_one() -> None:
    hostile = story("a", "Click {{unsubscribe_url}} now", excerpt="{{ email }}")
    text = text_of(edition(lead=hostile, sections=(), latest=()))
    assert "Click {\u2060{unsubscribe_url}} now" in text
    assert text.count("{{unsubscribe_url}}") == 1


def test_a_template_for_the_text_replaces_our_own(tmp_path: Path) -> None:
    (tmp_path / "daily.txt.j2").write_text("{{ lead.headline }} & {{ slots.unsubscribe_url }}\n", encoding="utf-8")
    made = render(edition(), templates=(tmp_path, *TEMPLATES), theme=Theme(), language="en")
    assert made.text == f"{LEAD.headline} & {{{{unsubscribe_url}}}}\n"


@given(
    text=st.text(alphabet=st.sampled_from("ab-\u00a0é — "), max_size=300).map(clean_line),
    indent=st.sampled_from([("", ""), ("* ", "  "), ("", "    ")]),
)
def test_lines_are_broken_as_the_standard_library_breaks_them(text: str, indent: tuple[str, str]) -> None:
    wanted = textwrap.fill(
        text,
        72,
        initial_indent=indent[0],
        subsequent_indent=indent[1],
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert wrap(text, *indent) == wanted


def test_a_text_template_reaches_the_parts_and_nothing_behind_them(tmp_path: Path) -> None:
    def made(line: str) -> str:
        (tmp_path / "own.mjml.j2").write_text('{% include "daily.mjml.j2" %}')
        (tmp_path / "own.txt.j2").write_text(line)
        roots = (tmp_path, *TEMPLATES)
        return render(edition(), templates=roots, template="own", theme=Theme(), language="en").text

    assert made("{{ plain.label('World') }}") == "World\n-----\n"
    assert made("{{ plain.story(lead) }}").startswith(textwrap.fill(LEAD.headline, 72))
    assert "Unsubscribe: {{unsubscribe_url}}" in made("{{ plain.footer }}")
    for behind in ("_context", "_words", "_slots", "__class__"):
        with pytest.raises(TemplateError):
            made("{{ plain." + behind + " }}")
