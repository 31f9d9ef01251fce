"""What a story does not say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.edition import Line, Summary
from digest.models.story import Story
from digest.summarise import gate, summarise, unsupported

STORY = Story(
    id="deal",
    title="Harbour deal signed",
    takeaways=("Northaven signs $8.5 billion harbour deal", "About 70% of members agreed"),
    excerpt="The deal took 12 years.",
    body="Mayor Ada Osei said: “We waited, and it’s done.” The firm Alder Works has 1,000 staff. Two ferries sank.",
    language="en",
)


@pytest.mark.parametrize(
    "text",
    [
        "Osei signed an $8.5bn deal.",
        "The firm has 1000 staff and 70 per cent agreed.",
        'The mayor: "We waited, and it\'s done."',
        "2 ferries sank after 12 years.",
        "Everyone agreed with Ada Osei's deal.",
        "A Northaven-Alder deal.",
        "",
    ],
)
def test_what_the_story_says_is_supported_however_it_is_written(text: str) -> None:
    assert unsupported(text, STORY) == ()


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Osei signed an $8.5 million deal.", ("$8.5 million",)),
        ("70 members agreed.", ("70",)),
        ("A deal worth €8.5 billion.", ("€8.5 billion",)),
        ("Three ferries sank.", ("Three",)),
        ("It was signed in Paris by Ruth Marlow.", ("Paris", "Ruth", "Marlow")),
        ("Ruth Marlow signed.", ("Ruth", "Marlow")),
        ("Marlow said so.", ("Marlow",)),
        ("NATO signed.", ("NATO",)),
        ("“We never waited,” she said.", ("“We never waited,”",)),
        ("She said 'we never waited' again.", ("'we never waited'",)),
        ('She said "never', ('"never',)),
    ],
)
def test_what_it_does_not_say_is_named(text: str, strange: tuple[str, ...]) -> None:
    assert unsupported(text, STORY) == strange


def test_a_word_that_only_opens_a_sentence_is_no_name() -> None:
    assert unsupported("Officials agreed. Ferries sank. Police said so.", STORY) == ()


def test_a_summary_of_takeaways_is_not_excused_by_the_excerpt() -> None:
    lines = (Line("The deal took 12 years", "takeaway:1"),)

    assert unsupported(Summary(lines, "takeaways"), STORY) == ("12",)
    assert unsupported(Summary(lines, "excerpt"), STORY) == ()


def test_german_figures_and_inflected_nouns_are_understood() -> None:
    story = Story(
        id="x",
        title="Rat",
        body="Der Bau des Hafens kostet 8,5 Milliarden Euro, das sind 1.000 je Kopf.",
        language="de",
    )

    assert unsupported("Der Hafen kostet 8,5 Mrd. Euro oder 1000 Euro je Kopf.", story) == ()
    assert unsupported("Der Hafen kostet 85 Milliarden Euro.", story) == ("85 Milliarden",)


def test_the_gate_lets_the_supported_through_and_gives_the_fallback_for_the_rest() -> None:
    fallback = summarise(STORY, 100)
    good = Summary((Line("Ada Osei signed.", "editor"),), "editor")
    bad = Summary((Line("Ruth Marlow signed.", "editor"),), "editor")

    assert gate(good, STORY, fallback) is good
    assert gate(bad, STORY, fallback) is fallback
    assert gate(Summary((), "editor"), STORY, fallback) is fallback
    assert gate(Summary((Line(" ", "editor"),), "editor"), STORY, fallback) is fallback


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "hi", None]))
def test_a_text_supports_itself(text: str, language: str | None) -> None:
    assert unsupported(text, replace(STORY, body=text, language=language)) == ()
