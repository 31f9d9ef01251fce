"""Questions to SendGrid that are no mail: asked again when it asks for patience, and errors in our words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from digest.errors import CredentialsError, SendError, Stopped
from digest.send.sendgrid_answers import line, opens_again, reply
from digest.send.sendgrid_transport import Lost

TRIES = 4
PATIENCE = timedelta(minutes=2)


class NotDone(SendError):
    """SendGrid refuses what was asked."""


class Unanswered(SendError):
    """SendGrid gave no usable answer to a question, however often it was asked: what was asked may be done."""


def asked(
    call: Callable[[], Any],
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    missing: Any = None,
) -> Any:
    """The JSON value of what `call` (a request of the official client) is answered; None for an empty answer, and
    `missing` for a 404. A 429 is waited for, a 5xx or a lost connection tried again, so `call` must be harmless when
    it is made twice.

    Raises:
        CredentialsError: the key was refused, or may not do this.
        Stopped: SendGrid asks for more patience than two minutes.
        Unanswered: it failed each time, or gave no answer, and may have done what was asked.
        NotDone: it refuses.
        SendError: it cannot be reached.
    """
    from python_http_client.exceptions import HTTPError

    doubtful = False
    for attempt in range(1, TRIES + 1):
        try:
            answer = call()
        except HTTPError as problem:
            status = int(problem.status_code)
            said = reply(status, problem.body)
            doubtful = doubtful or status >= 500
            if status == 404:
                return missing
            if status in (401, 403):
                hint = "give the key the permission for suppressions and scheduled sends"
                raise CredentialsError(
                    f"SendGrid did not accept the key: {said}", where="sendgrid", hint=hint
                ) from None
            if status != 429 and status < 500:
                raise NotDone(f"SendGrid refuses the request: {said}", where="sendgrid") from None
            if attempt == TRIES:
                raise _given_up(f"SendGrid refuses the request: {said}", doubtful=doubtful) from None
            moment = now()
            wait = opens_again(problem.headers, moment) - moment if status == 429 else timedelta(seconds=attempt)
            if wait > PATIENCE:
                raise Stopped(
                    "SendGrid asks us to wait", hint=f"try again in {wait.total_seconds():.0f} seconds"
                ) from None
            sleep(wait.total_seconds())
        except Lost as lost:
            doubtful = doubtful or lost.may_be_taken
            if lost.hopeless or attempt == TRIES:
                raise _given_up(f"SendGrid cannot be reached: {line(str(lost))}", doubtful=doubtful) from lost
            sleep(float(attempt))
        else:
            try:
                return json.loads(answer.body) if answer.body else None
            except ValueError as problem:
                raise SendError("SendGrid's answer is not JSON", where="sendgrid") from problem
    raise AssertionError("the last try returns or raises")


def _given_up(words: str, *, doubtful: bool) -> SendError:
    return (Unanswered if doubtful else SendError)(words, where="sendgrid")
