"""Sends that were begun in the browser: each in a thread of its own, which stops safely when the preview ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from digest.errors import DigestError, Refused
from digest.pipeline.progress import Event

Begin = Callable[[Callable[[], bool]], Iterator[Event]]


@dataclass
class _Going:
    thread: threading.Thread
    last: Event | None = None
    problem: DigestError | None = None


class Sends:
    """Begins a send and remembers the last that it told. What was done stands in the store at every moment, so that
    another process goes on wherever this one ended."""

    def __init__(self) -> None:
        self._going: dict[str, _Going] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    def begin(self, edition: str, begin: Begin) -> None:
        """Start; the board shows how it goes on.

        Raises:
            Refused: it goes on here already, or the preview is ending.
        """
        with self._lock:
            known = self._going.get(edition)
            if known is not None and known.thread.is_alive():
                raise Refused(f"{edition} is being sent already")
            if self._over.is_set():
                raise Refused("the preview is ending")
            going = _Going(threading.Thread(target=self._run, args=(edition, begin), name=f"send {edition}"))
            self._going[edition] = going
            going.thread.start()

    def going(self, edition: str) -> bool:
        """Whether it goes on in this process."""
        known = self._going.get(edition)
        return known is not None and known.thread.is_alive()

    def last(self, edition: str) -> Event | None:
        """What a send of this process told last, while it goes on."""
        return self._going[edition].last if self.going(edition) else None

    def problem(self, edition: str) -> DigestError | None:
        """Why the last send of this process ended before its end."""
        known = self._going.get(edition)
        return known.problem if known and not known.thread.is_alive() else None

    def wait(self, edition: str, seconds: float) -> None:
        """Wait until it ended, but no longer."""
        known = self._going.get(edition)
        if known is not None:
            known.thread.join(seconds)

    def stop(self, seconds: float = 60.0) -> None:
        """Ask all to stop after the messages in flight, and wait for them."""
        self._over.set()
        for going in list(self._going.values()):
            going.thread.join(seconds)

    def _run(self, edition: str, begin: Begin) -> None:
        going = self._going[edition]
        try:
            for event in begin(self._over.is_set):
                going.last = event
        except DigestError as problem:
            going.problem = problem
