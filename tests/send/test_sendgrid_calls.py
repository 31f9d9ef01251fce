from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from python_http_client.exceptions import HTTPError

from digest.errors import CredentialsError, SendError, Stopped
from digest.send.sendgrid_calls import TRIES, NotDone, Unanswered, asked
from digest.send.sendgrid_transport import Lost, Step

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
OK = SimpleNamespace(body=b'{"a": 1}')


def answers(*given: Any) -> Callable[[], Any]:
    waiting: Iterator[Any] = iter(given)

    def call() -> Any:
        answer = next(waiting)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return call


def status(code: int, **headers: str) -> HTTPError:
    return HTTPError(
        code, "", b'{"errors":[{"message":"why"}]}', {k.replace("_", "-"): v for k, v in headers.items()}
    )


def test_what_is_asked_for_patience_is_asked_again() -> None:
    slept: list[float] = []
    later = str(int((NOW + timedelta(seconds=40)).timestamp()))
    call = answers(status(429, X_RateLimit_Reset=later), status(503), Lost(Step.ANSWER, "x"), OK)
    assert asked(call, now=lambda: NOW, sleep=slept.append) == {"a": 1}
    assert slept == [40.0, 2.0, 3.0]


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(Stopped):
        asked(answers(status(429, Retry_After="3000")), now=lambda: NOW, sleep=lambda _: None)
    with pytest.raises(SendError, match="why"):
        asked(answers(*[status(500)] * TRIES), now=lambda: NOW, sleep=lambda _: None)
    with pytest.raises(SendError, match="reached"):
        asked(answers(Lost(Step.CONNECT, "no", hopeless=True)), now=lambda: NOW, sleep=lambda _: None)


def test_a_refusal_is_told_and_what_is_not_there_is_said_so() -> None:
    with pytest.raises(CredentialsError):
        asked(answers(status(403)), now=lambda: NOW, sleep=lambda _: None)
    with pytest.raises(SendError):
        asked(answers(status(400)), now=lambda: NOW, sleep=lambda _: None)
    with pytest.raises(SendError, match="JSON"):
        asked(answers(SimpleNamespace(body=b"{")), now=lambda: NOW, sleep=lambda _: None)
    assert asked(answers(status(404)), now=lambda: NOW, sleep=lambda _: None, missing=[]) == []
    assert asked(answers(SimpleNamespace(body=b"")), now=lambda: NOW, sleep=lambda _: None) is None


@pytest.mark.parametrize(
    ("answers_given", "kind"),
    [
        ([status(503)] * TRIES, Unanswered),
        ([Lost(Step.ANSWER, "x"), *[Lost(Step.CONNECT, "no")] * (TRIES - 1)], Unanswered),
        ([Lost(Step.ANSWER, "x"), *[status(429)] * (TRIES - 1)], Unanswered),
        ([Lost(Step.CONNECT, "no")] * TRIES, SendError),
        ([status(429)] * TRIES, SendError),
        ([status(503), status(400)], NotDone),
    ],
)
def test_what_may_have_been_done_is_told_from_what_was_not(answers_given: list[Exception], kind: type) -> None:
    with pytest.raises(SendError) as told:
        asked(answers(*answers_given), now=lambda: NOW, sleep=lambda _: None)
    assert type(told.value) is kind
