"""Two desks on one event, in a newsroom of few stories: what they share is its names and figures, little else.

Among a few dozen stories the likeness of two reports of one event is no greater than that of two pieces on one
subject; but their headlines have words in common that hardly any other story has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.classify.events import DAY, Event
from digest.classify.vectors import likeness
from digest.classify.words import STOP, stem, words
from digest.models.story import Story

RARE = 3
IN_TITLES, IN_ALL = 2, 4
LIKE = 0.28
APART = 1.5 * DAY


@dataclass(slots=True)
class Names:
    """The words of a story or an event that at most three stories here have: in titles, and in all."""

    title: set[str] = field(default_factory=set)
    all: set[str] = field(default_factory=set)


class Kin:
    """The events of a gathering by their rare words. Empty where there are many stories: there words are rare by
    chance, and likeness tells enough."""

    def __init__(self, stories: Sequence[Story], counts: Mapping[str, Mapping[str, int]]) -> None:
        titles = {story.id: {stem(word) for word in words(story.title)} - STOP for story in stories}
        in_titles = Counter(word for found in titles.values() for word in found)
        in_all = Counter(word for story in stories for word in counts[story.id])
        self._names = {
            story.id: Names(
                {word for word in titles[story.id] if in_titles[word] <= RARE},
                {word for word in counts[story.id] if in_all[word] <= RARE},
            )
            for story in stories
        }
        self._events: dict[str, tuple[Event, Names]] = {}
        self._by_word: dict[str, set[str]] = {}

    def add(self, story: Story, event: Event) -> None:
        """The story is now in this event."""
        mine = self._names[story.id]
        _, its = self._events.setdefault(event.id, (event, Names()))
        its.title |= mine.title
        its.all |= mine.all
        for word in mine.title:
            self._by_word.setdefault(word, set()).add(event.id)

    def of(self, story: Story, vector: Mapping[str, float], at: float, cap: int) -> tuple[Event, float] | None:
        """The event most like a story among its kin, with their dot product; None where there is none."""
        mine = self._names[story.id]
        met = Counter(event for word in mine.title for event in self._by_word.get(word, ()))
        found: list[tuple[float, str, Event, float]] = []
        for key, number in met.items():
            event, its = self._events[key]
            if number < IN_TITLES or len(mine.all & its.all) < IN_ALL:
                continue
            if event.size >= cap or abs(at - event.last) > APART:
                continue
            like, dot = likeness(vector, event.total, event.square)
            if like >= LIKE:
                found.append((-like, key, event, dot))
        if not found:
            return None
        _, _, event, dot = min(found, key=lambda row: row[:2])
        return event, dot
