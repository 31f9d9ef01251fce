"""The way to SendGrid's host: connections that stay open, a limit on every step, and the step at which one failed.

The step matters: a request of which the last octet was never handed over cannot have been accepted, one that was
whole and got no answer may have been.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message as Headers
from enum import StrEnum
from urllib.parse import urlsplit

import h11

MAX_ANSWER = 8_000_000
_MAX_HEAD = 65_536
_EARLY = 1.0
_SHORT = 16_384


class Step(StrEnum):
    """Where a request was when it failed."""

    CONNECT = "connect"
    SEND = "send"
    ANSWER = "answer"


class Lost(Exception):
    """A request that got no answer. `step` says how far it came; `hopeless`, that trying again soon is no use."""

    def __init__(self, step: Step, words: str, *, hopeless: bool = False) -> None:
        super().__init__(words)
        self.step = step
        self.hopeless = hopeless

    @property
    def may_be_taken(self) -> bool:
        """Whether the other side may have the whole request."""
        return self.step is Step.ANSWER


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for a connection to stand, for silence while an answer is awaited, and for a request as a whole.

    `idle` is how long a connection may have rested and still be used: the other side closes them some time.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0
    idle: float = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, whole but for a body that broke off behind a head that was read."""

    status: int
    reason: str
    headers: Headers
    octets: bytes

    def getcode(self) -> int:
        """The status; this name and the next two are those of an answer in the standard library."""
        return self.status

    def read(self) -> bytes:
        """The body."""
        return self.octets

    def info(self) -> Headers:
        """The header fields."""
        return self.headers


class Pool:
    """Connections to one host. Any number of threads may ask at once; `keep` of them stay open between requests."""

    def __init__(
        self,
        host: str,
        limits: Limits | None = None,
        *,
        keep: int = 4,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is connected yet. `host` is `https://NAME[:PORT]` or, on this machine, `http://…`. `context` is for
        tests with a certificate of their own; without one, the machine's authorities are asked."""
        parts = urlsplit(host)
        self._tls = parts.scheme == "https"
        self._name = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._shown = parts.netloc
        self._limits = limits or Limits()
        self._keep = keep
        self._context = context
        self._clock = clock
        self._resting: list[_Connection] = []
        self._lock = threading.Lock()

    def request(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, octets: bytes | None = None
    ) -> Answered:
        """The answer to one request, whatever its status. It is sent again only when a connection that had rested
        turns out to be closed before the whole request was handed over, and then once.

        Raises:
            Lost: there was none.
        """
        deadline = self._clock() + self._limits.total
        fields = [("Host", self._shown), *(headers or {}).items()]
        if octets is not None or method in ("POST", "PUT", "PATCH"):
            fields.append(("Content-Length", str(len(octets or b""))))
        connection = self._rested()
        if connection:
            try:
                return self._ask(connection, method, target, fields, octets or b"", deadline)
            except Lost as lost:
                if lost.may_be_taken or self._clock() >= deadline:
                    raise
        connection = _Connection(self._connect(deadline), self._clock)
        return self._ask(connection, method, target, fields, octets or b"", deadline)

    def close(self) -> None:
        """Closes what rests. The pool may be used again."""
        with self._lock:
            resting, self._resting = self._resting, []
        for connection in resting:
            connection.close()

    def _ask(
        self,
        connection: _Connection,
        method: str,
        target: str,
        fields: Sequence[tuple[str, str]],
        octets: bytes,
        deadline: float,
    ) -> Answered:
        try:
            answer = connection.exchange(method, target, fields, octets, deadline, self._limits.read)
        except BaseException:
            connection.close()
            raise
        if connection.again():
            with self._lock:
                if len(self._resting) < self._keep:
                    self._resting.append(connection)
                    return answer
        connection.close()
        return answer

    def _rested(self) -> _Connection | None:
        while True:
            with self._lock:
                connection = self._resting.pop() if self._resting else None
            if connection is None or connection.usable(self._limits.idle):
                return connection
            connection.close()

    def _connect(self, deadline: float) -> socket.socket:
        seconds = min(self._limits.connect, deadline - self._clock())
        if seconds <= 0:
            raise Lost(Step.CONNECT, "no time was left to connect")
        try:
            plain = socket.create_connection((self._name, self._port), seconds)
        except (ConnectionRefusedError, socket.gaierror) as problem:
            raise Lost(Step.CONNECT, str(problem), hopeless=True) from problem
        except OSError as problem:
            raise Lost(Step.CONNECT, _words(problem)) from problem
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self._tls:
                return plain
            with self._lock:
                if self._context is None:
                    self._context = ssl.create_default_context()
            return self._context.wrap_socket(plain, server_hostname=self._name)
        except OSError as problem:
            plain.close()
            # A certificate that does not verify stays so; a handshake that broke off may go well the next time.
            raise Lost(
                Step.CONNECT, _words(problem), hopeless=isinstance(problem, ssl.SSLCertVerificationError)
            ) from problem


class _Connection:
    """One connection and the state of HTTP/1.1 on it."""

    def __init__(self, line: socket.socket, clock: Callable[[], float]) -> None:
        self._line = line
        self._clock = clock
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        self._used = clock()

    def exchange(
        self,
        method: str,
        target: str,
        fields: Sequence[tuple[str, str]],
        octets: bytes,
        deadline: float,
        silence: float,
    ) -> Answered:
        head = self._http.send(h11.Request(method=method, target=target, headers=list(fields))) or b""
        if octets:
            self._http.send_with_data_passthrough(h11.Data(data=octets))
        self._http.send(h11.EndOfMessage())
        try:
            self._line.settimeout(max(deadline - self._clock(), 0.001))
            # A long body goes as it is: to put the head before it would copy all of it.
            if len(octets) < _SHORT:
                self._line.sendall(head + octets)
            else:
                self._line.sendall(head)
                self._line.settimeout(max(deadline - self._clock(), 0.001))
                self._line.sendall(octets)
        except OSError as problem:
            # Whoever refuses a request may say so and close before it has read the whole of it.
            with contextlib.suppress(Lost):
                answer = self._read(self._clock() + _EARLY, _EARLY)
                if answer.status >= 400:
                    return answer
            raise Lost(Step.SEND, _words(problem)) from problem
        return self._read(deadline, silence)

    def again(self) -> bool:
        """Whether the connection can take another request; it is then ready for it."""
        if (
            self._http.our_state is not h11.DONE
            or self._http.their_state is not h11.DONE
            or self._http.trailing_data[0]
        ):
            return False
        self._http.start_next_cycle()
        self._used = self._clock()
        return True

    def usable(self, idle: float) -> bool:
        """Whether it is still open. One that has something to say between requests is being closed."""
        if self._clock() - self._used > idle:
            return False
        watch = select.poll()
        watch.register(self._line, select.POLLIN)
        return not watch.poll(0)

    def close(self) -> None:
        self._line.close()

    def _read(self, deadline: float, silence: float) -> Answered:
        head: h11.Response | None = None
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    seconds = min(silence, deadline - self._clock())
                    if seconds <= 0:
                        raise TimeoutError("the answer took too long")
                    self._line.settimeout(seconds)
                    self._http.receive_data(self._line.recv(65_536))
                elif isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.Data):
                    size += len(event.data)
                    if size > MAX_ANSWER:
                        raise TimeoutError("the answer is too long")
                    parts.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                    break
        except (OSError, h11.RemoteProtocolError) as problem:
            if head is None:
                raise Lost(Step.ANSWER, _words(problem)) from problem
        if head is None:
            raise Lost(Step.ANSWER, "the connection was closed without an answer")
        headers = Headers()
        for name, value in head.headers:
            headers[name.decode("latin-1")] = value.decode("latin-1")
        return Answered(head.status_code, head.reason.decode("latin-1"), headers, b"".join(parts))


def _words(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
