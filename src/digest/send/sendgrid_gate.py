"""What all connections of one account share: until when SendGrid asks them to wait, and how often it failed."""

from __future__ import annotations

import threading
from datetime import datetime

TROUBLES = 2


class Gate:
    """Asked before each request. After two in a row without a usable answer it stays shut: each more would be a
    thousand doubts more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._troubles = 0

    def shut_until(self, now: datetime) -> datetime | None:
        """When the next request may leave; None when it may now."""
        with self._lock:
            return self._until if self._until and now < self._until else None

    def shut(self, until: datetime) -> None:
        """Nobody asks before then."""
        with self._lock:
            self._until = until if self._until is None else max(self._until, until)

    def answered(self) -> None:
        """A request was taken."""
        with self._lock:
            self._troubles = 0

    def troubled(self) -> None:
        """A request had no usable answer."""
        with self._lock:
            self._troubles += 1

    def begin(self) -> None:
        """A new send: what went wrong in an earlier one is over."""
        with self._lock:
            self._troubles = 0

    @property
    def broken(self) -> bool:
        """Whether to stop asking."""
        with self._lock:
            return self._troubles >= TROUBLES
