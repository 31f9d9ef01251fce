"""Where quotations are open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.quoting import Quotations


@pytest.mark.parametrize(
    "text",
    [
        'He said "we [won] all" and [left]',
        "“One. [Two].” [Three]",
        "« Vraiment [?] » dit-il. [Oui]",
        "Er sagte „Nein. [Ja]“ und [ging]",
        "»Nein. [Ja]« sagte er [dann]",
    ],
)
def test_the_first_mark_is_inside_and_the_second_outside(text: str) -> None:
    inside, outside = text.index("["), text.rindex("[")

    quotations = Quotations(text)

    assert quotations.open_at(inside)
    assert not quotations.open_at(outside)


def test_a_new_paragraph_ends_a_quotation_that_nobody_closed() -> None:
    text = "“One. Two.\n\nThree"

    assert Quotations(text).open_at(text.index("Two"))
    assert not Quotations(text).open_at(text.index("Three"))


def test_an_inch_mark_opens_nothing() -> None:
    assert not Quotations('a 6" pipe is').open_at(10)


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_any_text_has_an_answer_at_any_place(text: str, place: int) -> None:
    assert Quotations(text).open_at(place) in (True, False)
