"""From what was handed over to what is shown: clean, counted, complete."""

from __future__ import annotations

from dataclasses import replace

from render_sample import LEAD, WORLD, edition, story

from digest.models.edition import Line
from digest.models.story import Image
from digest.render import PublicationView, SectionView
from digest.render.prepare import prepare


def test_counts_are_of_what_is_shown() -> None:
    lead = story("a", "Four words stand here", lines=(Line("Two words.", "takeaway:1"), Line("One", "sentence:1")))
    rail = story("b", "Rail", excerpt="of three words", lines=(Line("never shown in the rail", "takeaway:1"),))
    shown = prepare(edition(lead=lead, sections=(), latest=(rail,), related=(), popular=()))
    assert (shown.edition.stories, shown.edition.words, shown.edition.minutes) == (2, 4 + 2 + 1 + 1 + 3, 1)


def test_a_story_that_stands_twice_counts_once_as_a_story() -> None:
    assert prepare(edition(lead=LEAD, sections=(), latest=(LEAD,))).edition.stories == 1


def test_words_are_counted_in_scripts_with_marks_and_in_scripts_without_spaces() -> None:
    def words(headline: str) -> int:
        return prepare(edition(lead=story("a", headline), sections=(), latest=())).edition.words

    assert words("हिन्दी में चार शब्द") == 4
    assert words("東京で雪が降る") == 4
    assert words("— 24% of £3.5m —") == 3


def test_what_was_counted_before_is_replaced() -> None:
    given = edition()
    wrong = replace(given, edition=replace(given.edition, stories=99, words=1, minutes=500))
    assert prepare(wrong).edition == prepare(given).edition


def test_lines_that_repeat_the_title_are_not_shown_and_an_excerpt_stands_in() -> None:
    only_title = story("a", "A", lines=(Line("A", "title"),), excerpt="What it is about.")
    assert only_title.paragraphs == ("What it is about.",)
    assert only_title.takeaways == ()


def test_only_verbatim_bullets_are_takeaways() -> None:
    mixed = story(
        "a", "A", lines=(Line("t", "takeaway:2"), Line("s", "sentence:1"), Line("x", "excerpt"), Line("e", "editor"))
    )
    assert mixed.takeaways == ("t",)
    assert mixed.paragraphs == ("s", "x", "e")


def test_empty_sections_fall_out_and_unsafe_links_and_pictures_too() -> None:
    bad = replace(LEAD, url="javascript:x", image=Image("file:///etc/passwd"))
    shown = prepare(
        edition(lead=bad, sections=(SectionView("w", "W", ()), WORLD), related=(("Here", "data:x"), ("\u202e", "x")))
    )
    assert [section.name for section in shown.sections] == ["world"]
    assert shown.lead is not None
    assert (shown.lead.url, shown.lead.image) == (None, None)
    assert shown.related == (("Here", None),)


def test_an_address_of_several_lines_becomes_one() -> None:
    shown = prepare(edition(publication=PublicationView("P", postal_address="1 Lane,\n\nDelhi 110001\n")))
    assert shown.publication.postal_address == "1 Lane, Delhi 110001"


def test_a_missing_preheader_promises_something_else_than_the_subject() -> None:
    shown = prepare(edition(preheader=" \n"))
    assert shown.preheader.startswith("Dockers end a nineteen-day strike")
    assert LEAD.headline not in shown.preheader
    assert 40 <= len(shown.preheader) <= 120


def test_an_edition_of_one_story_promises_what_the_story_says() -> None:
    shown = prepare(edition(preheader="", sections=(), latest=()))
    assert shown.preheader.startswith(LEAD.takeaways[0])
    bare = prepare(edition(preheader="", sections=(), latest=(), lead=story("a", "Five countries")))
    assert bare.preheader == "The Ledger"
