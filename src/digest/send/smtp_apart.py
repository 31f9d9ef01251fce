"""The engine of a large send: a process of its own, so that one processor writes messages and another sends them."""

from __future__ import annotations

import pickle
import select
import socket
import subprocess
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from digest.errors import SendError
from digest.models.mail import Delivery, State
from digest.send.smtp_letter import Letter
from digest.send.smtp_relay import Relay

_REMEMBERED = 64
_PATIENCE = 30.0
ENDED = "the process that spoke with the mail server ended before it told the answer"


class Apart:
    """Frames go over a pair of sockets (`smtp_child`). Octets that letters share go over it once.

    If the process dies, whatever it was given is in doubt, and the send ends.
    """

    def __init__(self, relays: Sequence[Relay], *, now: Callable[[], datetime]) -> None:
        self.failed: BaseException | None = None
        self.ready = False
        self._relays = tuple(relays)
        self._now = now
        self._results: deque[Delivery] = deque()
        self._under_way: set[str] = set()
        self._known: OrderedDict[int, tuple[int, tuple[bytes, ...]]] = OrderedDict()
        self._told = 0
        self._run = 0
        self._line: Connection
        self._child: subprocess.Popen[bytes]
        self._poll = select.poll()

    @property
    def process(self) -> int:
        """The id of the process."""
        return self._child.pid

    def start(self) -> None:
        """Start the process; `look` says when it is `ready`."""
        ours, theirs = socket.socketpair()
        # A session of its own: a Ctrl-C is for the process that sends, which then says what to do.
        self._child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "digest.send.smtp_child", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._line = Connection(ours.detach())
        self._poll.register(self._line.fileno(), select.POLLIN)
        self._say("open", self._relays)

    def look(self) -> None:
        """Hear what it has said, without waiting."""
        while self.failed is None and self._poll.poll(0):
            self._hear()

    def stop(self) -> None:
        """QUIT everywhere and end the process."""
        if self.failed is None:
            self._say("stop")
        else:
            self._line.close()
        try:
            self._child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._line.close()

    def begin(self) -> None:
        """A new run."""
        self._run += 1
        self._results.clear()
        self._under_way.clear()
        if self._child.poll() is None:
            self.failed = None
        self._say("begin", self._run)

    def abandon(self) -> None:
        """Hang up and forget what is under way."""
        self._run += 1
        self._results.clear()
        self._under_way.clear()
        self._say("drop")

    def give(self, letters: Sequence[Letter]) -> None:
        """Hand letters over."""
        fixed: dict[int, tuple[bytes, ...]] = {}
        rows = [self._row(letter, fixed) for letter in letters]
        self._under_way.update(letter.id for letter in letters)
        gone = [self._known.popitem(last=False)[1][0] for _ in range(len(self._known) - _REMEMBERED)]
        self._say("letters", self._now(), fixed, rows, gone)

    def wait(self) -> None:
        """Until it says something."""
        if self.failed is None and not self._results:
            self._hear()

    def take(self) -> Iterator[Delivery]:
        """The results that are there."""
        self.look()
        while self._results:
            yield self._results.popleft()

    def _row(self, letter: Letter, fixed: dict[int, tuple[bytes, ...]]) -> tuple[object, ...]:
        number, own = 0, letter.fixed
        if letter.values:
            # The tuple is kept, so that no other can come to have its identity.
            found = self._known.get(id(own))
            if found is None:
                self._told += 1
                found = self._known[id(own)] = (self._told, own)
                fixed[self._told] = own
            number, own = found[0], ()
        return (
            letter.id, letter.sender, letter.to, letter.domain, number, own, letter.values, letter.size,
            letter.seven_bit,
        )  # fmt: skip

    def _say(self, what: str, *arguments: object) -> None:
        try:
            self._line.send_bytes(pickle.dumps((what, arguments), pickle.HIGHEST_PROTOCOL))
        except OSError:
            self._gone()

    def _hear(self) -> None:
        try:
            octets = self._line.recv_bytes()
        except (EOFError, OSError):
            self._gone()
            return
        # Only our own child has the other end.
        what, arguments = pickle.loads(octets)  # noqa: S301
        getattr(self, f"_hear_{what}")(*arguments)

    def _hear_ready(self) -> None:
        self.ready = True

    def _hear_told(self, run: int, rows: Sequence[Sequence[Any]]) -> None:
        if run == self._run:
            for key, state, *rest in rows:
                self._under_way.discard(key)
                self._results.append(Delivery(key, State(state), *rest))

    def _hear_failed(self, run: int, problem: BaseException) -> None:
        if run == self._run:
            self.failed = problem

    def _hear_crashed(self, words: str) -> None:
        # A bug: it must come up where it can be seen.
        self.failed = RuntimeError(words)

    def _gone(self) -> None:
        if self.failed is None:
            self._results += [Delivery(key, State.UNKNOWN, ENDED) for key in sorted(self._under_way)]
            self._under_way.clear()
            self.failed = SendError("the process that speaks SMTP ended", hint="go on with --resume")
