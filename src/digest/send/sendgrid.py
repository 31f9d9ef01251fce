"""Mail through SendGrid's v3 Mail Send, by its official package with a hard timeout.

SendGrid knows no idempotency key. A request that timed out, or was answered with a 5xx, may have been accepted:
all its messages are then unknown, and never sent again by themselves.
"""

from __future__ import annotations

import http.client
import json
import logging
import socket
import ssl
import urllib.error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from digest.errors import ConfigError, CredentialsError, SendError, Stopped
from digest.models.mail import Answer, Delivery, Message, State
from digest.send.base import Place, Setup, cannot
from digest.send.sendgrid_payload import Account, batches, payload, too_large

TROUBLES = 2
SAME_REFUSALS = 5

_LATER = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Nothing of a request was taken, for something in it. `personal`: the answer names a reader as the reason."""

    reply: str
    personal: bool


class SendGridSender:
    """Gives messages to SendGrid, up to 1,000 of one variant in a request.

    `client` is a `sendgrid.SendGridAPIClient`. After two requests in a row without a usable answer it stops: each
    more would be a thousand doubts more.
    """

    name = "sendgrid"
    leaves = True

    def __init__(self, client: Any, *, now: Callable[[], datetime], account: Account | None = None) -> None:
        self._client = client
        self._now = now
        self._account = account or Account()
        self._closed_until: datetime | None = None
        self._troubles = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message. Consecutive messages of one variant go in one request, so up to 1,000
        messages are taken before their results are known.

        Raises:
            CredentialsError: the key was refused, or may not send.
            Stopped: two requests in a row had no usable answer.
            SendError: SendGrid cannot be reached, or refuses what every message has alike.
        """
        for batch in batches(messages):
            fit: list[Message] = []
            for message in batch:
                rejected = too_large(message)
                if rejected:
                    yield rejected
                else:
                    fit.append(message)
            if fit:
                yield from self._batch(fit)

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Cannot: SendGrid tells by events, later, not when asked."""
        return cannot(places)

    def _batch(self, batch: Sequence[Message]) -> Iterator[Delivery]:
        """The batch in one request; where that is refused (400, 413), in halves, down to the reader it is about."""
        waiting: list[Sequence[Message]] = [batch]
        held: list[Delivery] = []
        accepted = False
        while waiting:
            part = waiting.pop()
            answer = self._request(part)
            if not isinstance(answer, _Refused):
                accepted = accepted or any(delivery.state is State.ACCEPTED for delivery in answer)
                yield from answer
            elif len(part) > 1:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
            else:
                reason = "refused: SendGrid does not take this message or its address"
                rejected = Delivery(part[0].id, State.REJECTED, reason, answer.reply)
                if answer.personal:
                    yield rejected
                else:
                    held.append(rejected)
            if not accepted and len(held) >= SAME_REFUSALS and len({delivery.reply for delivery in held}) == 1:
                # What is refused for everyone in the same words is not about them, so nobody is rejected for it.
                raise SendError(f"SendGrid refuses every message: {held[0].reply}", where="sendgrid")
            if accepted or not waiting or self._troubles >= TROUBLES:
                yield from held
                held = []
            if self._troubles >= TROUBLES:
                hint = "see status.sendgrid.com, then go on with --resume"
                raise Stopped("SendGrid gave no usable answer to several requests in a row", hint=hint)

    def _request(self, part: Sequence[Message]) -> list[Delivery] | _Refused:
        """The results of one request, or that it was refused for what is in it."""
        now = self._now()
        if self._closed_until and now < self._closed_until:
            return _all(part, State.DEFERRED, "SendGrid asks us to wait", retry_at=self._closed_until)
        from python_http_client.exceptions import HTTPError

        try:
            response = self._client.client.mail.send.post(request_body=payload(part, self._account))
        except HTTPError as answer:
            return self._answered(part, answer, now)
        except urllib.error.URLError as problem:
            return self._unreached(part, problem, now)
        except (OSError, http.client.HTTPException) as problem:
            self._troubles += 1
            words = _line(str(problem) or type(problem).__name__)
            return _all(part, State.UNKNOWN, "no answer from SendGrid after the request was sent", reply=words)
        if response.status_code == 202:
            self._troubles = 0
            reference = _line(response.headers.get("X-Message-Id", "") or "")
            return _all(part, State.ACCEPTED, reply="202", reference=reference)
        self._troubles += 1
        reply = str(response.status_code)
        return _all(part, State.UNKNOWN, "SendGrid's answer was not the one that accepts mail", reply=reply)

    def _answered(self, part: Sequence[Message], answer: Any, now: datetime) -> list[Delivery] | _Refused:
        status, words = int(answer.status_code), _error_words(answer.body)
        reply = f"{status} {words}".strip()
        if status in (401, 403):
            hint = "check the key and its Mail Send permission, and that the sender address is verified"
            raise CredentialsError(f"SendGrid did not accept the key: {reply}", where="sendgrid", hint=hint)
        if status == 429:
            self._closed_until = _reset(answer.headers, now)
            reason = "SendGrid asks us to slow down"
            return _all(part, State.DEFERRED, reason, reply=reply, retry_at=self._closed_until)
        if status >= 500:
            self._troubles += 1
            return _all(part, State.UNKNOWN, "SendGrid failed and may have taken the message", reply=reply)
        fields = _fields(answer.body)
        if status == 413 or (status == 400 and (not all(fields) or any(map(_personal, fields)))):
            return _Refused(reply, any(map(_personal, fields)))
        raise SendError(f"SendGrid refuses the request: {reply}", where="sendgrid")

    def _unreached(self, part: Sequence[Message], problem: urllib.error.URLError, now: datetime) -> list[Delivery]:
        """urllib wraps what happens before the whole request was sent; so nothing of it was accepted."""
        reason = problem.reason
        if isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLError):
            raise SendError(f"SendGrid cannot be reached: {reason}", where="sendgrid") from problem
        self._troubles += 1
        words = _line(str(reason))
        return _all(part, State.DEFERRED, "SendGrid could not be reached", reply=words, retry_at=now + _LATER)


def _all(part: Sequence[Message], state: State, reason: str = "", **rest: Any) -> list[Delivery]:
    return [Delivery(message.id, state, reason, **rest) for message in part]


def _errors(body: Any) -> list[dict[str, Any]]:
    try:
        errors = json.loads(body)["errors"]
    except (ValueError, TypeError, KeyError):
        return []
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _error_words(body: Any) -> str:
    return _line("; ".join(str(error.get("message", "")) for error in _errors(body)[:3]))


def _fields(body: Any) -> list[str]:
    """What each error says that it is about; empty where it does not say."""
    return [str(error.get("field") or "") for error in _errors(body)] or [""]


def _personal(field: str) -> bool:
    return field.startswith("personalizations.")


def _reset(headers: Any, now: datetime) -> datetime:
    try:
        until = datetime.fromtimestamp(int(headers.get("X-RateLimit-Reset")), UTC)
    except (TypeError, ValueError, OverflowError, OSError, AttributeError):
        until = now + timedelta(minutes=1)
    return min(max(until, now + timedelta(seconds=1)), now + _LONGEST_WAIT)


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


def open(setup: Setup) -> SendGridSender:  # noqa: A001 - the name by which every sender is found
    """The account of `[delivery.sendgrid]`; nothing is asked of it yet.

    Raises:
        CredentialsError: the key is missing, or is no key.
        ConfigError: the host is neither https nor this machine.
    """
    options = setup.delivery.sendgrid
    key = options.api_key.reveal(setup.environ, setup.root)
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise CredentialsError("the SendGrid key holds signs that no key has", where="[delivery.sendgrid] api_key")
    host = urlsplit(options.host)
    if host.scheme != "https" and not (host.scheme == "http" and host.hostname in ("127.0.0.1", "::1", "localhost")):
        raise ConfigError("the SendGrid host must be https", where="[delivery.sendgrid] host")
    from sendgrid import SendGridAPIClient

    # Its debug log writes the key out, whoever turns debugging on.
    logging.getLogger("python_http_client").setLevel(logging.INFO)
    client = SendGridAPIClient(key, host=options.host.rstrip("/"))
    client.client.timeout = float(options.timeout.seconds)
    return SendGridSender(client, now=setup.now, account=Account(options.asm_group, options.ip_pool))
