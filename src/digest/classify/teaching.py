"""What the model is taught with: the stories whose topic the rules, the sources or the editors already know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from digest.classify.bayes import EDITOR_WEIGHT, NEWEST, OTHER, Lesson, terms_of
from digest.classify.rules import Rules
from digest.models.story import Story
from digest.settings import Source

AHEAD = 1.5


def lessons(
    stories: Iterable[Story],
    rules: Rules,
    sources: Mapping[str, Source],
    corrections: Mapping[str, Mapping[str, bool]],
) -> Iterator[Lesson]:
    """One lesson for each story that is clear: the newest 25,000, and every corrected one.

    Clear is a story that an editor corrected, that states its topic, whose source or place names one, or whose
    phrases put one topic well ahead of the others. A story without any of these teaches `OTHER`, for a beginning.
    """
    newest = sorted(stories, key=lambda s: (-(s.when.timestamp() if s.when else 0.0), s.id))
    for number, story in enumerate(newest):
        told = corrections.get(story.id, {})
        if number >= NEWEST and not told:
            continue
        source = sources.get(story.source)
        yield from _about(story, rules, source.topics if source else (), told)


def _about(story: Story, rules: Rules, defaults: tuple[str, ...], told: Mapping[str, bool]) -> Iterator[Lesson]:
    terms = terms_of(story)
    yes = sorted(topic for topic, belongs in told.items() if belongs and topic in rules.topics)
    if yes:
        for topic in yes:
            yield Lesson(terms, topic, EDITOR_WEIGHT / len(yes))
        return
    hits = [hit for hit in rules.matched(story) if told.get(hit.topic, True)]
    placed = sorted({*story.topics, *defaults, *rules.placed(story)} & set(rules.topics) - set(told))
    if len(placed) == 1:
        yield Lesson(terms, placed[0])
    elif not placed and not hits:
        # An editor who took every topic away is sure that it has none; the lists are not.
        yield Lesson(terms, OTHER, EDITOR_WEIGHT if told else 1.0, sure=bool(told))
    elif hits and not placed:
        ahead = len(hits) == 1 or hits[0].weight >= AHEAD * hits[1].weight
        yield Lesson(terms, hits[0].topic, sure=ahead)
