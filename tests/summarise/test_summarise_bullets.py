"""Choosing whole bullets."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.bullets import (
    Bullet,
    bullets,
    chosen,
    finished,
    repaired,
    standing,
    without_copies,
    without_repeats,
    without_title,
)

MEETING = (
    "US and Japan sign critical minerals deal to secure rare earth supplies",
    "Agreement aims to reduce dependence on China, which dominates global production",
    "Comes ahead of Trump’s meeting with Xi Jinping in South Korea",
    "Experts warn building alternative supply chains could take a decade",
)


def numbers(items: list[Bullet]) -> list[int]:
    return [item.number for item in items]


def bullet(number: int, length: int, leaning: bool = False) -> Bullet:
    return Bullet(number, "x" * length, frozenset([str(number)]), leaning, length)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Sales  rose\n5% ", "Sales rose 5%"),
        ("• Sales rose", "Sales rose"),
        ("•Sales rose", "Sales rose"),
        ("- Sales rose", "Sales rose"),
        ("NEW: • Sales rose", "Sales rose"),
        ("NEWS: Sales rose", "NEWS: Sales rose"),
        ("-5 degrees in Delhi", "-5 degrees in Delhi"),
        ("★★ for the play", "★★ for the play"),
        ("Sales\u200b rose\ufeff", "Sales rose"),
        ("Combien\u00a0? Dix\u00a0000", "Combien\u00a0? Dix\u00a0000"),
    ],
)
def test_only_spacing_glyphs_and_new_are_repaired(text: str, expected: str) -> None:
    assert repaired(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales rose", "Sales rose."),
        ("Sales rose.", "Sales rose."),
        ("Why?", "Why?"),
        ("He said “no.”", "He said “no.”"),
        ("He likes “Dune”", "He likes “Dune”."),
        ("यह सच है।", "यह सच है।"),
        ("", ""),
    ],
)
def test_prose_has_final_stops(text: str, expected: str) -> None:
    assert finished(text) == expected


@pytest.mark.parametrize(
    ("room", "expected"),
    [(284, [1, 2, 3, 4]), (283, [1, 2, 3]), (215, [1, 2, 3]), (160, [1, 2]), (80, [1]), (70, [4])],
)
def test_the_earliest_of_the_largest_choices_is_taken(room: int, expected: list[int]) -> None:
    assert numbers(chosen(bullets(MEETING, "en"), room)) == expected


def test_more_bullets_go_before_an_earlier_one() -> None:
    assert numbers(chosen([bullet(1, 200), bullet(2, 130), bullet(3, 130)], 280)) == [2, 3]


def test_a_leaning_bullet_is_never_first_and_never_without_the_one_before() -> None:
    assert chosen([bullet(1, 10, leaning=True)], 100) == []
    assert numbers(chosen([bullet(1, 90), bullet(2, 10, leaning=True), bullet(3, 20)], 60)) == [3]
    assert numbers(chosen([bullet(1, 20), bullet(2, 90, leaning=True), bullet(3, 5, leaning=True)], 60)) == [1]


@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=8),
    st.integers(min_value=0, max_value=200),
)
def test_no_other_allowed_choice_is_larger_or_as_large_and_earlier(shapes: list[tuple[int, bool]], room: int) -> None:
    items = [bullet(place, length, leaning) for place, (length, leaning) in enumerate(shapes)]

    def allowed(places: tuple[int, ...]) -> bool:
        leaning_is_led = all(not items[p].leaning or p - 1 in places for p in places)
        return leaning_is_led and sum(items[p].length + 1 for p in places) - 1 <= room

    every = itertools.chain.from_iterable(itertools.combinations(range(len(items)), n) for n in range(len(items) + 1))
    best = min((places for places in every if allowed(places)), key=lambda places: (-len(places), places))

    assert tuple(numbers(chosen(items, room))) == best


def test_a_bullet_that_takes_a_thing_up_again_may_stand_under_the_title_at_a_pinch() -> None:
    items = bullets(("A mayor proposes a plan for the river", "The plan costs much", "They will vote on it"), "en")

    assert [item.leaning for item in items] == [False, True, True]
    assert [item.leaning for item in standing(items)] == [False, False, True]


def test_what_another_bullet_contains_is_dropped() -> None:
    items = bullets(
        ("The bridge will close in May", "The old bridge will close in May for a year", "Trains run"), "en"
    )

    assert numbers(without_repeats(items)) == [2, 3]


@pytest.mark.parametrize(
    "pair",
    [
        ("Sales in the north rose by 5% in the year", "Sales in the north rose by 7% in the year"),
        ("Sales of cars in Norway rose in the last year", "Sales of cars in Sweden rose in the last year"),
    ],
)
def test_a_number_or_name_of_its_own_saves_a_bullet(pair: tuple[str, str]) -> None:
    assert len(without_repeats(bullets(pair, "en"))) == 2


def test_a_repeated_bullet_stays_when_the_next_one_leans_on_it() -> None:
    items = bullets(("Trains stop in May, the old line says", "Trains stop in May", "They start again in June"), "en")

    assert numbers(without_repeats(items)) == [1, 2, 3]


def test_copies_are_the_same_words_whatever_their_stop() -> None:
    assert numbers(without_copies(bullets(("Rain stops play", "RAIN stops play.", "Sun"), "en"))) == [1, 3]


def test_a_first_bullet_that_says_what_the_title_says_is_dropped() -> None:
    title = "Council approves new bridge over the river"
    items = bullets(("The council approves a new bridge", "Work begins in May"), "en")

    assert numbers(without_title(items, title)) == [2]
    assert numbers(without_title(items[:1], title)) == [1]


def test_a_first_bullet_stays_when_the_second_leans_on_it() -> None:
    items = bullets(("The council approves a new bridge", "It opens in May"), "en")

    assert numbers(without_title(items, "Council approves new bridge")) == [1, 2]
