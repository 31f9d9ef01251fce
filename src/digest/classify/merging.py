"""The second pass: events that grew together become one, nearest first, and the elder's id is kept."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from digest.classify.events import WINDOW, Event, coheres, fade
from digest.classify.index import products
from digest.classify.vectors import shared

MOST_TERMS = 100


def merge(
    events: Sequence[Event],
    *,
    floor: float,
    own: float,
    newsrooms: frozenset[str],
    shared: int,
    cap: int,
    apart: Collection[frozenset[str]] = (),
) -> dict[str, str]:
    """The kept id by each id that went.

    Two events become one where their centroids' cosine, halved for each day between them, is at least `floor` (`own`
    where both are one of `newsrooms` alone: its two pieces on a subject are two pieces), they share `shared` terms,
    and together they hold at most `cap` stories. `apart` are pairs that an editor split.
    """
    return _Merger(events, floor, own, newsrooms, shared, cap, frozenset(apart)).run()


class _Merger:
    def __init__(
        self,
        events: Sequence[Event],
        floor: float,
        own: float,
        newsrooms: frozenset[str],
        shared: int,
        cap: int,
        apart: frozenset[frozenset[str]],
    ) -> None:
        self._events = dict(enumerate(sorted(events, key=lambda e: e.age)))
        self._floor, self._own, self._newsrooms = floor, own, newsrooms
        self._shared, self._cap, self._apart = shared, cap, apart
        self._by_term: dict[str, dict[int, float]] = {}
        self._versions = dict.fromkeys(self._events, 0)
        self._centroids = {number: _centroid(event.total) for number, event in self._events.items()}
        for number, centroid in self._centroids.items():
            for term, value in centroid.items():
                self._by_term.setdefault(term, {})[number] = value
        self._heap: list[tuple[float, int, int, int, int]] = []
        self._kept: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        # Two single stories that are near enough met in the first pass; only what is more can have grown together.
        for number, event in self._events.items():
            if event.size > 1:
                self._queue(number, first=True)
        heapq.heapify(self._heap)
        while self._heap:
            _, elder, younger, one, other = heapq.heappop(self._heap)
            if self._versions.get(elder) == one and self._versions.get(younger) == other:
                self._join(elder, younger)
        return {gone: self._last(kept) for gone, kept in self._kept.items()}

    def _last(self, kept: str) -> str:
        while kept in self._kept:
            kept = self._kept[kept]
        return kept

    def _join(self, elder: int, younger: int) -> None:
        into, gone = self._events[elder], self._events.pop(younger)
        for number in (elder, younger):
            for term in self._centroids[number]:
                del self._by_term[term][number]
        del self._centroids[younger], self._versions[younger]
        dot = 0.0
        for term, value in gone.total.items():
            before = into.total.get(term, 0.0)
            dot += before * value
            into.total[term] = before + value
        into.square += gone.square + 2 * dot
        into.size += gone.size
        into.sources |= gone.sources
        into.begun, into.last = min(into.begun, gone.begun), max(into.last, gone.last)
        self._apart = frozenset(
            frozenset(into.id if name == gone.id else name for name in pair) for pair in self._apart
        )
        self._kept[gone.id] = into.id
        self._versions[elder] += 1
        self._centroids[elder] = _centroid(into.total)
        for term, value in self._centroids[elder].items():
            self._by_term.setdefault(term, {})[elder] = value
        self._queue(elder)

    def _queue(self, number: int, first: bool = False) -> None:
        """Queue the event's near ones; the `first` time each pair of events comes once."""
        for other, likeness in self._near(number, first):
            elder, younger = min(number, other), max(number, other)
            entry = (-likeness, elder, younger, self._versions[elder], self._versions[younger])
            if first:
                self._heap.append(entry)
            else:
                heapq.heappush(self._heap, entry)

    def _near(self, number: int, first: bool) -> Iterator[tuple[int, float]]:
        event, mine = self._events[number], self._centroids[number]
        for other, cosine in products(mine, self._by_term, self._floor).items():
            if other == number:
                continue
            them = self._events[other]
            if cosine < self._floor or (first and other < number and them.size > 1):
                continue
            gap = max(0.0, them.begun - event.last, event.begun - them.last)
            likeness = cosine * fade(gap)
            alone = len(event.sources | them.sources) == 1 and event.sources <= self._newsrooms
            if gap > WINDOW or likeness < (self._own if alone else self._floor):
                continue
            dot = cosine * math.sqrt(event.square * them.square)
            common = shared(mine, self._centroids[other]) >= min(self._shared, len(mine))
            fits = event.size + them.size <= self._cap and common
            whole = coheres(event.square, event.size, them.square, them.size, dot, gap)
            if fits and whole and frozenset((event.id, them.id)) not in self._apart:
                yield other, likeness


def _centroid(total: Mapping[str, float]) -> dict[str, float]:
    heaviest = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS]
    length = sum(value * value for _, value in heaviest) ** 0.5
    return {term: value / length for term, value in heaviest} if length > 0 else {}
