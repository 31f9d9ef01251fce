"""The default summariser, from story to summary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.edition import Line, Summary
from digest.models.story import Story
from digest.summarise import as_prose, summarise, unsupported
from digest.summarise.bullets import repaired

BODY = (
    "The city council voted on Tuesday to close the harbour bridge for a year of repairs. The bridge carries 40,000 "
    "cars a day, and the repairs will cost 80 million crowns. Ferries will run every ten minutes while it is closed, "
    "engineer Ada Osei told the council, which expects fewer cars in the old town."
)
STORY = Story(
    id="bridge",
    title="Old town awaits a quieter year",
    takeaways=(
        "The harbour bridge closes in May for a year",
        "It carries 40,000 cars a day",
        "Ferries run every ten minutes",
    ),
    excerpt="Repairs of the harbour bridge will cost 80 million crowns.",
    body=BODY,
    language="en",
)
WITHOUT = replace(STORY, takeaways=())


def origins(summary: Summary) -> list[str]:
    return [line.origin for line in summary.lines]


def test_takeaways_come_first_whole_and_in_order() -> None:
    summary = summarise(STORY, 280)

    assert summary.origin == "takeaways"
    assert [line.text for line in summary.lines] == list(STORY.takeaways)
    assert origins(summary) == ["takeaway:1", "takeaway:2", "takeaway:3"]


def test_the_budget_counts_prose_with_its_stops() -> None:
    prose = as_prose(summarise(STORY, None))

    assert prose.endswith("for a year. It carries 40,000 cars a day. Ferries run every ten minutes.")
    assert origins(summarise(STORY, len(prose))) == ["takeaway:1", "takeaway:2", "takeaway:3"]
    assert origins(summarise(STORY, len(prose) - 1)) == ["takeaway:1", "takeaway:2"]


def test_the_lead_keeps_what_a_blurb_drops() -> None:
    story = replace(STORY, title="The harbour bridge closes in May", takeaways=("They agree", *STORY.takeaways[::2]))

    assert origins(summarise(story, None)) == ["takeaway:1", "takeaway:2", "takeaway:3"]
    assert origins(summarise(story, 280)) == ["takeaway:3"] or origins(summarise(story, 280)) == [
        "takeaway:2",
        "takeaway:3",
    ]


def test_numbers_count_in_the_storys_own_list() -> None:
    story = replace(STORY, takeaways=("", "They agree", "• Ferries run"))

    assert summarise(story, 280).lines == (Line("Ferries run", "takeaway:3"),)


def test_no_bullet_is_cut_where_a_whole_one_fits() -> None:
    story = replace(STORY, takeaways=("The harbour bridge closes in May for a year of repairs", "Ferries run"))

    assert origins(summarise(story, 30)) == ["takeaway:2"]


def test_a_first_bullet_that_is_too_long_is_cut_with_an_ellipsis() -> None:
    story = replace(STORY, takeaways=STORY.takeaways[:1])

    assert summarise(story, 30).lines == (Line("The harbour bridge closes…", "takeaway:1"),)


def test_without_takeaways_the_publishers_excerpt_stands_in() -> None:
    assert summarise(WITHOUT, 280) == Summary((Line(STORY.excerpt, "excerpt"),), "excerpt")


def test_an_excerpt_that_is_too_long_gives_way_to_whole_sentences_of_the_body() -> None:
    story = replace(WITHOUT, excerpt="Ferries and " * 30 + "cars.", body=BODY)

    assert summarise(story, 150).origin == "extractive"


def test_without_an_excerpt_sentences_of_the_body_stand_in() -> None:
    summary = summarise(replace(WITHOUT, excerpt=""), 280)

    assert summary.origin == "extractive"
    assert all(line.text in BODY and line.origin.startswith("sentence:") for line in summary.lines)


@pytest.mark.parametrize("change", [{"paywalled": True}, {"body": "Too short to tell."}, {"teaser": True}])
def test_a_body_that_is_not_whole_is_not_extracted(change: dict[str, object]) -> None:
    story = replace(WITHOUT, excerpt="", **change)  # type: ignore[arg-type]

    assert summarise(story, 280) == Summary((Line(STORY.title, "title"),), "title")


def test_a_teaser_shows_its_excerpt_up_to_a_sentence() -> None:
    story = Story(id="t", title="Harbour", teaser=True, excerpt="Ferries run. Cars wait for a year.", language="en")

    assert summarise(story, None).lines == (Line("Ferries run. Cars wait for a year.", "excerpt"),)
    assert summarise(story, 20).lines == (Line("Ferries run.", "excerpt"),)


def test_nothing_is_said_where_nothing_fits() -> None:
    assert summarise(STORY, 0).lines == ()


LINES = st.text(alphabet=st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    [
        "They agree",
        "It rose by 5%",
        "NEW: • Sales rose",
        "He said “no”",
        "The bridge closes in May",
        "मेयर ने कहा।",
        "日本。",
    ]
)
STORIES = st.builds(
    Story,
    id=st.just("any"),
    title=LINES,
    takeaways=st.lists(LINES, max_size=6).map(tuple),
    excerpt=LINES,
    body=st.lists(LINES, max_size=30).map(" ".join) | st.just(BODY),
    language=st.sampled_from(["en", "de", "fr", "es", "pt", "hi", "xx", None]),
    teaser=st.booleans(),
    paywalled=st.booleans(),
)
BUDGETS = st.none() | st.integers(min_value=0, max_value=400)


@given(STORIES, BUDGETS)
def test_any_story_fits_its_budget_and_is_the_same_every_time(story: Story, budget: int | None) -> None:
    summary = summarise(story, budget)

    assert budget is None or len(as_prose(summary)) <= budget
    assert summary == summarise(story, budget)
    assert all(line.text.strip() for line in summary.lines)


@given(STORIES, BUDGETS)
def test_every_line_is_from_where_it_says_and_in_order(story: Story, budget: int | None) -> None:
    places = []
    for line in summarise(story, budget).lines:
        kind, _, number = line.origin.partition(":")
        text = line.text.removesuffix("…")
        source = {
            "takeaway": lambda: repaired(story.takeaways[int(number) - 1]),  # noqa: B023 - called at once
            "sentence": lambda: story.body,
            "excerpt": lambda: repaired(story.excerpt),
            "title": lambda: repaired(story.title),
        }[kind]()
        assert text in source
        if number:
            places.append(int(number))
    assert places == sorted(set(places))


@given(STORIES, BUDGETS)
def test_the_default_never_says_what_the_story_does_not(story: Story, budget: int | None) -> None:
    assert unsupported(summarise(story, budget), story) == ()


@given(STORIES, st.integers(min_value=1, max_value=400))
def test_a_bullet_is_cut_only_where_no_whole_one_fits(story: Story, budget: int) -> None:
    lines = summarise(story, budget).lines
    cut = [
        line
        for line in lines
        if line.origin.startswith("takeaway")
        and line.text != repaired(story.takeaways[int(line.origin.removeprefix("takeaway:")) - 1])
    ]

    assert not cut or len(lines) == 1
