"""Choosing sentences of a body."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.extract import extract
from digest.summarise.sentences import sentences

BODY = """\
NORTHAVEN (AFP) - The city council voted on Tuesday to close the harbour bridge for a year of repairs.

Read more: The long road to the harbour

The bridge carries 40,000 cars a day, and the council expects the repairs to cost 80 million crowns.

Why it matters

They will start in May. “We have no choice. The steel is tired,” engineer Ada Osei told the council.

Ferries will run every ten minutes while the bridge is closed, the council said.

Jo Reyes contributed to this report."""


def texts(found: list[tuple[int, str]]) -> str:
    return " ".join(text for _, text in found)


def test_sentences_are_verbatim_numbered_and_in_order() -> None:
    every = sentences(BODY, "en")

    found = extract(BODY, "", 280, "en")

    assert found
    assert [number for number, _ in found] == sorted({number for number, _ in found})
    for number, text in found:
        assert every[number - 1].endswith(text)


def test_the_dateline_is_left_out() -> None:
    assert extract(BODY, "", 100, "en")[0] == (
        1,
        "The city council voted on Tuesday to close the harbour bridge for a year of repairs.",
    )


def test_calls_headings_credits_and_parts_of_quotations_are_never_chosen() -> None:
    for room in range(20, 700, 20):
        chosen = texts(extract(BODY, "", room, "en"))
        for never in ("Read more", "Why it matters", "contributed", "no choice", "The steel"):
            assert never not in chosen


def test_a_leaning_sentence_comes_only_after_its_own() -> None:
    body = (
        "Ada Osei leads the harbour council of Northaven. She wants the harbour bridge closed. " + "Tea is hot. " * 9
    )

    for room in range(20, 200, 5):
        numbers = [number for number, _ in extract(body, "", room, "en")]
        assert 2 not in numbers or 1 in numbers


def test_what_the_title_says_is_not_said_again() -> None:
    found = extract(BODY, "City council votes on Tuesday to close harbour bridge for year of repairs", 280, "en")

    assert "voted on Tuesday" not in texts(found)
    assert found


def test_a_repeated_sentence_is_chosen_once() -> None:
    found = extract("The council closes the harbour bridge in May. " * 40, "", 280, "en")

    assert [number for number, _ in found] == [1]


def test_a_text_without_stops_is_not_all_headings() -> None:
    body = "The council closes the bridge in May\n\nFerries will run while the bridge is closed"

    assert extract(body, "", 100, "en")


def test_nothing_fits_into_nothing() -> None:
    assert extract(BODY, "", 5, "en") == []
    assert extract("", "", 280, "en") == []
    assert extract(" " * 40_000, "", 280, "en") == []


@given(st.text(), st.integers(min_value=0, max_value=300), st.sampled_from(["en", "de", "hi", ""]))
def test_any_text_gives_pieces_of_itself_that_fit(body: str, room: int, language: str) -> None:
    found = extract(body, "", room, language)

    assert len(texts(found)) <= room
    assert all(text in body for _, text in found)
