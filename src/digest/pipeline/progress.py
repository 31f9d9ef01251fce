"""What a send tells while it goes on: one event at a time, the last one `finished`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.models.mail import State


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients are in each state; they always add up to `total`."""

    states: Mapping[State, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def remaining(self) -> int:
        """Those for whom something is still to be done."""
        return sum(number for state, number in self.states.items() if state.open)

    @property
    def done(self) -> int:
        return self.total - self.remaining

    def of(self, *states: State) -> int:
        return sum(self.states.get(state, 0) for state in states)

    def as_json(self) -> dict[str, int]:
        named = {state.value: self.states.get(state, 0) for state in State}
        return {"total": self.total, **named, "remaining": self.remaining}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` is `started`, `resumed`, `progress`, `waiting` or `finished`."""

    kind: str
    run: str
    edition: str
    counts: Counts
    seconds: float = 0.0
    rate: float = 0.0
    words: str = ""

    def as_json(self) -> dict[str, Any]:
        """The event as one line of NDJSON has it."""
        line: dict[str, Any] = {"event": self.kind, "run": self.run, "edition": self.edition}
        if self.words:
            line["detail"] = self.words
        return line | self.counts.as_json() | {"seconds": round(self.seconds, 3), "rate": round(self.rate, 1)}
