"""Slots: tokens that nobody's text can forge."""

from __future__ import annotations

import pytest

from digest.render.slots import STANDARD, Slots


def test_every_standard_slot_has_a_token_of_letters_and_digits() -> None:
    slots = Slots.apart_from("")
    assert set(slots.tokens) == set(STANDARD)
    assert all(token.isalnum() and token.isascii() for token in slots.tokens.values())


def test_tokens_come_back_as_names() -> None:
    slots = Slots.apart_from("", ["link:7"])
    text = f"a {slots.tokens['email']} b {slots.tokens['link:7']} c {slots.tokens['email']}"
    assert slots.reveal(text) == "a {{email}} b {{link:7}} c {{email}}"
    assert slots.found_in(text)[1] == {"email", "link:7"}
    assert slots.count(text) == 3


def test_no_token_is_the_beginning_of_another() -> None:
    tokens = list(Slots.apart_from("", [f"link:{n}" for n in range(120)]).tokens.values())
    assert not any(one != other and other.startswith(one) for one in tokens for other in tokens)


def test_tokens_keep_away_from_text_that_holds_them() -> None:
    hostile = "ZQSLOT0zq and zqslotq1zq"
    slots = Slots.apart_from(hostile)
    assert not any(token in hostile.casefold() for token in slots.tokens.values())
    assert slots.reveal(hostile) == hostile


@pytest.mark.parametrize("name", ["", "Name", "a b", "a}}", "x" * 80])
def test_a_strange_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a slot"):
        Slots.apart_from("", [name])
