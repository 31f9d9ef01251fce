"""What a send tells while it goes on: one event at a time, the last one `finished`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.models.mail import State

# What people read; JSON keeps the names of the states.
IN_WORDS: Mapping[State, str] = {
    State.ACCEPTED: "accepted by the mail server",
    State.DEFERRED: "will retry",
    State.REJECTED: "failed for good",
    State.UNKNOWN: "no answer, may have arrived",
    State.SUPPRESSED: "left out",
    State.SKIPPED: "not wanted today",
    State.EXPIRED: "too late, not sent",
    State.CANCELLED: "cancelled",
    State.PLANNED: "to be sent",
    State.CLAIMED: "being sent",
    State.INTENT: "being sent",
}


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
    """One thing that happened.

    `kind` is `scheduled`, `undo` (a countdown before the first message), `started`, `resumed`, `progress`, `waiting`,
    `paused` or `finished`; `words` say more.
    """

    kind: str
    run: str
    edition: str
    counts: Counts
    seconds: float = 0.0
    rate: float = 0.0
    words: str = ""

    @property
    def left_seconds(self) -> float | None:
        """How long it will take to the end at the rate so far; None while that cannot be said."""
        return self.counts.remaining / self.rate if self.rate > 0 else None

    def as_json(self) -> dict[str, Any]:
        """The event as one line of NDJSON has it."""
        line: dict[str, Any] = {"event": self.kind, "run": self.run, "edition": self.edition}
        if self.words:
            line["detail"] = self.words
        return line | self.counts.as_json() | {"seconds": round(self.seconds, 3), "rate": round(self.rate, 1)}
