"""Stories about the same event, found by their words and their time; each event's id is that of its first story.

One pass assigns every new story to the nearest event or opens one; a second merges events that grew together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from digest.classify.events import WINDOW, Event
from digest.classify.index import Index
from digest.classify.kin import Kin
from digest.classify.merging import merge
from digest.classify.vectors import shared, terms, vector, weigh
from digest.classify.words import lead, words
from digest.models.story import Story, normalise_title

ASSIGN = 0.18
MERGE = 0.18
STRICT = 0.5
OWN = 0.4
FEW = 50
MANY = 2_000
LEAST_SHARED = 3
SMALLEST_CAP = 60
SAME_TITLE_LEAD = 0.5
RECURRING = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Known:
    """A stored story of the last 72 hours, and the event it is in."""

    story: Story
    cluster: str


def floor(stories: int) -> float:
    """The likeness that two stories need among this many: .18 among thousands, rising to .5 among fifty and fewer.

    Among a few dozen stories every word looks rare, so that two unrelated pieces of one newsroom seem alike: there
    only near-duplicates may merge.
    """
    if stories >= MANY:
        return ASSIGN
    share = (math.log(MANY) - math.log(max(stories, FEW))) / (math.log(MANY) - math.log(FEW))
    return ASSIGN + (STRICT - ASSIGN) * share


def gather(
    stories: Sequence[Story], recent: Sequence[Known] = (), *, apart: Collection[frozenset[str]] = ()
) -> tuple[dict[str, str], dict[str, str]]:
    """(event of each of `stories` by its id, kept id by id of a stored event that was merged away).

    `apart` are pairs of events that an editor split: they are never merged again.

    The result does not depend on the order of the input. A story that is already known keeps its event.
    """
    placed = {known.story.id: known.cluster for known in recent}
    every = {known.story.id: known.story for known in recent} | {story.id: story for story in stories}
    moments = [story.when.timestamp() for story in every.values() if story.when]
    latest = max(moments, default=0.0)
    order = sorted(every.values(), key=lambda story: (story.when.timestamp() if story.when else latest, story.id))
    counts = {story.id: terms(story) for story in order}
    weights = weigh(counts.values(), len(order))
    gatherer = _Gatherer(order, Kin(order, counts) if len(order) < MANY else Kin((), {}))
    for story in order:
        at = story.when.timestamp() if story.when else latest
        gatherer.take(story, vector(counts[story.id], weights), at, placed.get(story.id))
    kept = gatherer.merge(apart)
    final = {story: kept.get(cluster, cluster) for story, cluster in gatherer.placed.items()}
    aliases = {old: new for old, new in kept.items() if old in set(placed.values())}
    return {story.id: final[story.id] for story in stories}, aliases


class _Gatherer:
    """The state of one pass over the stories in order of time."""

    def __init__(self, every: Sequence[Story], kin: Kin) -> None:
        stories = len(every)
        self._kin = kin
        self.index = Index()
        self.placed: dict[str, str] = {}
        self._events: dict[str, Event] = {}
        self._titles: dict[tuple[str, str], tuple[Story, float, str]] = {}
        self._floor = floor(stories)
        self._few = stories < MANY
        # A source with thousands of stories in one gathering is itself a collection of many.
        counts = Counter(story.source for story in every)
        self._newsrooms = frozenset(name for name, number in counts.items() if name and number < MANY)
        self._cap = max(SMALLEST_CAP, stories // 16)

    def take(self, story: Story, weighted: dict[str, float], at: float, cluster: str | None) -> None:
        self.index.forget_before(at - WINDOW)
        title = (story.source, normalise_title(story.title))
        dot = 0.0
        if cluster is None:
            cluster, dot = self._nearest(story, weighted, at, title)
            event = self._events.get(cluster) or self._open(cluster, False, story, at)
        else:
            event = self._events.get(cluster) or self._open(cluster, True, story, at)
            dot = sum(value * event.total[term] for term, value in weighted.items() if term in event.total)
        self.index.add(event, weighted, at, story.source, dot)
        if self._few:
            self._kin.add(story, event)
        self.placed[story.id] = cluster
        self._titles[title] = (story, at, cluster)

    def _open(self, cluster: str, known: bool, story: Story, at: float) -> Event:
        event = Event(cluster, known, (at, story.id), at, at)
        self.index.open(event)
        self._events[cluster] = event
        return event

    def _nearest(
        self, story: Story, weighted: dict[str, float], at: float, title: tuple[str, str]
    ) -> tuple[str, float]:
        recurring = self._recurring(story, at, title)
        best: tuple[float, tuple[float, str], float, str] | None = None
        for likeness, dot, event in self.index.near(weighted, at, self._floor):
            alone = story.source in self._newsrooms and event.sources == {story.source}
            if (alone and likeness < OWN) or event.id == recurring or event.size >= self._cap:
                continue
            if self._few and shared(weighted, event.total) < min(LEAST_SHARED, len(weighted)):
                continue
            rank = (-likeness, event.first, dot, event.id)
            if best is None or rank < best:
                best = rank
        if best:
            return best[3], best[2]
        kin = self._kin.of(story, weighted, at, self._cap) if self._few else None
        return (kin[0].id, kin[1]) if kin and kin[0].id != recurring else (story.id, 0.0)

    def _recurring(self, story: Story, at: float, title: tuple[str, str]) -> str | None:
        """The event that a source's same headline of another day is in, when the text beneath it is another.

        A daily column or market note repeats its title, and much of its text; its words and its figures together say
        whether it repeats itself.
        """
        before = self._titles.get(title)
        if before is None or at - before[1] < RECURRING:
            return None
        old, new = set(words(lead(before[0]))), set(words(lead(story)))
        figures = {word for word in old if word.isdecimal()}, {word for word in new if word.isdecimal()}
        for one, other in ((old, new), figures):
            if one and other and len(one & other) < SAME_TITLE_LEAD * len(one | other):
                return before[2]
        return None

    def merge(self, apart: Collection[frozenset[str]]) -> dict[str, str]:
        """Merge events that grew together; the kept id by each id that went."""
        least = LEAST_SHARED if self._few else 1
        floor = max(self._floor, MERGE)
        return merge(
            self.index.all,
            floor=floor,
            own=max(floor, OWN),
            newsrooms=self._newsrooms,
            shared=least,
            cap=self._cap,
            apart=apart,
        )
