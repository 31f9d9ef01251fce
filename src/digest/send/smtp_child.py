"""The process in which the conversations of a large send run: `python -m digest.send.smtp_child FD`.

Over the socket that it inherits come frames: relays, letters, the word to stop; back go results. It ends when the
other end does, at once and whatever is under way: who was sending is gone, and the ledger knows what was meant.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
import traceback
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from digest.send.smtp_letter import Letter
from digest.send.smtp_pool import Pool
from digest.send.smtp_relay import Relay
from digest.send.smtp_results import Results

Row = tuple[str, str, str, str, int, tuple[bytes, ...], Sequence[bytes], int, bool]


class Child:
    """Reads frames of (what to do, its arguments), and does it."""

    def __init__(self, line: Connection, loop: asyncio.AbstractEventLoop) -> None:
        self._line = line
        self._loop = loop
        self._results = Results(loop, self._tell)
        self._fixed: dict[int, tuple[bytes, ...]] = {}
        self._run = 0
        self._now: tuple[datetime, float] | None = None
        self._pool: Pool
        self._tasks: set[asyncio.Task[None]] = set()
        loop.set_exception_handler(self._crashed)
        loop.add_reader(line.fileno(), self._read)

    def open(self, relays: Sequence[Relay]) -> None:
        """The pool, and that it is there."""
        self._spawn(self._open(relays))

    def begin(self, run: int) -> None:
        """A new run; what is told belongs to it."""
        self._run = run
        self._results.begin()
        self._pool.begin()

    def letters(
        self, now: datetime, fixed: dict[int, tuple[bytes, ...]], rows: Sequence[Row], gone: Sequence[int]
    ) -> None:
        """Letters to send. `fixed` are octets of variants that were not told before, by number, and `gone` those
        that no later letter has."""
        self._now = (now, time.monotonic())
        self._fixed |= fixed
        letters = [
            Letter(key, sender, to, domain, self._fixed[number] if number else own, values, size, seven_bit)
            for key, sender, to, domain, number, own, values, size, seven_bit in rows
        ]
        for number in gone:
            del self._fixed[number]
        self._results.expect(len(letters))
        self._pool.add(letters)

    def drop(self) -> None:
        """Hang up everywhere."""
        self._pool.drop()
        self._results.begin()

    def stop(self) -> None:
        """QUIT everywhere and end."""
        self._loop.remove_reader(self._line.fileno())
        self._spawn(self._close())

    def _read(self) -> None:
        try:
            octets = self._line.recv_bytes()
        except (EOFError, OSError):
            self._loop.stop()
            return
        # Only our own parent has the other end.
        what, arguments = pickle.loads(octets)  # noqa: S301
        getattr(self, what)(*arguments)

    def _clock(self) -> datetime:
        assert self._now is not None
        now, at = self._now
        return now + timedelta(seconds=time.monotonic() - at)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, relays: Sequence[Relay]) -> None:
        self._pool = Pool(relays, now=self._clock, context=None, report=self._results.add, changed=self._changed)
        self._say("ready")

    async def _close(self) -> None:
        await self._pool.close()
        await self._loop.shutdown_default_executor()
        self._loop.stop()

    def _tell(self) -> None:
        rows = [
            (one.id, one.state.value, one.reason, one.reply, one.reference, one.retry_at)
            for one in self._results.take()
        ]
        if rows:
            self._say("told", self._run, rows)

    def _changed(self) -> None:
        if self._pool.problem is not None and self._pool.quiet:
            self._tell()
            self._say("failed", self._run, self._pool.problem)

    def _crashed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        problem = context.get("exception")
        words = "".join(traceback.format_exception(problem)) if problem else str(context["message"])
        self._say("crashed", words)
        self._loop.stop()

    def _say(self, what: str, *arguments: object) -> None:
        try:
            self._line.send_bytes(pickle.dumps((what, arguments), pickle.HIGHEST_PROTOCOL))
        except OSError:
            self._loop.stop()


def main() -> None:
    """Serve until the other end says stop, or ends."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with Connection(int(sys.argv[1])) as line:
        Child(line, loop)
        loop.run_forever()


if __name__ == "__main__":
    main()
