"""What the server says of its work: one JSON object a line, without addresses, tokens or networks in it."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime


class Journal:
    """Writes lines by `write`, stamped by `clock`. Safe between threads."""

    def __init__(self, write: Callable[[str], object], clock: Callable[[], datetime]) -> None:
        self._write = write
        self._clock = clock
        self._lock = threading.Lock()

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        """One line. JSON escapes every line break, so that nothing can write a line of its own."""
        at = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "level": level, "event": event, **fields})
        with self._lock:
            self._write(line + "\n")

    def broke(self, event: str, problem: BaseException, **fields: object) -> None:
        """A failure: its kind and where it happened. Not its text, which may quote what a reader sent."""
        frames = traceback.extract_tb(problem.__traceback__)[-6:]
        where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        self.say(event, "error", problem=type(problem).__name__, where=where, **fields)
