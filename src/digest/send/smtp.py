"""Mail through relays, over several connections at once, with every outcome told apart.

Libraries raise the same exception for a line lost before DATA, where a message may safely go again, and after the
final dot, where it may have arrived. Here the phase is kept, and decides (RFC 5321, sections 4.2 and 4.5.3). The
conversations run on a thread of their own; this is where messages go in and deliveries come out.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digest.models.mail import Answer, Delivery, Message
from digest.send.base import Place, Setup, cannot
from digest.send.smtp_engine import Engine, Thread
from digest.send.smtp_letter import Desk, Letter
from digest.send.smtp_relay import Relay, relays
from digest.send.smtp_results import TOGETHER

if TYPE_CHECKING:
    from digest.send.smtp_apart import Apart

WORTH = 5_000
_SLOW = 0.002


class SmtpSender:
    """Gives messages to one relay, or to several by their weights.

    After three messages in a row that a relay broke off or put off as a whole, or twenty in a row refused by policy,
    it is left out; when none is left, the send stops: whatever is wrong is not the recipient. `batch` is how many
    messages it likes to get at once. From so many messages on (`apart`), when there is a second processor, the
    conversations move to a process of their own.
    """

    name = "smtp"
    leaves = True

    def __init__(
        self,
        *relays: Relay,
        now: Callable[[], datetime],
        context: ssl.SSLContext | None = None,
        apart: int | None = WORTH,
    ) -> None:
        self.relays = relays
        together = sum(relay.connections for relay in relays)
        self.batch = min(max(50 * together, 200), 2000)
        self._limit = min(max(8 * together, 4 * TOGETHER), 1000)
        self._now = now
        self._context = context
        # A context of the caller's own cannot be handed to another process.
        several = (os.cpu_count() or 1) > 1
        self._apart_from = apart if context is None and several else None
        self._engine: Engine | None = None
        self._other: Apart | None = None
        self._given = 0
        self._desk = Desk()

    @property
    def apart(self) -> bool:
        """Whether the conversations have moved to a process of their own."""
        return self._engine is not None and not isinstance(self._engine, Thread)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for engine in (self._engine, self._other):
            if engine is not None:
                engine.stop()
        self._engine = self._other = None

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, in the order in which they become known.

        Raises:
            CredentialsError: the login was refused, or is required and missing.
            Stopped: the relay is there but not ready, or keeps breaking off.
            SendError: the relay cannot be reached, or refuses our sender address.
        """
        if self._engine is None:
            self._engine = Thread(self.relays, now=self._now, context=self._context)
            self._engine.start()
        engine, source = self._engine, iter(messages)
        under_way, more = 0, True
        engine.begin()
        try:
            while more or under_way:
                moves = self._moves()
                if moves and not under_way:
                    engine = self._moved(engine)
                elif more and not moves and engine.failed is None and under_way < self._limit:
                    letters, refused, more = self._gather(source)
                    under_way += len(letters)
                    self._given += len(letters)
                    engine.give(letters)
                    yield from refused
                else:
                    engine.wait()
                for delivery in engine.take():
                    under_way -= 1
                    yield delivery
                if engine.failed is not None:
                    yield from engine.take()
                    under_way = 0
                    raise engine.failed
        finally:
            if under_way:
                engine.abandon()

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Cannot: a relay does not tell what it took."""
        return cannot(places)

    def _moves(self) -> bool:
        """Whether the process is there to which the conversations are to move, once nothing is under way."""
        if self._other is None and self._apart_from is not None and self._given >= self._apart_from:
            from digest.send.smtp_apart import Apart

            self._other, self._apart_from = Apart(self.relays, now=self._now), None
            self._other.start()
        if self._other is None:
            return False
        self._other.look()
        if self._other.failed is not None:
            # It could not even begin: the thread does as well.
            self._other.stop()
            self._other = None
        return self._other is not None and self._other.ready

    def _moved(self, engine: Engine) -> Engine:
        """The engine from now on."""
        assert self._other is not None
        engine.stop()
        self._engine, self._other = self._other, None
        self._limit = max(self._limit, 8 * TOGETHER)
        self._engine.begin()
        return self._engine

    def _gather(self, source: Iterator[Message]) -> tuple[list[Letter], list[Delivery], bool]:
        """The next few messages: as many as come at once, so that one that keeps us waiting does not keep others."""
        letters: list[Letter] = []
        refused: list[Delivery] = []
        began = time.monotonic()
        for message in source:
            made = self._desk.letter(message)
            if isinstance(made, Letter):
                letters.append(made)
            else:
                refused.append(made)
            if len(letters) + len(refused) >= TOGETHER or time.monotonic() - began > _SLOW:
                return letters, refused, True
        return letters, refused, False


def open(setup: Setup) -> SmtpSender:  # noqa: A001 - the name by which every sender is found
    """The relays of `[delivery.smtp]` and `[[delivery.relays]]`; nothing is connected yet.

    Raises:
        CredentialsError: a password is missing.
    """
    return SmtpSender(*relays(setup), now=setup.now)
