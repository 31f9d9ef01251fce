"""A conversation held by `smtplib`, with bounds and deadlines that it does not have."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from typing import cast

from digest.send.smtp_parser import MAX_LINES, LostError
from digest.send.smtp_replies import Reply, read_reply
from digest.send.smtp_stream import words


class _Ear:
    """What `smtplib` reads from: a deadline for each reply, and an end to its lines."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rb")
        self._sock = sock
        self._deadline = 0.0
        self._lines = 0

    def expect(self, timeout: float) -> None:
        self._deadline, self._lines = time.monotonic() + timeout, 0

    def readline(self, most: int = -1) -> bytes:
        self._lines += 1
        if self._lines > MAX_LINES + 1:
            raise LostError("the server's reply does not end")
        self._sock.settimeout(max(self._deadline - time.monotonic(), 0.001))
        return self._file.readline(most)

    def waiting(self) -> bool:
        self._sock.settimeout(0)
        try:
            return bool(self._file.peek(1))
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        self._file.close()


class PlainLine:
    """A connected socket in the hands of `smtplib`. `whole` says whether the final dot may have left."""

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        self.whole = False
        self._timeout = timeout
        self._client = smtplib.SMTP(timeout=timeout)
        self._hold(sock)

    @property
    def secure(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket)

    @property
    def local(self) -> bool:
        host = str(self._sock.getpeername()[0])
        return host == "::1" or host.startswith("127.")

    @property
    def own_name(self) -> str:
        host = str(self._sock.getsockname()[0])
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def command(self, text: str) -> Reply:
        """Say one line and hear the reply.

        Raises:
            LostError: the line broke, the time is up, or it is no SMTP.
        """
        self.say(text)
        return self.reply()

    def say(self, text: str) -> None:
        """Say one line.

        Raises:
            LostError: the line broke.
        """
        self._send(text.encode() + b"\r\n")

    def reply(self, timeout: float | None = None) -> Reply:
        """The next reply.

        Raises:
            LostError: the line broke, the time is up, or it is no SMTP.
        """
        self._ear.expect(self._timeout if timeout is None else timeout)
        try:
            code, text = self._client.getreply()
        except smtplib.SMTPServerDisconnected as problem:
            if isinstance(problem.__context__, OSError):
                raise LostError(words(problem.__context__)) from problem
            raise LostError("the server hung up") from problem
        except smtplib.SMTPResponseException as problem:
            raise LostError("the server's reply has an endless line") from problem
        if not 200 <= code <= 599:
            raise LostError("the server said something that is not SMTP")
        return read_reply(code, text.decode("utf-8", "replace").split("\n"))

    def body(self, octets: bytes) -> Reply | None:
        """Send a message up to its final dot; the reply when one came early.

        Raises:
            LostError: the line broke, and nothing was said.
        """
        try:
            self._send(octets)
        except LostError:
            if not self.spoken_to():
                raise
        return self.reply() if self.spoken_to() else None

    def dot(self, timeout: float) -> Reply:
        """Send the final dot and hear what became of the message.

        Raises:
            LostError: no answer came.
        """
        self.whole = True
        self._send(b".\r\n")
        return self.reply(timeout)

    def spoken_to(self) -> bool:
        """Whether the other side said something, or hung up, without being asked."""
        return self._ear.waiting()

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS.

        Raises:
            ssl.SSLError: the certificate does not hold, or no common version or cipher.
            LostError: the line broke.
        """
        self._sock.settimeout(self._timeout)
        try:
            sock = context.wrap_socket(self._sock, server_hostname=host)
        except ssl.SSLError:
            raise
        except OSError as problem:
            raise LostError(words(problem)) from problem
        self._hold(sock)

    def close(self) -> None:
        """Hang up. Never fails."""
        self._client.close()

    def _hold(self, sock: socket.socket) -> None:
        self._sock = self._client.sock = sock
        self._ear = _Ear(sock)
        self._client.file = cast("socket.SocketIO", self._ear)

    def _send(self, octets: bytes) -> None:
        try:
            self._sock.settimeout(self._timeout)
            self._sock.sendall(octets)
        except OSError as problem:
            raise LostError(words(problem)) from problem
