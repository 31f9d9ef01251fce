"""Octets to and from a mail server, in the clear or in TLS, and exactly how many of them have left.

asyncio's own transports do not tell how much of a write was handed over when the line breaks; here that decides
whether a message may have been taken.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress

from digest.send.smtp_parser import LostError

_READ = 65_536


class Stream:
    """A connected socket on an event loop. Call `listen` once; `heard` and `lost` are then called from the loop.

    `queued` and `sent` count octets as they go over the wire, those of TLS included.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.queued = 0
        self.sent = 0
        self._loop = loop
        self._sock = sock
        self._number = sock.fileno()
        self._pending: list[bytes] = []
        self._rest = memoryview(b"")
        self._writing = False
        self._broken = False
        self._closed = False
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._heard: Callable[[bytes], None] = lambda _: None
        self._lost: Callable[[str], None] = lambda _: None

    @property
    def secure(self) -> bool:
        return self._tls is not None

    @property
    def local(self) -> bool:
        """Whether the other end is this machine."""
        host = str(self._sock.getpeername()[0])
        return host == "::1" or host.startswith("127.")

    @property
    def own_name(self) -> str:
        """An address literal for EHLO (RFC 5321, section 4.1.3): true without asking any name server."""
        host = str(self._sock.getsockname()[0])
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def listen(self, heard: Callable[[bytes], None], lost: Callable[[str], None]) -> None:
        """From now on, `heard` gets all octets and `lost`, at most once and last, why there will be no more."""
        self._heard, self._lost = heard, lost
        self.resume()

    def queue(self, parts: Sequence[bytes]) -> int:
        """Put octets behind those that wait; `queued` after them. They leave with the next `flush`."""
        # One copy more, but a system call with hundreds of parts costs more than that.
        octets = parts[0] if len(parts) == 1 else b"".join(parts)
        if self._tls is not None:
            octets = self._sealed(octets)
        self._pending.append(octets)
        self.queued += len(octets)
        return self.queued

    def flush(self) -> None:
        """Hand over as much as the system takes now, and the rest when it takes more."""
        if not self._writing and not self._closed:
            self._write()

    def close(self) -> None:
        """Hang up. Nothing is called any more. Never fails."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._number)
        if self._writing:
            self._loop.remove_writer(self._number)
        with suppress(OSError):
            self._sock.close()

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; nothing is heard until `listen` or `resume`.

        Raises:
            ssl.SSLError: the certificate does not hold, or no common version or cipher.
            LostError: the line broke.
        """
        self._loop.remove_reader(self._number)
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        try:
            while True:
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    await self._exchange()
                    octets = await self._loop.sock_recv(self._sock, _READ)
                    if not octets:
                        raise LostError("the server hung up") from None
                    self._incoming.write(octets)
                else:
                    break
            await self._exchange()
        except ssl.SSLError:
            raise
        except OSError as problem:
            raise LostError(words(problem)) from problem
        self._tls = tls

    async def _exchange(self) -> None:
        octets = self._outgoing.read()
        if octets:
            await self._loop.sock_sendall(self._sock, octets)

    def resume(self) -> None:
        """Hear again after `start_tls`; what came in with the handshake is heard first."""
        self._loop.add_reader(self._number, self._read)
        if self._tls is not None:
            self._loop.call_soon(self._opened, b"")

    def _sealed(self, octets: bytes) -> bytes:
        assert self._tls is not None
        view = memoryview(octets)
        try:
            while view:
                view = view[self._tls.write(view) :]
        except ssl.SSLError:
            self._broken = True
            self._loop.call_soon(self._read)
        return self._outgoing.read()

    def _write(self) -> None:
        try:
            while not self._broken and (self._rest or self._pending):
                if self._rest:
                    number = self._sock.send(self._rest)
                    self._rest = self._rest[number:]
                else:
                    number = self._send_parts()
                self.sent += number
        except (BlockingIOError, InterruptedError):
            if not self._writing:
                self._writing = True
                self._loop.add_writer(self._number, self._write)
            return
        except OSError:
            # The server may have said why before it hung up: reading tells both.
            self._broken = True
            self._loop.call_soon(self._read)
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._number)

    def _send_parts(self) -> int:
        parts, number = self._pending, 0
        self._pending = []
        length = sum(map(len, parts))
        try:
            number = self._sock.sendmsg(parts)
        finally:
            if number < length:
                self._rest = memoryview(b"".join(parts))[number:]
        return number

    def _read(self) -> None:
        if self._closed:
            return
        try:
            octets = self._sock.recv(_READ)
        except (BlockingIOError, InterruptedError):
            if self._broken:
                self._end("the line broke")
            return
        except OSError as problem:
            self._end(words(problem))
            return
        if not octets:
            self._end("the server hung up")
        elif self._tls is None:
            self._heard(octets)
        else:
            self._opened(octets)

    def _opened(self, octets: bytes) -> None:
        """What TLS octets hold."""
        if self._closed or self._tls is None:
            return
        self._incoming.write(octets)
        plain: list[bytes] = []
        ended = ""
        try:
            while part := self._tls.read(_READ):
                plain.append(part)
            ended = "the server hung up"
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as problem:
            ended = f"the line broke: {problem.reason or 'TLS'}"
        if plain:
            self._heard(b"".join(plain))
        if ended:
            self._end(ended)

    def _end(self, why: str) -> None:
        if not self._closed:
            self.close()
            self._lost(why)


def words(problem: OSError) -> str:
    """Why a line was lost."""
    if isinstance(problem, TimeoutError):
        return "the server did not answer in time"
    return f"the line broke: {problem.strerror or type(problem).__name__}"
