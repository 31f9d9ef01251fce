"""How much a story matters and how fresh it is, as one number with its reasons in words.

The number is in half-lives: two means that a story half as important must be two half-lives younger to stand as high.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.models.story import Kind, Story
from digest.select.entry import Entry
from digest.select.window import words_for
from digest.settings import Source

FRONT_BONUS = 1.5
FRONT_HALVES = 4.0
TAKEAWAYS = 0.4
LONG, SHORT = 250, 60
LENGTH = 0.2
BY_KIND: Mapping[Kind, float] = {
    Kind.NEWS: 0.0,
    Kind.ANALYSIS: -0.2,
    Kind.OPINION: -0.5,
    Kind.LIVE: -0.5,
    Kind.SERVICE: -1.5,
    Kind.COMMERCE: -3.0,
    Kind.SPONSORED: -3.0,
}
JUDGED_RAILS = ("front", "top", "featured", "most read", "most popular", "trending", "popular", "editor")
NEWEST_RAILS = ("latest", "newest", "recent", "just in", "ticker")


@dataclass(frozen=True, slots=True)
class Standing:
    """What all members of an event share: their sources' summed weight, and their best place on a front page."""

    sources: int
    weight: float
    place: int | None

    @property
    def importance(self) -> float:
        """The summed weight of the distinct sources, at least a hundredth."""
        return max(self.weight, 0.01)


@dataclass(frozen=True, slots=True)
class Score:
    """A story's number, and the reasons that it is made of."""

    value: float
    reasons: tuple[str, ...]


def standing(entries: Iterable[Entry], sources: Mapping[str, Source]) -> Standing:
    """The standing of one event from the stories in it."""
    weights: dict[str, float] = {}
    places: list[int] = []
    for entry in entries:
        name = entry.story.source
        source = sources.get(name)
        weights[name] = source.weight if source else 1.0
        place = front_place(entry.story, source)
        if place is not None:
            places.append(place)
    total = math.fsum(weights[name] for name in sorted(weights))
    return Standing(len(weights), total, min(places, default=None))


def front_place(story: Story, source: Source | None) -> int | None:
    """The story's place (0 is first) where the newsroom itself orders by importance: a front page, a "Top" rail.

    A rail that is ordered by time, such as "Latest", says nothing about importance.
    """
    front = source is not None and source.role == "front"
    places = []
    for rail, place in zip(story.rails, story.rail_order, strict=False):
        name = rail.casefold()
        by_time = any(word in name for word in NEWEST_RAILS)
        if not by_time and (front or any(word in name for word in JUDGED_RAILS)):
            places.append(place)
    return min(places, default=None)


def score(entry: Entry, event: Standing, *, cut: datetime, half_life: timedelta) -> Score:
    """A story's score for this cut: log2 of its event's sources, what the newsroom shows of it, and its age."""
    story = entry.story
    parts: list[tuple[float, str]] = []
    if event.sources > 1:
        parts.append((math.log2(event.importance), f"{event.sources} sources"))
    elif event.importance != 1.0:
        parts.append((math.log2(event.importance), f"source weight {event.importance:g}"))
    if event.place is not None:
        bonus = FRONT_BONUS * 2.0 ** (-event.place / FRONT_HALVES)
        parts.append((bonus, f"place {event.place + 1} on the front page"))
    if story.takeaways:
        parts.append((TAKEAWAYS, "key takeaways"))
    parts += _length(story)
    if BY_KIND[story.kind]:
        parts.append((BY_KIND[story.kind], story.kind.value))
    if entry.boost:
        parts.append((entry.boost, "an editor's boost" if entry.boost > 0 else "held back by an editor"))
    when = story.when or cut
    age = max(cut - when, timedelta())
    verb = "published" if story.published else "first seen"
    parts.append((-(age / half_life), f"{verb} {words_for(age)} before the cut"))
    return Score(round(math.fsum(value for value, _ in parts), 6), tuple(reason for _, reason in parts))


def hot(importance: float, at: datetime, half_life: timedelta) -> float:
    """The key that orders events alike at any moment: log2 of importance, plus time in half-lives since 1970."""
    return math.log2(max(importance, 0.01)) + at.timestamp() / half_life.total_seconds()


def _length(story: Story) -> list[tuple[float, str]]:
    if story.teaser:
        return [(-LENGTH, "known by its title and excerpt only")]
    number = len(story.body.split()) if story.body else 0
    if number >= LONG:
        return [(LENGTH, "a full article")]
    if 0 < number < SHORT:
        return [(-LENGTH, "a short item")]
    return []
