"""A mail server on this machine that does at each step exactly what a script says, faults included.

For tests: real servers cannot be made to hang up after the final dot. It answers on the loopback address only.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

DROP = "drop"
HANG = "hang"
WAIT = "wait"
FLOOD = "flood"
ENDLESS_LINE = "endless line"
KEEP_THEN_DROP = "keep, then drop"
KEEP_THEN_HANG = "keep, then hang"

_USUAL = {
    "connect": "220 relay.example ready",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "end": "250 2.0.0 ok queued as FAKE{number}",
    "rset": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
    "auth": "235 2.7.0 welcome",
    "noop": "250 2.0.0 fine",
    "starttls": "454 4.7.0 not available",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the server kept: its envelope, and its octets with dots unstuffed."""

    sender: str
    recipient: str
    octets: bytes


class FakeRelay:
    """A running server while entered; `port` is where.

    `script` maps a step (connect, ehlo, auth, starttls, mail, rcpt, data, body, end, rset, noop, quit) to what
    happens the first, second ... time it is reached, over all connections; afterwards the usual happens. What happens
    is a reply, an empty string (the usual), or DROP, HANG, WAIT (the usual, a little later), FLOOD (a reply without
    end), ENDLESS_LINE, and at `end` KEEP_THEN_DROP and KEEP_THEN_HANG. At `body` a reply is given after the first
    octets of a message, before its end. `offers` are the lines of the EHLO reply. Commands out of order get 503; a
    `careless` server answers DATA with 354 even when it took no recipient.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str]] | None = None,
        offers: Sequence[str] = ("SIZE 10000000", "8BITMIME", "PIPELINING"),
        *,
        careless: bool = False,
    ) -> None:
        self.careless = careless
        self.script = {step: list(actions) for step, actions in (script or {}).items()}
        self.offers = tuple(offers)
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._main = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._main.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._main.join()
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            # Replies leave one by one: without this each would wait for the other side to confirm the one before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError, _Over), sock:
            _Conversation(self, sock).run()

    def action(self, step: str) -> str:
        """What the script says for this step now; empty for the usual."""
        with self._lock:
            actions = self.script.get(step)
            return actions.pop(0) if actions else ""

    def keep(self, taken: Taken) -> int:
        """Puts a message into `taken`; its number."""
        with self._lock:
            self.taken.append(taken)
            return len(self.taken)

    def heard(self, command: str) -> None:
        """Notes a command."""
        with self._lock:
            self.commands.append(command)

    def pause(self) -> None:
        """Says nothing for a moment."""
        self._over.wait(0.1)

    def hang(self) -> None:
        """Says nothing until the server is closed."""
        self._over.wait()


class _Over(Exception):  # the script ends the conversation
    pass


class _Conversation:
    def __init__(self, relay: FakeRelay, sock: socket.socket) -> None:
        self._relay = relay
        self._sock = sock
        self._file = sock.makefile("rb")
        self._sender: str | None = None
        self._recipient: str | None = None

    def run(self) -> None:
        with self._file:
            self._do("connect")
            while line := self._file.readline(100_000):
                command = line.decode("utf-8", "replace").strip()
                self._relay.heard(command)
                self._hear(command, command.partition(" ")[0].lower())

    def _hear(self, command: str, word: str) -> None:
        if word == "ehlo":
            lines = ["relay.example", *self._relay.offers]
            self._do("ehlo", "\r\n".join(f"250{'-' if i < len(lines) - 1 else ' '}{x}" for i, x in enumerate(lines)))
        elif word == "mail":
            if self._sender is not None:
                self._say("503 5.5.1 a message is begun already")
            elif self._do("mail").startswith("2"):
                self._sender = command.partition("<")[2].partition(">")[0]
        elif word == "rcpt":
            if self._sender is None:
                self._say("503 5.5.1 from whom?")
            elif self._do("rcpt").startswith("2"):
                self._recipient = command.partition("<")[2].partition(">")[0]
        elif word == "data":
            self._data()
        elif word in ("rset", "quit", "auth", "starttls", "noop"):
            self._do(word)
            if word == "rset":
                self._sender = self._recipient = None
            if word == "quit":
                raise _Over
        else:
            self._say("500 5.5.1 what?")

    def _data(self) -> None:
        if self._recipient is None and not self._relay.careless:
            self._say("503 5.5.1 to whom?")
        elif self._recipient is None:
            self._say("354 go on")
            self._octets()
            self._sender = None
            self._say("554 5.5.1 no valid recipients")
        elif self._do("data").startswith("354"):
            self._body()

    def _body(self) -> None:
        action = self._relay.action("body")
        if action:
            self._file.read(64)
            self._act(action)
            # Closing on octets that were not read would be a reset, which can overtake the reply.
            self._octets()
            raise _Over
        octets = self._octets()
        sender, recipient = self._sender or "", self._recipient or ""
        self._sender = self._recipient = None
        action = self._relay.action("end")
        number = 0
        if not action or action == WAIT or action.startswith("2") or action in (KEEP_THEN_DROP, KEEP_THEN_HANG):
            number = self._relay.keep(Taken(sender, recipient, octets))
        if action == WAIT:
            self._relay.pause()
        usual = _USUAL["end"] if action in ("", WAIT) else action
        self._act({KEEP_THEN_DROP: DROP, KEEP_THEN_HANG: HANG}.get(action, usual), number)

    def _octets(self) -> bytes:
        octets = bytearray()
        while True:
            line = self._file.readline(100_000)
            if not line:
                raise _Over
            if line == b".\r\n":
                return bytes(octets)
            octets += line[1:] if line.startswith(b".") else line

    def _do(self, step: str, usual: str = "") -> str:
        action = self._relay.action(step)
        if action == WAIT:
            self._relay.pause()
            action = ""
        action = action or usual or _USUAL[step]
        self._act(action)
        return action

    def _act(self, action: str, number: int = 0) -> None:
        if action == DROP:
            raise _Over
        if action == HANG:
            self._relay.hang()
            raise _Over
        if action in (FLOOD, ENDLESS_LINE):
            octets = b"250-more\r\n" * 500 if action == FLOOD else b"250 more" * 500
            while True:
                self._sock.sendall(octets)
        self._say(action.replace("{number}", f"{number:04d}"))
        if action.startswith("421"):
            raise _Over

    def _say(self, text: str) -> None:
        self._sock.sendall(text.encode() + b"\r\n")
