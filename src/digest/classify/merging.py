"""The second pass: events that grew together become one, nearest first, and the elder's id is kept."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence

from digest.classify.events import WINDOW, Event, fade

MOST_TERMS = 100
COMMON = 400


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
        self._by_term: dict[str, set[int]] = {}
        self._versions = dict.fromkeys(self._events, 0)
        self._centroids = {number: _centroid(event.total) for number, event in self._events.items()}
        for number, centroid in self._centroids.items():
            for term in centroid:
                self._by_term.setdefault(term, set()).add(number)
        self._heap: list[tuple[float, int, int, int, int]] = []
        self._kept: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        for number in self._events:
            self._queue(number, after=True)
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
                self._by_term[term].discard(number)
        del self._centroids[younger], self._versions[younger]
        for term, value in gone.total.items():
            into.total[term] = into.total.get(term, 0.0) + value
        into.size += gone.size
        into.sources |= gone.sources
        into.begun, into.last = min(into.begun, gone.begun), max(into.last, gone.last)
        self._apart = frozenset(
            frozenset(into.id if name == gone.id else name for name in pair) for pair in self._apart
        )
        self._kept[gone.id] = into.id
        self._versions[elder] += 1
        self._centroids[elder] = _centroid(into.total)
        for term in self._centroids[elder]:
            self._by_term.setdefault(term, set()).add(elder)
        self._queue(elder)

    def _queue(self, number: int, after: bool = False) -> None:
        """Queue the event's near ones; with `after`, only those of a higher number, so that each pair comes once."""
        for other, likeness in self._near(number, after):
            elder, younger = min(number, other), max(number, other)
            entry = (-likeness, elder, younger, self._versions[elder], self._versions[younger])
            if after:
                self._heap.append(entry)
            else:
                heapq.heappush(self._heap, entry)

    def _near(self, number: int, after: bool) -> Iterator[tuple[int, float]]:
        event, mine = self._events[number], self._centroids[number]
        sums: dict[int, float] = {}
        common: dict[int, int] = {}
        for term, value in mine.items():
            postings = self._by_term[term]
            if len(postings) > COMMON:
                continue
            for other in postings:
                if other > number or (other != number and not after):
                    sums[other] = sums.get(other, 0.0) + value * self._centroids[other][term]
                    common[other] = common.get(other, 0) + 1
        for other, cosine in sums.items():
            them = self._events[other]
            gap = max(0.0, them.begun - event.last, event.begun - them.last)
            likeness = cosine * fade(gap) if gap <= WINDOW else 0.0
            fits = event.size + them.size <= self._cap and common[other] >= min(self._shared, len(mine))
            alone = len(event.sources | them.sources) == 1 and event.sources <= self._newsrooms
            least = self._own if alone else self._floor
            if likeness >= least and fits and frozenset((event.id, them.id)) not in self._apart:
                yield other, likeness


def _centroid(total: Mapping[str, float]) -> dict[str, float]:
    heaviest = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS]
    length = sum(value * value for _, value in heaviest) ** 0.5
    return {term: value / length for term, value in heaviest} if length > 0 else {}
