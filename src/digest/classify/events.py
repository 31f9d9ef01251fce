"""Events while they are gathered, and what keeps one together: the likeness of its stories, and their time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 86_400.0
WINDOW = 3 * DAY
HALF_LIFE = DAY
PAIR = 0.55
CROWD = 0.09
CALMING = 0.7
COPY = 0.9


@dataclass(slots=True)
class Event:
    """Stories about one thing while they are gathered. `total` is the sum of its members' vectors."""

    id: str
    known: bool
    first: tuple[float, str]
    begun: float
    last: float
    size: int = 0
    square: float = 0.0
    total: dict[str, float] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)

    @property
    def age(self) -> tuple[bool, tuple[float, str]]:
        """Orders events from the one whose id is kept in a merge: stored ones first, then the oldest."""
        return (not self.known, self.first)

    def take(self, vector: Mapping[str, float], at: float, source: str, dot: float) -> None:
        """Take a story in; `dot` is its dot product with the sum so far."""
        for term, value in vector.items():
            self.total[term] = self.total.get(term, 0.0) + value
        self.square += 2 * dot + (1.0 if vector else 0.0)
        self.size += 1
        self.begun, self.last = min(self.begun, at), max(self.last, at)
        self.sources.add(source)


def fade(seconds: float) -> float:
    """What is left of a likeness after so much time between two stories: half after each day."""
    return math.pow(2.0, -seconds / HALF_LIFE)


def coheres(square: float, size: int, other: float, others: int, dot: float, apart: float) -> bool:
    """Whether two groups of stories are one event together: by the mean likeness of all pairs among them.

    `square` and `other` are the squared lengths of the groups' sums, `dot` the product of the sums, `apart` the
    seconds between them, of which the root of the fading is taken. Two stories need a likeness of .55; the more
    there are, the less each pair needs, down to .09, for a large event has many sides. What is nearly a copy (.9)
    is the same event whatever the time.
    """
    together = size + others
    if dot >= COPY * math.sqrt(square * other):
        return True
    pairs = square + other + 2 * dot * math.sqrt(fade(apart)) - together
    needed = CROWD + (PAIR - CROWD) * math.pow(2 / together, CALMING)
    return pairs >= needed * together * (together - 1)
