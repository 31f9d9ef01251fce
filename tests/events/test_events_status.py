"""What a refusal says against an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.events.status import code_in, is_warning, judge, status_in
from digest.models.mail import Bounce


@pytest.mark.parametrize(
    ("status", "words", "bounce"),
    [
        ("5.1.1", "", "hard"),
        ("5.1.2", "", "hard"),
        ("5.1.3", "mailbox full", "hard"),
        ("5.1.6", "", "hard"),
        ("5.1.10", "", "hard"),
        ("4.1.1", "", "soft"),
        ("4.1.1", "user unknown", "soft"),
        ("5.1.0", "", "soft"),
        ("5.1.0", "unknown user", "hard"),
        ("5.1.4", "", "soft"),
        ("5.1.7", "", "block"),
        ("5.2.0", "mailbox unavailable", "soft"),
        ("5.2.1", "", "soft"),
        ("5.2.2", "user unknown", "soft"),
        ("5.2.3", "", "block"),
        ("5.3.4", "", "block"),
        ("5.4.4", "", "soft"),
        ("5.4.7", "", "soft"),
        ("5.6.7", "", "block"),
        ("5.7.0", "", "block"),
        ("5.7.26", "user unknown", "block"),
        ("5.7.515", "", "block"),
        ("", "551 user not local", "hard"),
        ("", "550 5xx", "soft"),
        ("", "550 no such user", "hard"),
        ("", "552 mailbox full", "soft"),
        ("", "554 message refused as spam", "block"),
        ("", "", "soft"),
        ("9.9.9", "", "soft"),
    ],
)
def test_a_refusal(status: str, words: str, bounce: str) -> None:
    assert judge(status, words) == bounce


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("<mx #5.1.1>", "5.1.1"),
        ("(#5.1.1)", "5.1.1"),
        ("host 5.1.1.9 said 4.2.2", "4.2.2"),
        ("10.5.1.1", ""),
        ("2.1.5 then 5.2.1", "5.2.1"),
        ("version 5.1", ""),
    ],
)
def test_a_status_is_found_in_words_and_no_number_of_another_kind(text: str, status: str) -> None:
    assert status_in(text) == status


def test_a_code_is_found_before_words() -> None:
    assert code_in("said: 550 no") == "550"
    assert code_in("550-5.1.1") == "550"
    assert code_in("in 5500 years #550 or 192.550 x") == ""


def test_a_warning_is_told_from_a_refusal() -> None:
    assert is_warning("Warning: message delayed 24 hours")
    assert not is_warning("This is a permanent error; I've given up")


@given(st.text(max_size=40), st.text(max_size=300))
def test_any_words_are_judged(status: str, words: str) -> None:
    assert judge(status, words) in set(Bounce)
