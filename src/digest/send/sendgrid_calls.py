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
        SendError: it cannot be reached, or refuses.
    """
    from python_http_client.exceptions import HTTPError

    for attempt in range(1, TRIES + 1):
        try:
            answer = call()
        except HTTPError as problem:
            status = int(problem.status_code)
            said = reply(status, problem.body)
            if status == 404:
                return missing
            if status in (401, 403):
                hint = "give the key the permission for suppressions and scheduled sends"
                raise CredentialsError(
                    f"SendGrid did not accept the key: {said}", where="sendgrid", hint=hint
                ) from None
            if (status != 429 and status < 500) or attempt == TRIES:
                raise SendError(f"SendGrid refuses the request: {said}", where="sendgrid") from None
            moment = now()
            wait = opens_again(problem.headers, moment) - moment if status == 429 else timedelta(seconds=attempt)
            if wait > PATIENCE:
                raise Stopped(
                    "SendGrid asks us to wait", hint=f"try again in {wait.total_seconds():.0f} seconds"
                ) from None
            sleep(wait.total_seconds())
        except Lost as lost:
            if lost.hopeless or attempt == TRIES:
                raise SendError(f"SendGrid cannot be reached: {line(str(lost))}", where="sendgrid") from lost
            sleep(float(attempt))
        else:
            try:
                return json.loads(answer.body) if answer.body else None
            except ValueError as problem:
                raise SendError("SendGrid's answer is not JSON", where="sendgrid") from problem
    raise AssertionError("the last try returns or raises")
