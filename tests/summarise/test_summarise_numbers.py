"""Numbers by what they are worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.numbers import numbers


def read(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(number.worth, number.unit) for number in numbers(text, language)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "1,000 people", "1000 people"),
        ("en", "70% agree", "70 per cent agree"),
        ("en", "70 percent", "70 %"),
        ("en", "$8.5 billion", "$8.5bn"),
        ("en", "$8.5 billion", "8.5 billion dollars"),
        ("en", "$5m", "5 million US dollars"),
        ("en", "Rs 25 lakh", "2,500,000 rupees"),
        ("en", "1,00,000", "100000"),
        ("en", "two people", "2 people"),
        ("en", "twenty-five", "25"),
        ("en", "3.50", "3.5"),
        ("de", "1.000 Euro", "1000 €"),
        ("de", "8,5 Milliarden", "8.500.000.000"),
        ("de", "70 Prozent", "70%"),
        ("fr", "10\u00a0000 euros", "10000 €"),
        ("fr", "10 000", "10.000"),
        ("es", "por 3 millones", "por 3.000.000"),
        ("pt", "2 bilhões", "2.000.000.000"),
        ("hi", "२५ लाख", "2500000"),
        ("hi", "70 प्रतिशत", "70%"),
    ],
)
def test_two_ways_to_write_a_number_are_one(language: str, one: str, other: str) -> None:
    assert read(one, language) == read(other, language) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("8.5 billion", "8.5 million"), ("70%", "70"), ("$5", "€5"), ("1.5", "15"), ("10:30", "1030"), ("2", "20")],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert read(one) != read(other)


def test_a_number_is_named_as_it_is_written() -> None:
    found = list(numbers("It paid $8.5 billion for 70 per cent at 10:30 on 12.10.2023.", "en"))

    assert [number.text for number in found] == ["$8.5 billion", "70 per cent", "10:30", "12.10.2023"]


def test_figures_inside_a_name_are_part_of_it() -> None:
    assert read("The F1 race and the G20") == []


@given(st.text(), st.sampled_from(["en", "de", "fr", "hi", "", "xx"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    for number in numbers(text, language):
        assert number.worth


def test_a_number_of_any_length_is_read() -> None:
    assert read("9" * 50_000) == [("9" * 50_000, "")]
