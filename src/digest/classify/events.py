"""The events known so far, with an index from terms to events: one pass assigns, a second merges."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DAY = 86_400.0
WINDOW = 3 * DAY
HALF_LIFE = DAY
PAIR = 0.55
CROWD = 0.09
CALMING = 0.7
COPY = 0.9
COMMON = 150


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


class Index:
    """Events by the terms of their stories. Events beyond the window fall out of the index, not out of `all`."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._live: OrderedDict[int, Event] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._by_term: dict[str, dict[int, float]] = {}

    def open(self, event: Event) -> None:
        """Begin an event that has no story yet."""
        self._numbers[event.id] = len(self.all)
        self._live[len(self.all)] = event
        self.all.append(event)

    def add(self, event: Event, vector: Mapping[str, float], at: float, source: str, dot: float = 0.0) -> None:
        """Add a story to its event; `dot` is the story's dot product with the event's sum."""
        number = self._numbers[event.id]
        for term, value in vector.items():
            new = event.total.get(term, 0.0) + value
            event.total[term] = new
            self._by_term.setdefault(term, {})[number] = new
        event.square += 2 * dot + (1.0 if vector else 0.0)
        event.size += 1
        event.begun, event.last = min(event.begun, at), max(event.last, at)
        event.sources.add(source)
        self._live.setdefault(number, event)
        self._live.move_to_end(number)

    def near(self, vector: Mapping[str, float], at: float, floor: float) -> Iterable[tuple[float, float, Event]]:
        """(faded cosine, plain dot product, event) of the live events whose likeness to a story is enough.

        Enough is a faded cosine of `floor`, and that the event stays coherent with the story in it.
        """
        for number, dot in products(vector, self._by_term).items():
            event = self.all[number]
            if dot * dot < floor * floor * event.square:
                continue
            apart = abs(at - event.last)
            likeness = dot / event.square**0.5 * fade(apart)
            if likeness >= floor and apart <= WINDOW and coheres(event.square, event.size, 1.0, 1, dot, apart):
                yield likeness, dot, event

    def forget_before(self, moment: float) -> None:
        """Take events whose last story is older than `moment` out of the index."""
        while self._live:
            number, event = next(iter(self._live.items()))
            if event.last >= moment:
                return
            del self._live[number]
            for term in event.total:
                postings = self._by_term[term]
                del postings[number]
                if not postings:
                    del self._by_term[term]


def products(vector: Mapping[str, float], by_term: Mapping[str, Mapping[int, float]]) -> dict[int, float]:
    """The dot product of a vector with every event that shares one of its telling terms.

    A term that stands in very many events brings none of them in by itself; it counts for those that others brought.
    """
    sums: dict[int, float] = {}
    long: list[tuple[float, Mapping[int, float]]] = []
    for term, value in vector.items():
        postings = by_term.get(term)
        if postings is None:
            continue
        if len(postings) > COMMON:
            long.append((value, postings))
            continue
        for number, weight in postings.items():
            sums[number] = sums.get(number, 0.0) + value * weight
    for value, postings in long:
        for number in sums:
            if number in postings:
                sums[number] += value * postings[number]
    return sums


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
    if dot >= COPY * (square * other) ** 0.5:
        return True
    pairs = square + other + 2 * dot * fade(apart) ** 0.5 - together
    needed = CROWD + (PAIR - CROWD) * math.pow(2 / together, CALMING)
    return pairs >= needed * together * (together - 1)
