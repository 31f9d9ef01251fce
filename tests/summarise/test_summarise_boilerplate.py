"""Sentences that tell no news, and sentences that only look like it."""

from __future__ import annotations

import pytest

from digest.summarise.boilerplate import dateline, is_boilerplate

NO_NEWS = [
    "Read more: The long road back",
    "Click here for our newsletter",
    "Follow us on Facebook and Instagram",
    "Learn about the law, and the debate it has sparked.",
    "Get top deals, no-cost EMI & a chance to win a trip.",
    "Here's what you need to know",
    "Subscribe to our newsletter",
    "Photo: Ada Osei",
    "Image credit: Agency",
    "© 2026 The Paper",
    "All rights reserved.",
    "March 9, 2015 .",
    "Friday, January 16, 2026",
    "3. November 2025",
    "12:30 p.m.",
    "1.",
    "Jo Reyes contributed to this report.",
    "This article was first published in May.",
    "Write to desk@paper.example with your views.",
    "Lesen Sie auch: Der lange Weg",
    "Lire aussi : La longue route",
    "Suscríbete a nuestro boletín",
    "Leia também: o longo caminho",
    "यह भी पढ़ें: लंबा रास्ता",
    "(Photo by Ada Osei)",
]
NEWS = [
    "Readers chose the blue cover in a vote on Monday.",
    "Support for the mayor is falling more than ever",
    "Video showed people leaving the building.",
    "Images from the site suggest more damage",
    "Photography was his life until the war.",
    "The report is scathing, and clear about what must happen.",
    "Share of homes with more than one car rises",
    "All that changed on January 21, 1994.",
    "Visit by the king comes at a hard time for us",
    "Email correspondence between the two was found.",
    "Get-well cards arrived from all over the world.",
]


@pytest.mark.parametrize("sentence", NO_NEWS)
def test_calls_credits_and_dates_are_no_news(sentence: str) -> None:
    assert is_boilerplate(sentence)


@pytest.mark.parametrize("sentence", NEWS)
def test_news_stays_news(sentence: str) -> None:
    assert not is_boilerplate(sentence)


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("LONDON (Reuters) - The bank raised its rate on Monday.", "The bank raised its rate on Monday."),
        ("New Delhi (PTI) The court heard the case on Monday.", "The court heard the case on Monday."),
        ("(AFP) The court heard the case on Monday.", "The court heard the case on Monday."),
        ("AP - The court heard the case on Monday.", "The court heard the case on Monday."),
        ("ANAHEIM, Calif. — The show opened on Monday night.", "The show opened on Monday night."),
        ("BERLIN – Die Regierung tagte am Montag ohne Ergebnis.", "Die Regierung tagte am Montag ohne Ergebnis."),
        (
            "The Bank of Norland (BON) raised its rate on Monday.",
            "The Bank of Norland (BON) raised its rate on Monday.",
        ),
        ("The bank raised its rate - twice - on Monday.", "The bank raised its rate - twice - on Monday."),
        ("The Times (AP) reported it on Monday, nobody else.", "The Times (AP) reported it on Monday, nobody else."),
    ],
)
def test_a_dateline_ends_before_the_news_begins(sentence: str, rest: str) -> None:
    assert sentence[dateline(sentence) :] == rest
