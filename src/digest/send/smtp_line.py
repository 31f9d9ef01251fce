"""One connection to a mail server: bytes out, replies in, and how far the conversation has come.

Nothing here decides what becomes of a message. Every read has a deadline for the whole reply, so that a server that
answers one octet a minute cannot hold a run.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

from digest.send.smtp_replies import Phase, Reply, read_reply

Connect = Callable[[str, int, float], socket.socket]

_MAX_LINE = 4096
_MAX_LINES = 200


class LostError(Exception):
    """The conversation broke off; the line's `phase` says where."""


class Line:
    """A connected socket, with a phase that callers set before they speak."""

    def __init__(self, sock: socket.socket, timeout: float, clock: Callable[[], float]) -> None:
        self.phase = Phase.GREETING
        self.messages = 0
        self._sock = sock
        self._timeout = timeout
        self._clock = clock
        self._buffer = b""

    @property
    def secure(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket)

    @property
    def local(self) -> bool:
        """Whether the other end is this machine."""
        host = str(self._sock.getpeername()[0])
        return host == "::1" or host.startswith("127.")

    def own_name(self) -> str:
        """An address literal for EHLO (RFC 5321, section 4.1.3): true without asking any name server."""
        host = str(self._sock.getsockname()[0])
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS. Whatever the other side said before it is not believed (RFC 3207, section 4.2).

        Raises:
            ssl.SSLError: the certificate does not hold, or no common version or cipher.
            LostError: the line broke, or something was sent ahead of the handshake.
        """
        if self._buffer:
            raise LostError("the server spoke out of turn before TLS began")
        try:
            self._sock.settimeout(self._timeout)
            self._sock = context.wrap_socket(self._sock, server_hostname=host)
        except ssl.SSLError:
            raise
        except OSError as problem:
            raise LostError(_words(problem)) from problem

    def command(self, text: str, timeout: float | None = None) -> Reply:
        """Say one line and hear the reply.

        Raises:
            LostError: the line broke or the time is up.
            ValueError: the text holds a line break or NUL, which would be a second command.
        """
        if any(character in text for character in "\r\n\0"):
            raise ValueError("a command of two lines")
        self.write(text.encode("utf-8") + b"\r\n")
        return self.reply(timeout)

    def write(self, octets: bytes) -> None:
        """All octets handed to the system.

        Raises:
            LostError: the line broke or the time is up.
        """
        try:
            self._sock.settimeout(self._timeout)
            self._sock.sendall(octets)
        except OSError as problem:
            raise LostError(_words(problem)) from problem

    def spoken_to(self) -> bool:
        """Whether the other side said something, or hung up, without being asked."""
        if self._buffer or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return True
        return bool(select.select([self._sock], [], [], 0)[0])

    def reply(self, timeout: float | None = None) -> Reply:
        """The next reply, whole.

        Raises:
            LostError: the line broke, the time is up, or it is no SMTP reply.
        """
        deadline = self._clock() + (self._timeout if timeout is None else timeout)
        lines: list[str] = []
        while True:
            line = self._read_line(deadline)
            code, mark = line[:3], line[3:4]
            if not (code.isdigit() and b"200" <= code <= b"599") or mark not in (b" ", b"-", b""):
                raise LostError("the server said something that is not SMTP")
            lines.append(line[4:].decode("utf-8", "replace"))
            if mark != b"-":
                return read_reply(int(code), lines)
            if len(lines) > _MAX_LINES:
                raise LostError("the server's reply does not end")

    def close(self) -> None:
        """Hang up, politely when the other side still listens. Never fails."""
        with suppress(OSError, LostError):
            if self.phase is not Phase.END:
                self.write(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Hang up at once. Never fails."""
        with suppress(OSError):
            self._sock.close()

    def _read_line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > _MAX_LINE:
                raise LostError("the server's reply has an endless line")
            left = deadline - self._clock()
            if left <= 0:
                raise LostError("the server did not answer in time")
            try:
                self._sock.settimeout(left)
                octets = self._sock.recv(4096)
            except OSError as problem:
                raise LostError(_words(problem)) from problem
            if not octets:
                raise LostError("the server hung up")
            self._buffer += octets
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.removesuffix(b"\r")


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """A TCP connection that sends small writes at once.

    Raises:
        OSError: as the system says.
    """
    sock = socket.create_connection((host, port), timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def monotonic() -> float:
    """Seconds for deadlines."""
    return time.monotonic()


def _words(problem: OSError) -> str:
    if isinstance(problem, TimeoutError):
        return "the server did not answer in time"
    return f"the line broke: {problem.strerror or type(problem).__name__}"
