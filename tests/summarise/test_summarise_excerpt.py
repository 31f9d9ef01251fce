"""Telling a publisher's own summary from what only looks like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.models.story import Story
from digest.summarise.excerpt import Excerpt, read_excerpt

STORY = Story(
    id="bridge",
    title="Harbour bridge to close for a year",
    body="The city council voted on Tuesday to close the harbour bridge. Repairs will cost 80 million crowns, "
    "engineer Ada Osei told the council, and ferries will run every ten minutes.",
    language="en",
)


def read(excerpt: str, teaser: bool = False, whole_body: bool = True) -> Excerpt:
    return read_excerpt(replace(STORY, excerpt=excerpt, teaser=teaser), "en", whole_body)


def test_a_summary_of_its_own_is_taken() -> None:
    text = "Repairs of the bridge will cost 80 million crowns, and ferries will take over."

    assert read(text) == Excerpt(text, own=True)


def test_a_whole_first_sentence_is_the_publishers_choice() -> None:
    assert read("The city council voted on Tuesday to close the harbour bridge.").own


@pytest.mark.parametrize(
    "excerpt",
    [
        "The city council voted on Tuesday to close the harbour bridge. Repairs will cost 80 million […]",
        "The city council voted on Tuesday to close the harbour bridge. Repairs will cost [...]",
        "The city council voted on Tuesday to close the harbour bridge. Repairs will cost…",
        "The city council voted on Tuesday to close the harbour bridge. Repairs will cost",
        "The city council voted on Tuesday to close the harbour bridge. Repairs… Continue reading →",
    ],
)
def test_a_cut_off_beginning_is_not_its_own_and_loses_the_broken_sentence(excerpt: str) -> None:
    assert read(excerpt) == Excerpt("The city council voted on Tuesday to close the harbour bridge.", own=False)


@pytest.mark.parametrize(
    "excerpt",
    [
        "Harbour bridge to close for a year",
        "Bridge news.",
        "Bridge, harbour, council, repairs, ferries, Northaven, traffic, city",
        "Harbour bridge | The Paper | City news",
    ],
)
def test_titles_and_keywords_are_no_summary(excerpt: str) -> None:
    assert not read(excerpt).own


def test_calls_to_act_are_left_out_at_both_ends() -> None:
    text = "Ferries will take over while the bridge is closed."

    assert read(f"Here's everything you need to know. {text} Learn how the city prepares.") == Excerpt(text, own=True)
    assert read("Learn how the city prepares.") == Excerpt("", own=False)


@pytest.mark.parametrize(
    "excerpt",
    [
        "Repairs of the bridge will cost 90 million crowns in all.",
        "Repairs will be led by engineer Ruth Marlow this time.",
        "The mayor calls the bridge “a danger to us all” on Tuesday.",
    ],
)
def test_what_the_story_does_not_say_makes_it_no_summary_of_it(excerpt: str) -> None:
    assert not read(excerpt).own
    assert read(excerpt, whole_body=False).own


def test_a_teaser_has_nothing_else() -> None:
    assert read("Repairs cost 90 million crowns. Learn why.", teaser=True) == Excerpt(
        "Repairs cost 90 million crowns.", own=True
    )
    assert read("The council wants to close the […]", teaser=True) == Excerpt(
        "The council wants to close the…", own=True
    )


def test_a_dateline_is_left_out() -> None:
    assert read("NORTHAVEN (AFP) - The city council voted to close the bridge.").text == (
        "The city council voted to close the bridge."
    )


def test_german_nouns_are_not_taken_for_names() -> None:
    story = Story(
        id="b",
        title="Brücke",
        excerpt="Die Sanierung trifft viele Pendler hart.",
        body="Der Rat tagte.",
        language="de",
    )

    assert read_excerpt(story, "de", whole_body=True).own
