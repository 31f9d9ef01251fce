"""The progress of a send: a bar with rate and ETA on a terminal, one line per ten per cent elsewhere."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from digest.cli.face import Face
from digest.errors import Interrupted, Stopped

if TYPE_CHECKING:
    from digest.pipeline.progress import Event


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C once asks to stop after the messages in flight; twice stops at once."""
    asked = [False]

    def ask(number: int, frame: FrameType | None) -> None:
        if asked[0]:
            signal.default_int_handler(number, frame)
        asked[0] = True

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not in the main thread, where there is no Ctrl-C
        yield lambda: False
        return
    try:
        yield lambda: asked[0]
    except Stopped as stopped:
        if asked[0]:
            raise Interrupted(stopped.what, where=stopped.where, hint=stopped.hint) from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


class Board:
    """Shows events as they come."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._bar: Any = None
        self._task: Any = None
        self._tenth = 0
        self._undo = 0
        self._waits = False

    def __enter__(self) -> Self:
        if self._face.colour and not self._face.quiet:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("  "),
                BarColumn(bar_width=28),
                MofNCompleteColumn(),
                TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]:.0f}/s  ETA"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=None, rate=0.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, event: Event) -> None:
        """One event."""
        total, done = event.counts.total, event.counts.done
        if event.kind == "resumed":
            self._face.say(f"Going on where it stopped{f' ({event.words})' if event.words else ''}.")
        if event.kind == "undo":
            self._count_down(event)
            return
        if event.kind == "scheduled":
            self._face.say(f"Scheduled for {event.words}. `digest cancel` stops it, `digest undo` takes it back.")
            return
        if event.kind == "paused":
            self._face.say(f"Paused: {done:,} of {total:,} done. `digest resume` goes on.")
        if event.kind == "waiting" and not self._waits:
            self._face.say(f"  {event.counts.remaining:,} left, waiting for them to be due")
        self._waits = event.kind == "waiting"
        if self._bar is not None:
            self._bar.update(self._task, total=total, completed=done, rate=event.rate)
            return
        tenth = done * 10 // total if total else 0
        if event.kind == "progress" and tenth > self._tenth:
            self._tenth = tenth
            left = f"  {_clock(event.left_seconds)} left" if event.left_seconds else ""
            self._face.say(f"  {done:,} of {total:,}  {done * 100 // total}%  {event.rate:.0f}/s{left}")

    def _count_down(self, event: Event) -> None:
        """Said once; on a terminal the bar counts."""
        seconds = int(event.words)
        if not self._undo:
            self._undo = seconds
            self._face.say(f"Sending in {seconds} seconds. Ctrl-C, or `digest undo`, takes it back.")
        if self._bar is not None:
            self._bar.update(self._task, total=self._undo, completed=self._undo - seconds, rate=1.0)


def _clock(seconds: float) -> str:
    """`3:20`, `1:02:10`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
