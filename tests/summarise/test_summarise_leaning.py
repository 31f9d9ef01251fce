"""Which bullets need the one before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.leaning import leans, takes_up

LEANING = {
    "en": [
        "They meet again on Monday",
        "It adds two seats to the council",
        "Comes ahead of the mayor's visit to Spain",
        "His brother was not charged",
        "Meanwhile, prices rose",
        "However the court disagreed",
        "Follows a year of talks",
        "Adds that nothing is decided",
        "Expected to open in March",
        "Making it the third closure",
        "This comes after a long strike",
        "“He never knew,” his lawyer says",
        "Calls the plan a mistake",
        "As a result, fares went up",
        "Some of them have left",
        "But the river rose",
    ],
    "de": ["Sie treffen sich am Montag", "Zudem steigen die Preise", "Damit endet die Serie", "Dies gilt ab Mai"],
    "fr": ["Elle revient lundi", "Cependant les prix montent", "Il a démissionné", "Par ailleurs, tout va bien"],
    "es": ["Ella vuelve el lunes", "Además suben los precios", "Sin embargo, nada cambia"],
    "pt": ["Ele volta na segunda", "Além disso, os preços sobem", "Porém nada muda"],
    "hi": ["उन्होंने इस्तीफा दिया", "लेकिन कीमतें बढ़ीं"],
}
STANDING = {
    "en": [
        "The council approves a bridge",
        "US and Japan sign a deal",
        "WHO leader praises the plan",
        "This week's summit was cancelled",
        "Both sides and their lawyers met",
        "So far, nobody was hurt",
        "It is unclear who will pay",
        "Those who live nearby must leave",
        "Calls for a new vote grow louder",
        "Plans to close two schools are dropped",
        "Building new roads could take a decade",
        "Following a vote, the council met",
        "Remains of a king were found",
        "Experts warn of floods",
        "80 people were moved",
        "",
    ],
    "de": ["Die Regierung tagt", "Damit niemand friert, öffnet die Halle", "Diese Woche tagt der Rat"],
    "fr": ["Le gouvernement tient bon", "Il faut deux ans pour bâtir le pont", "Cette semaine, le conseil vote"],
    "es": ["El gobierno aprueba el plan", "Este año suben los precios"],
    "pt": ["O governo aprova o plano", "Esta semana o conselho vota"],
    "hi": ["सरकार ने योजना को मंजूरी दी"],
    "xx": ["They meet again on Monday"],
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in LEANING.items() for text in texts])
def test_a_bullet_that_points_back_or_has_no_subject_leans(language: str, text: str) -> None:
    assert leans(text, language)


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in STANDING.items() for text in texts])
def test_a_bullet_that_says_who_or_what_stands_alone(language: str, text: str) -> None:
    assert not leans(text, language)


def test_a_thing_that_was_brought_in_is_taken_up() -> None:
    assert takes_up("The plan would close two schools", "A mayor proposes a bold plan for the region", "en")
    assert takes_up("Der Plan kostet viel", "Die Stadt legt einen neuen Plan vor", "de")
    assert not takes_up("The river rose", "A mayor proposes a plan", "en")
    assert not takes_up("The plan is old", "Plan for the region is dropped", "en")


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["en", "de", "fr", "es", "pt", "hi", ""]))
def test_any_text_has_an_answer(text: str, before: str, language: str) -> None:
    assert leans(text, language) in (True, False)
    if text.strip():
        assert takes_up(text, before, language) in (True, False)
