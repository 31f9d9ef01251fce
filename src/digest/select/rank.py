"""How much a story matters and how fresh it is, as one number with its reasons in words.

The number is in half-lives: two means that a story half as important must be two half-lives younger to stand as high.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.models.story import Kind, Story, normalise_title
from digest.select.entry import Entry
from digest.select.window import words_for
from digest.settings import Source

FRONT_BONUS = 1.5
FRONT_HALVES = 4.0
TAKEAWAYS = 0.4
WEIGHTIEST = 0.3
OWN_AGE = 0.5
CENTRAL, CENTRAL_FROM, LEAST_CENTRAL = 0.6, 0.5, 3
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
    """What all members of an event share: their sources' summed weight, and their best place on a front page.

    `central` says of each story how much its headline has of what the others' headlines say, 1 for the most;
    `fronts` are those that stand on a front page themselves.
    """

    sources: int
    weight: float
    place: int | None
    heaviest: float = 1.0
    lightest: float = 1.0
    newest: datetime | None = None
    central: Mapping[str, float] = field(default_factory=dict)
    fronts: frozenset[str] = frozenset()

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
    places: dict[str, int] = {}
    members = list(entries)
    for entry in members:
        weights[entry.story.source] = source_weight(entry.story, sources)
        place = front_place(entry.story, sources.get(entry.story.source))
        if place is not None:
            places[entry.story.id] = place
    total = math.fsum(weights[name] for name in sorted(weights))
    extremes = max(weights.values(), default=1.0), min(weights.values(), default=1.0)
    dates = [e.story.published for e in members if e.story.published and not e.story.teaser]
    newest = max(dates, default=None)
    place = min(places.values(), default=None)
    return Standing(len(weights), total, place, *extremes, newest, _central(members), frozenset(places))


def source_weight(story: Story, sources: Mapping[str, Source]) -> float:
    """The weight of a story's source; 1 for one that is not configured any more."""
    source = sources.get(story.source)
    return source.weight if source else 1.0


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


def score(entry: Entry, event: Standing, *, cut: datetime, half_life: timedelta, weight: float = 1.0) -> Score:
    """A story's score for this cut: log2 of its event's sources, what the newsroom shows of it, and its age.

    `weight` is that of the story's own source.
    """
    story = entry.story
    parts: list[tuple[float, str]] = []
    if event.sources > 1:
        parts.append((math.log2(event.importance), f"{event.sources} sources"))
        if weight == event.heaviest > event.lightest:
            parts.append((WEIGHTIEST, "from its weightiest source"))
    elif event.importance != 1.0:
        parts.append((math.log2(event.importance), f"source weight {event.importance:g}"))
    central = event.central.get(story.id, 0.0)
    if central >= CENTRAL_FROM:
        parts.append((CENTRAL * central, "its headline says what most of them say"))
    if event.place is not None:
        bonus = FRONT_BONUS * 2.0 ** (-event.place / FRONT_HALVES)
        if story.id in event.fronts:
            parts.append((bonus, f"place {event.place + 1} on the front page"))
        else:
            # The desk chose which report of the event to show; a later one does not push it aside for hours.
            parts.append((bonus / 2, "its event is on the front page"))
    if story.takeaways:
        parts.append((TAKEAWAYS, "key takeaways"))
    parts += _length(story)
    if BY_KIND[story.kind]:
        parts.append((BY_KIND[story.kind], story.kind.value))
    if entry.boost:
        parts.append((entry.boost, "an editor's boost" if entry.boost > 0 else "held back by an editor"))
    parts += _age(story, event, cut, half_life)
    return Score(round(math.fsum(value for value, _ in parts), 6), tuple(reason for _, reason in parts))


def hot(importance: float, at: datetime, half_life: timedelta) -> float:
    """The key that orders events alike at any moment: log2 of importance, plus time in half-lives since 1970."""
    return math.log2(max(importance, 0.01)) + at.timestamp() / half_life.total_seconds()


def _age(story: Story, event: Standing, cut: datetime, half_life: timedelta) -> list[tuple[float, str]]:
    """The age of the event counts in full; what the story is older than its event's newest counts half.

    So a fuller telling stands before a slightly newer one, and news before what it made old.
    """
    age = max(cut - (story.when or cut), timedelta())
    verb = "published" if story.published else "first seen"
    if event.newest is None or event.newest <= (story.when or cut):
        return [(-(age / half_life), f"{verb} {words_for(age)} before the cut")]
    fresh = max(cut - event.newest, timedelta())
    words = f"{verb} {words_for(age)} before the cut, others on it {words_for(fresh)}"
    return [(-(fresh + (age - fresh) * OWN_AGE) / half_life, words)]


def _central(members: Sequence[Entry]) -> dict[str, float]:
    if len(members) < LEAST_CENTRAL:
        return {}
    titles = {e.story.id: {w for w in normalise_title(e.story.title).split() if len(w) > 3} for e in members}
    counts = Counter(word for title in titles.values() for word in title)
    shares = {
        story: sum(counts[word] - 1 for word in title) / (len(title) * (len(members) - 1)) if title else 0.0
        for story, title in titles.items()
    }
    most = max(shares.values())
    return {story: share / most for story, share in shares.items()} if most > 0 else {}


def _length(story: Story) -> list[tuple[float, str]]:
    if story.teaser:
        return [(-LENGTH, "known by its title and excerpt only")]
    number = len(story.body.split(None, LONG))
    if number >= LONG:
        return [(LENGTH, "a full article")]
    if 0 < number < SHORT:
        return [(-LENGTH, "a short item")]
    return []
