"""From terms to events, so that a story meets only the events that it can belong to."""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping

from digest.classify.events import PAIR, WINDOW, Event, coheres, fade
from digest.classify.vectors import cosine

COMMON = 150
UNSEEN = 0.15

Postings = dict[str, dict[int, float]]


class Index:
    """Live events by the terms of their stories; single stories apart, for those need much more likeness.

    Events beyond the window fall out of the index, not out of `all`.
    """

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._numbers: dict[str, int] = {}
        self._live: OrderedDict[int, Event] = OrderedDict()
        self._single: Postings = {}
        self._many: Postings = {}

    def open(self, event: Event) -> None:
        """Begin an event that has no story yet."""
        self._numbers[event.id] = len(self.all)
        self.all.append(event)

    def add(self, event: Event, vector: Mapping[str, float], at: float, source: str, dot: float) -> None:
        """Add a story to its event; `dot` is the story's dot product with the event's sum."""
        number = self._numbers[event.id]
        if number in self._live and event.size == 1:
            _take(self._single, event.total, number)
        event.take(vector, at, source, dot)
        if event.size == 1:
            _post(self._single, event.total, number)
        elif number in self._live and event.size > 2:
            for term in vector:
                self._many.setdefault(term, {})[number] = event.total[term]
        else:
            _post(self._many, event.total, number)
        self._live[number] = event
        self._live.move_to_end(number)

    def near(self, vector: Mapping[str, float], at: float, floor: float) -> Iterator[tuple[float, float, Event]]:
        """(faded cosine, plain dot product, event) of the live events whose likeness to a story is enough.

        Enough is a faded cosine of `floor`, and that the event stays coherent with the story in it.
        """
        for dot, event in self._meets(vector, floor):
            apart = abs(at - event.last)
            likeness = dot / math.sqrt(event.square) * fade(apart)
            if likeness >= floor and apart <= WINDOW and coheres(event.square, event.size, 1.0, 1, dot, apart):
                yield likeness, dot, event

    def _meets(self, vector: Mapping[str, float], floor: float) -> Iterator[tuple[float, Event]]:
        for number, dot in products(vector, self._many, floor).items():
            event = self.all[number]
            # Before time has faded it: most of what shares a term is far below the floor.
            if dot > 0 and dot * dot >= floor * floor * event.square:
                yield dot, event
        for number in _twins(vector, self._single):
            event = self.all[number]
            yield cosine(vector, event.total), event

    def forget_before(self, moment: float) -> None:
        """Take events whose last story is older than `moment` out of the index."""
        while self._live:
            number, event = next(iter(self._live.items()))
            if event.last >= moment:
                return
            del self._live[number]
            _take(self._single if event.size == 1 else self._many, event.total, number)


def products(
    vector: Mapping[str, float], postings: Mapping[str, Mapping[int, float]], floor: float
) -> dict[int, float]:
    """The dot product of a vector of length one with every event that shares one of its telling terms, and may reach
    a cosine of `floor`.

    A term that stands in very many events brings none of them in by itself, nor do the lightest terms, which together
    are shorter than the floor; both count for those that others brought.
    """
    sums: defaultdict[int, float] = defaultdict(float)
    late: list[tuple[float, Mapping[int, float]]] = []
    left, least = 1.0, floor * floor
    for term, value in sorted(vector.items(), key=_heaviest):
        found = postings.get(term)
        if found is not None:
            if left < least or len(found) > COMMON:
                late.append((value, found))
            else:
                for number, weight in found.items():
                    sums[number] += value * weight
        left -= value * value
    for value, found in late:
        if len(found) < len(sums):
            for number, weight in found.items():
                if number in sums:
                    sums[number] += value * weight
        else:
            for number in sums:
                if number in found:
                    sums[number] += value * found[number]
    return sums


def _heaviest(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]


def _twins(vector: Mapping[str, float], postings: Postings) -> list[int]:
    """Single stories that may be as like as two stories must be: none other shares enough of the heavy terms.

    What two vectors of length one have in common outside of some terms is at most the length that is left of either.
    """
    sums: defaultdict[int, float] = defaultdict(float)
    left = 1.0
    for term, value in sorted(vector.items(), key=_heaviest):
        if left < UNSEEN:
            break
        left -= value * value
        for number, weight in postings.get(term, {}).items():
            sums[number] += value * weight
    needed = PAIR - math.sqrt(max(left, 0.0))
    return [number for number, part in sums.items() if part >= needed]


def _post(postings: Postings, total: Mapping[str, float], number: int) -> None:
    for term, value in total.items():
        postings.setdefault(term, {})[number] = value


def _take(postings: Postings, total: Mapping[str, float], number: int) -> None:
    for term in total:
        found = postings[term]
        del found[number]
        if not found:
            del postings[term]
