"""What the model is taught with: the stories whose topic the rules, the sources or the editors already know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from digest.classify.bayes import EDITOR_WEIGHT, NEWEST, OTHER, Lesson
from digest.classify.reading import Reading, read
from digest.classify.rules import Rules
from digest.models.story import Story
from digest.settings import Source

AHEAD = 1.5


def lessons(
    stories: Iterable[Story],
    rules: Rules,
    sources: Mapping[str, Source],
    corrections: Mapping[str, Mapping[str, bool]],
    *,
    readings: Mapping[str, Reading] | None = None,
) -> Iterator[Lesson]:
    """One lesson for each story that is clear: the newest 25,000, and every corrected one.

    Clear is a story that an editor corrected, that states its topic, whose source or place names one, or whose
    phrases put one topic well ahead of the others. A story without any of these teaches `OTHER`, for a beginning.
    """
    newest = sorted(stories, key=lambda s: (-(s.when.timestamp() if s.when else 0.0), s.id))
    for number, story in enumerate(newest):
        told = {topic: yes for topic, yes in corrections.get(story.id, {}).items() if topic in rules.topics}
        if number >= NEWEST and not told:
            continue
        source = sources.get(story.source)
        reading = readings[story.id] if readings else read(story, rules)
        stated = (*story.topics, *(source.topics if source else ()), *reading.placed)
        yield from _about(reading, set(stated) & set(rules.topics), told)


def _about(reading: Reading, stated: set[str], told: Mapping[str, bool]) -> Iterator[Lesson]:
    terms = reading.terms
    yes = sorted(topic for topic, belongs in told.items() if belongs)
    if yes:
        for topic in yes:
            yield Lesson(terms, topic, EDITOR_WEIGHT / len(yes))
        return
    hits = [hit for hit in reading.hits if told.get(hit.topic, True)]
    placed = sorted(stated - set(told))
    if len(placed) == 1:
        yield Lesson(terms, placed[0])
    elif not placed and not hits:
        # An editor who took every topic away is sure that it has none; the lists are not.
        yield Lesson(terms, OTHER, EDITOR_WEIGHT if told else 1.0, sure=bool(told))
    elif hits and not placed:
        ahead = len(hits) == 1 or hits[0].weight >= AHEAD * hits[1].weight
        yield Lesson(terms, hits[0].topic, sure=ahead)
