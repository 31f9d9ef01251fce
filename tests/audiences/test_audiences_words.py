"""The one form in which words about people are compared."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audiences import email_key, fold
from digest.audiences.words import domain_name, language_tag, number, time_zone


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_composed_and_decomposed_letters_are_one() -> None:
    assert fold(" Cafe\u0301 ") == fold("CAFÉ") == "café"


@pytest.mark.parametrize(
    ("text", "tag"),
    [("en", "en"), ("pt_BR", "pt-br"), ("zh-Hant-TW", "zh-hant-tw"), ("en\n", "en")],
)
def test_language_tags(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", ["english", "e", "", "en-", "en--gb", "en-" + "a-" * 40 + "a", "é", "e1"])
def test_what_is_no_language_tag(text: str) -> None:
    assert language_tag(text) is None


def test_time_zones_take_their_standard_spelling() -> None:
    assert time_zone("asia/kolkata") == "Asia/Kolkata"
    assert time_zone("Mars/Olympus") is None
    assert time_zone("../../etc/passwd") is None
    assert time_zone("America") is None


@pytest.mark.parametrize(
    "text", ["", ".", "a..b", "-a.org", "a-.org", "a_b.org", "a" * 64 + ".org", "a." * 127 + "org"]
)
def test_what_is_no_domain(text: str) -> None:
    with pytest.raises(ValueError, match="no domain name"):
        domain_name(text)


@pytest.mark.parametrize("text", ["xn--a", "xn--\u00e9.org", "☃..com", "é" * 300, "a\u0000é.org"])
def test_what_is_no_international_domain(text: str) -> None:
    with pytest.raises(ValueError, match="domain name"):
        domain_name(text)


def test_domains_become_what_goes_over_the_wire() -> None:
    assert domain_name("BÜCHER.Example") == domain_name("xn--BCHER-kva.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize("text", ["ann", "@example.org", "a@b@example.org", "", "a@"])
def test_what_is_no_address_has_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        email_key(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("-5", "-5"), ("05.10", "5.1"), ("-0", "0"), ("123456789012345", "123456789012345")],
)
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


TOO_LONG = ["1234567890123456", "0.123456789012345"]


@pytest.mark.parametrize("text", ["", "-", ".5", "5.", "+5", "1e3", "1,5", "٣", "5 ", *TOO_LONG])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None
