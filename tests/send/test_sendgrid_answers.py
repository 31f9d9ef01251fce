import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.send.sendgrid_answers import LONGEST_WAIT, Refusal, line, opens_again, refusal, reply, used_up

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def body(*fields: str | None) -> bytes:
    return json.dumps({"errors": [{"message": "why", "field": field, "help": None} for field in fields]}).encode()


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        (
            400,
            ["personalizations.7.to.0.email", "personalizations.3.to.0.email"],
            Refusal("400 why; why", (3, 7), True),
        ),
        (400, ["personalizations.x.to"], Refusal("400 why", (), True)),
        (400, ["personalizations.99999.to"], Refusal("400 why", (), True)),
        (400, [None], Refusal("400 why")),
        (400, ["from.email"], None),
        (413, ["content"], Refusal("413 why")),
        (415, [None], None),
    ],
    ids=["named", "no number", "far number", "no field", "sender", "large", "type"],
)
def test_a_refusal_is_about_some_readers_or_about_all(
    status: int, fields: list[str | None], expected: Refusal | None
) -> None:
    assert refusal(status, body(*fields)) == expected


@given(st.one_of(st.binary(max_size=50), st.none(), st.recursive(st.integers(), st.lists).map(json.dumps)))
def test_an_answer_that_is_none_refuses_without_a_reason(answer: Any) -> None:
    assert refusal(400, answer) == Refusal(reply(400, answer))


@given(st.text(max_size=3000))
def test_what_is_told_is_one_bounded_line(text: str) -> None:
    assert line(text).isprintable()
    assert len(line(text)) <= 500


@given(
    st.one_of(st.none(), st.text(max_size=20), st.integers().map(str)), st.one_of(st.none(), st.integers().map(str))
)
def test_the_next_time_is_soon_but_not_at_once(reset: str | None, after: str | None) -> None:
    given = {"X-RateLimit-Reset": reset, "Retry-After": after}
    until = opens_again({name: value for name, value in given.items() if value is not None}, NOW)
    assert NOW + timedelta(seconds=1) <= until <= NOW + LONGEST_WAIT


def test_the_time_that_is_named_is_kept() -> None:
    named = NOW + timedelta(minutes=3)
    assert opens_again({"X-RateLimit-Reset": str(int(named.timestamp()))}, NOW) == named
    assert opens_again({"Retry-After": "30"}, NOW) == NOW + timedelta(seconds=30)
    assert opens_again(None, NOW) == NOW + timedelta(minutes=1)


def test_the_last_request_of_a_period_is_known() -> None:
    assert used_up({"X-RateLimit-Remaining": "0"})
    assert not used_up({"X-RateLimit-Remaining": "1"})
    assert not used_up({})
    assert not used_up(None)
