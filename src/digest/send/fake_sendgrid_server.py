"""The HTTP side of a fake SendGrid: it reads a request, asks what becomes of it, and answers, hangs or breaks off."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from digest.send.fake_sendgrid_faults import Fault
from digest.send.fake_sendgrid_shape import Wrong

MAX_BODY = 30_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `key` is the bearer's, empty without one; `body` is what its JSON says, None without any."""

    method: str
    path: str
    query: dict[str, str]
    key: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `said` is a JSON value, or a list of errors."""

    status: int
    said: Any = None
    headers: Sequence[tuple[str, str]] = ()
    fault: Fault = field(default=Fault.NONE)

    @property
    def octets(self) -> bytes:
        """The body."""
        if isinstance(self.said, list) and self.said and isinstance(self.said[0], Wrong):
            errors = [{"message": one.message, "field": one.field, "help": None} for one in self.said]
            return json.dumps({"errors": errors}).encode()
        return b"" if self.said is None else json.dumps(self.said).encode()


def server(
    answer: Callable[[Asked], Reply], over: threading.Event, port: int, context: ssl.SSLContext | None
) -> FakeServer:
    """A server on the loopback address, not yet serving. What hangs is let go when `over` is set."""
    made = FakeServer(("127.0.0.1", port), _handler(answer, over))
    if context:
        # The handshake is each connection's own thread's, so that a slow one holds nobody up.
        made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    return made


class FakeServer(ThreadingHTTPServer):
    """`connected` counts the connections that were ever made; those that stay open are broken off at the end."""

    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.connected = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self.connected += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            left, self._open = self._open, set()
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no error here."""


def _handler(answer: Callable[[Asked], Reply], over: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            self._ask()

        do_GET = do_DELETE = do_PATCH = do_PUT = do_POST  # noqa: N815 - the names are the standard library's

        def _ask(self) -> None:
            length = self.headers.get("Content-Length", "" if self.command in ("POST", "PATCH", "PUT") else "0")
            if not length.isdecimal():
                self.close_connection = True
                return self._say(Reply(411, [Wrong("a length is required")]))
            if int(length) >= MAX_BODY:
                self.close_connection = True
                return self._say(Reply(413, [Wrong("Payload too large")]))
            octets = self.rfile.read(int(length))
            target = urlsplit(self.path)
            if octets and self.headers.get_content_type() != "application/json":
                return self._say(Reply(415, [Wrong("Content-Type should be application/json.")]))
            try:
                body = json.loads(octets) if octets else None
            except (ValueError, RecursionError):
                body = None
            scheme, _, key = self.headers.get("Authorization", "").partition(" ")
            bearer = key if scheme == "Bearer" else ""
            reply = answer(Asked(self.command, target.path, dict(parse_qsl(target.query)), bearer, body))
            if reply.fault in (Fault.HANG, Fault.ACCEPT_THEN_HANG):
                self.close_connection = True
                over.wait()
                return None
            if reply.fault in (Fault.RESET, Fault.ACCEPT_THEN_RESET):
                return self._reset()
            if reply.fault is Fault.DRIP:
                return self._drip()
            return self._say(reply)

        def _say(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.octets)))
            self.end_headers()
            self.wfile.write(reply.octets)
            self.wfile.flush()

        def _drip(self) -> None:
            """Never silent for long, and never done."""
            self.close_connection = True
            self.send_response(202)
            self.flush_headers()
            while not over.wait(0.05):
                self.wfile.write(b"X-Slow: yes\r\n")
                self.wfile.flush()

        def _reset(self) -> None:
            # Lingering for no time makes the close a reset, as from a machine that went away.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.rfile.close()
            self.connection.close()

        def log_message(self, *_: Any) -> None:
            """Says nothing: what came is in the lists."""

    return Handler
