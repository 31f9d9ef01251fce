"""A SendGrid on this machine: checks what the real one documents, delivers into lists, and fails when told to.

For tests and for `digest fake sendgrid`. It answers on the loopback address only.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from digest.send.fake_sendgrid_rules import FakeMail, Wrong, mails, problems

MAX_BODY = 30_000_000


class Fault(StrEnum):
    """What one request meets, instead of being accepted."""

    NONE = "none"
    BAD_KEY = "bad-key"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad-request"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    SERVER_ERROR = "server-error"
    UNAVAILABLE = "unavailable"
    ACCEPT_THEN_HANG = "accept-then-hang"
    ACCEPT_THEN_RESET = "accept-then-reset"


_ANSWERS: Mapping[Fault, tuple[int, str]] = {
    Fault.BAD_KEY: (401, "The provided authorization grant is invalid, expired, or revoked"),
    Fault.FORBIDDEN: (403, "The from address does not match a verified Sender Identity."),
    Fault.BAD_REQUEST: (400, "Bad Request"),
    Fault.TOO_LARGE: (413, "Payload too large"),
    Fault.TOO_MANY: (429, "too many requests"),
    Fault.SERVER_ERROR: (500, "Internal Server Error"),
    Fault.UNAVAILABLE: (503, "Service Unavailable"),
}


class FakeSendGrid:
    """A running server while entered. `url` is its host setting.

    `faults` meet the requests in their order, then none is met; `refused` are addresses that it calls invalid;
    `key` is the only one it takes (None: any). `reset` is the second (since 1970) that a 429 names. `mails` is what
    each address got, `requests` every accepted body.
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        refused: Collection[str] = (),
        key: str | None = None,
        reset: int | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.faults = list(faults)
        self.refused = frozenset(refused)
        self.key = key
        self.reset = reset
        self.mails: dict[str, list[FakeMail]] = {}
        self.requests: list[dict[str, Any]] = []
        self.seen = 0
        self._clock = clock
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait(self) -> None:
        """Returns when the server was closed (from another thread, or by an interrupt)."""
        self._thread.join()

    def close(self) -> None:
        """Stops serving; requests that hang are let go."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def got(self, address: str) -> list[FakeMail]:
        """What an address got, in order."""
        return self.mails.get(address, [])

    def answer(self, key: str, body: Mapping[str, Any] | None) -> tuple[int, list[Wrong], Fault, str]:
        """The verdict on one request: status, errors, the fault it met, and the id of an accepted one."""
        with self._lock:
            self.seen += 1
            fault = self.faults.pop(0) if self.faults else Fault.NONE
            if fault in _ANSWERS:
                status, words = _ANSWERS[fault]
                return status, [Wrong(words)], fault, ""
            if not key or (self.key is not None and key != self.key):
                status, words = _ANSWERS[Fault.BAD_KEY]
                return status, [Wrong(words)], fault, ""
            wrong = problems(body, self.refused)
            if wrong or body is None:
                return 400, wrong, fault, ""
            self.requests.append(dict(body))
            number = f"fake{len(self.requests):018d}"
            for mail in mails(body, number):
                self.mails.setdefault(mail.to, []).append(mail)
            return 202, [], fault, number

    def hang(self) -> None:
        """Keeps a request waiting until the server is closed."""
        self._over.wait()

    def reset_at(self) -> int:
        """The second that a 429 names: the one given, else a minute from now."""
        return int(self._clock()) + 60 if self.reset is None else self.reset


def _handler(fake: FakeSendGrid) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal():
                return self._say(411, [Wrong("a length is required")])
            if int(length) >= MAX_BODY:
                self.close_connection = True
                return self._say(413, [Wrong("Payload too large")])
            octets = self.rfile.read(int(length))
            if self.path != "/v3/mail/send":
                return self._say(404, [Wrong("not found")])
            if self.headers.get_content_type() != "application/json":
                return self._say(415, [Wrong("Content-Type should be application/json.")])
            try:
                body = json.loads(octets)
            except ValueError:
                body = None
            scheme, _, key = self.headers.get("Authorization", "").partition(" ")
            given = body if isinstance(body, dict) else None
            status, wrong, fault, number = fake.answer(key if scheme == "Bearer" else "", given)
            if status == 202 and fault is Fault.ACCEPT_THEN_HANG:
                self.close_connection = True
                return fake.hang()
            if status == 202 and fault is Fault.ACCEPT_THEN_RESET:
                return self._reset()
            return self._say(status, wrong, number)

        def _say(self, status: int, wrong: Sequence[Wrong], number: str = "") -> None:
            errors = [{"message": one.message, "field": one.field, "help": None} for one in wrong]
            octets = json.dumps({"errors": errors}).encode() if wrong else b""
            self.send_response(status)
            if number:
                self.send_header("X-Message-Id", number)
            if status == 429:
                self.send_header("X-RateLimit-Remaining", "0")
                self.send_header("X-RateLimit-Reset", str(fake.reset_at()))
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def _reset(self) -> None:
            # Lingering for no time makes the close a reset, as from a machine that went away.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.rfile.close()
            self.connection.close()

        def log_message(self, *_: Any) -> None:
            """Says nothing: what came is in the lists."""

    return Handler
