"""The events known so far, with an index from terms to events: one pass assigns, a second merges."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DAY = 86_400.0
WINDOW = 3 * DAY
HALF_LIFE = DAY


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

    def add(self, event: Event, vector: Mapping[str, float], at: float, source: str, likeness: float = 0.0) -> None:
        """Add a story to its event. `likeness` is the story's dot product with the event's sum, when it is known."""
        number = self._numbers[event.id]
        for term, value in vector.items():
            new = event.total.get(term, 0.0) + value
            event.total[term] = new
            self._by_term.setdefault(term, {})[number] = new
        event.square += 2 * likeness + (1.0 if vector else 0.0)
        event.size += 1
        event.begun, event.last = min(event.begun, at), max(event.last, at)
        event.sources.add(source)
        self._live.move_to_end(number)

    def near(self, vector: Mapping[str, float], at: float) -> Iterable[tuple[float, float, Event]]:
        """(decayed cosine, plain dot product, event) for the live events that share a term with the story."""
        sums: dict[int, float] = {}
        for term, value in vector.items():
            for number, weight in self._by_term.get(term, {}).items():
                sums[number] = sums.get(number, 0.0) + value * weight
        for number, dot in sums.items():
            event = self.all[number]
            apart = abs(at - event.last)
            if apart <= WINDOW and event.square > 0:
                yield dot / event.square**0.5 * fade(apart), dot, event

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


def fade(seconds: float) -> float:
    """What is left of a likeness after so much time between two stories: half after each day."""
    return float(2.0 ** (-seconds / HALF_LIFE))
