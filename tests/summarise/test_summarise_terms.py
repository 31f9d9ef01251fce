"""Words as they are compared."""

from __future__ import annotations

from digest.summarise.terms import overlap, repeats, terms


def test_words_are_lower_case_and_lose_their_possessive() -> None:
    assert terms("Asha’s U.S. Well-Known 3.5% plan") == ["asha", "u.s", "well-known", "3.5", "plan"]


def test_vowel_signs_belong_to_their_words() -> None:
    assert terms("दिल्ली में बारिश।") == ["दिल्ली", "में", "बारिश"]


def test_overlap_is_the_share_of_the_part() -> None:
    assert overlap(frozenset("ab"), frozenset("bcd")) == 0.5
    assert overlap(frozenset(), frozenset("a")) == 0.0


def test_a_text_repeats_a_title_only_when_it_has_little_else_to_say() -> None:
    title = frozenset(terms("Council approves new bridge over river"))

    assert repeats(frozenset(terms("The council approves a new bridge")), title)
    assert not repeats(
        frozenset(
            terms(
                "The council approves the new bridge over the Alder river after three years of talks, at a cost of "
                "80 million that the region will share with two neighbouring towns and one private owner"
            )
        ),
        title,
    )
