"""What is asked of a send while it goes on: by Ctrl-C in this process, by a wish in the store from any other."""

from __future__ import annotations

from collections.abc import Callable

from digest.pipeline.project import Project
from digest.pipeline.timing import LOOK, Time
from digest.settings import Rate
from digest.store import runs

STOP = "stop"


class Halt(Exception):
    """Waiting was broken off, because the send is to stop, pause or be cancelled."""


class Again(Exception):
    """Waiting was broken off, because the rate is another."""


class Asking:
    """Looks into the store twice a second, however often it is asked.

    `halt` is the word that stops the send (`stop`, `pause`, `cancel`), or empty; `changed` is called with each new
    rate.
    """

    def __init__(
        self,
        project: Project,
        run: str,
        stop: Callable[[], bool],
        clocks: Time,
        changed: Callable[[Rate | None], None],
    ) -> None:
        self._project = project
        self._run = run
        self._stop = stop
        self._clocks = clocks
        self._changed = changed
        self._looked = clocks.ticks()
        self.halt = ""
        self.rate = self._read().rate

    def asked(self) -> bool:
        """Whether to stop before the next message."""
        if self._stop():
            self.halt = STOP
        elif not self.halt and self._clocks.ticks() - self._looked >= LOOK:
            self.look()
        return bool(self.halt)

    def look(self) -> None:
        """Look now."""
        self._looked = self._clocks.ticks()
        wish = self._read()
        self.halt = wish.word if wish.word in (runs.PAUSE, runs.CANCEL) else ""
        if wish.rate != self.rate:
            self.rate = wish.rate
            self._changed(Rate.parse(wish.rate) if wish.rate else None)

    def nap(self, seconds: float) -> None:
        """Wait so long, and look meanwhile.

        Raises:
            Halt: the send is to stop.
            Again: its rate is another.
        """
        until = self._clocks.ticks() + seconds
        while (left := until - self._clocks.ticks()) > 0:
            rate = self.rate
            if self.asked():
                raise Halt
            if self.rate != rate:
                raise Again
            self._clocks.sleep(min(left, LOOK))

    def paused(self, seconds: float, over: Callable[[], bool]) -> str:
        """Stay paused until the pause is taken back (an empty word), or another word is said; `pause` again when it
        lasted longer than `seconds`, and empty when it is `over`."""
        until = self._clocks.ticks() + seconds
        while True:
            if self._stop():
                self.halt = STOP
                return STOP
            self.look()
            if self.halt != runs.PAUSE or over():
                return self.halt if self.halt != runs.PAUSE else ""
            if self._clocks.ticks() >= until:
                return runs.PAUSE
            self._clocks.sleep(LOOK)

    def _read(self) -> runs.Wish:
        with self._project.store.database.read() as connection:
            return runs.wish_of(connection, self._run)
