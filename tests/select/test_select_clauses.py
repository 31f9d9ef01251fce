"""Cutting headlines: only at a clause, and only where nothing that matters is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.select.clauses import heads, plain, purposes


@pytest.mark.parametrize(
    ("title", "head"),
    [
        (
            "India to evacuate citizens from Iran; first flight leaves tomorrow",
            "India to evacuate citizens from Iran",
        ),
        ("Australia social media ban: five million accounts deleted", "Australia social media ban"),
        ("Storm closes northern ports — ferries wait at sea", "Storm closes northern ports"),
        ("Stocks slide across Asia as oil prices jump again", "Stocks slide across Asia"),
        ("Minister steps down after months of street protests", "Minister steps down"),
        ("Parliament passes the budget amid a walkout by members", "Parliament passes the budget"),
        ("Schools reopen in the valley while roads stay closed", "Schools reopen in the valley"),
    ],
)
def test_a_headline_is_cut_at_a_clause(title: str, head: str) -> None:
    assert next(heads(title)) == head


@pytest.mark.parametrize(
    "title",
    [
        "Bank chief quits after board did not back her plan",
        "Bank chief quits after alleged breach of trading rules",
        "Oil output to rise sharply: energy minister",
        "Water on the moon is common: new study of old rocks says",
        "Vaccine works for everyone as officials say trials could go on",
        "Senator named as new ambassador to the capital",
        "Actor hailed as the best of his generation by critics",
        "Prices fall as much as they rose during the winter",
        "He serves as head of the central bank in Oslo",
        "“We will stay; we will fight” — leader tells the crowd",
        "Top American astronomers: life will be found within years",
        "LOS ANGELES (AP) — Famous actor will be laid to rest today",
        "Is this the end of the line: what happens now?",
        "Live: storm closes northern ports and airports",
        "Ports stay closed despite calm seas along the coast",
        "A plain headline without any clause to cut it at all",
    ],
)
def test_a_cut_that_would_say_something_else_is_not_made(title: str) -> None:
    assert list(heads(title)) == []


def test_a_time_of_day_is_no_colon_to_cut_at() -> None:
    assert list(heads("Trains stop running at 10:30 tonight in the whole city")) == []


def test_a_hyphen_within_a_word_is_no_dash() -> None:
    assert list(heads("US-Japan sign a long-awaited rare-earth deal")) == []


def test_an_infinitive_of_purpose_may_go() -> None:
    title = "US-Japan Sign Rare Earth Deal to Counter China’s Supply Dominance"
    assert list(purposes(title)) == ["US-Japan Sign Rare Earth Deal"]


@pytest.mark.parametrize(
    "title",
    [
        "President of the country threatens to bomb the northern ports",
        "Opposition leader fails to win back seats in the north",
        "Four reasons for young people to leave the big city",
        "The new law forces all small shops to close on Sundays",
        "Central bank is now widely expected to raise its rates",
    ],
)
def test_what_belongs_to_a_verb_stays(title: str) -> None:
    assert list(purposes(title)) == []


def test_other_languages_are_cut_at_marks_only_and_unknown_ones_never() -> None:
    german = "Regierung einigt sich auf Haushalt: Mehr Geld für Schulen und Straßen"
    assert list(heads(german, "de-AT")) == ["Regierung einigt sich auf Haushalt"]
    assert list(heads("Streik bei der Bahn beendet: Einigung laut Gewerkschaft nahe", "de")) == []
    assert list(heads("Hallitus sopi budjetista: lisää rahaa kouluille ja teille", "fi")) == []
    assert list(purposes("Bund und Länder wollen to go", "de")) == []


def test_plain_text_has_no_line_breaks_or_controls() -> None:
    assert plain("A\r\nBcc: x@y.example\x00  headline\u200b") == "A Bcc: x@y.example headline"


@given(st.text(max_size=120), st.sampled_from(["en", "de", "fr", "es", "fi", None]))
def test_every_head_is_a_beginning_of_its_headline(title: str, language: str | None) -> None:
    title = plain(title)
    for head in (*heads(title, language), *purposes(title, language)):
        assert title.startswith(head)
        assert len(head) < len(title)
