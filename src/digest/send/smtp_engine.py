"""The thread on which conversations run, and the two queues between it and whoever sends."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from digest.models.mail import Delivery
from digest.send.smtp_letter import Letter
from digest.send.smtp_pool import Pool
from digest.send.smtp_relay import Relay
from digest.send.smtp_results import Results


class Engine(Protocol):
    """Runs from `start` to `stop`; its methods are called from the thread that sends. `failed` is why it gives up;
    whatever may have left has its result by then."""

    failed: BaseException | None

    def start(self) -> None:
        """Nothing is connected yet."""

    def stop(self) -> None:
        """QUIT everywhere, and end."""

    def begin(self) -> None:
        """A new run."""

    def abandon(self) -> None:
        """Hang up and forget what is under way."""

    def give(self, letters: Sequence[Letter]) -> None:
        """Letters to be sent; each gets one result unless the engine fails."""

    def wait(self) -> None:
        """Return when there is something to take, or it failed."""

    def take(self) -> Iterator[Delivery]:
        """The results that are there."""


class Thread:
    """The engine of most sends: a thread beside the one that sends."""

    def __init__(
        self, relays: Sequence[Relay], *, now: Callable[[], datetime], context: ssl.SSLContext | None
    ) -> None:
        self.failed: BaseException | None = None
        self._bell = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._results = Results(self._loop, self._bell.set)
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)
        self._relays, self._now, self._given_context = relays, now, context
        self._pool: Pool

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()
        self._call(self._open())

    def stop(self) -> None:
        """QUIT everywhere and end the thread."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def begin(self) -> None:
        """A new run."""
        self.failed = None
        self._bell.clear()
        self._call(self._begin())

    def abandon(self) -> None:
        """Hang up and forget what is under way."""
        self._call(self._drop())

    def give(self, letters: Sequence[Letter]) -> None:
        """Hand letters to the thread."""
        self._loop.call_soon_threadsafe(self._add, letters)

    def wait(self) -> None:
        """Until the bell rings."""
        self._bell.wait()

    def take(self) -> Iterator[Delivery]:
        """The results that are there."""
        self._bell.clear()
        if self.failed is not None:
            self._bell.set()
        yield from self._results.take()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._crashed)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> None:
        self._pool = Pool(
            self._relays,
            now=self._now,
            context=self._given_context,
            report=self._results.add,
            changed=self._changed,
        )

    async def _begin(self) -> None:
        self._results.begin()
        self._pool.begin()

    async def _drop(self) -> None:
        self._pool.drop()
        self._results.begin()

    async def _close(self) -> None:
        await self._pool.close()
        # Names are looked up on threads of the loop's own, which are to end with it.
        await self._loop.shutdown_default_executor()

    def _add(self, letters: Sequence[Letter]) -> None:
        self._results.expect(len(letters))
        self._pool.add(letters)

    def _changed(self) -> None:
        if self._pool.problem is not None and self._pool.quiet:
            self.failed = self.failed or self._pool.problem
            self._bell.set()

    def _crashed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # A bug must come up where it can be seen, not end in a thread.
        self.failed = context.get("exception") or RuntimeError(context["message"])
        self._bell.set()
