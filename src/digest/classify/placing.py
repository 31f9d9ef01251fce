"""New stories in their places: all rules, the model and the events brought together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from digest.classify.bayes import Model, train
from digest.classify.clusters import Known, gather
from digest.classify.reading import Reading, read
from digest.classify.rules import Rules, compile_rules
from digest.classify.semantic import Sense, text_of
from digest.classify.teaching import lessons
from digest.classify.topics import assign
from digest.models.story import Story, TopicScore
from digest.settings import Source, Topic

TEACHERS = 6_000


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one story stands: its topics, surest first, and its event."""

    story_id: str
    topics: tuple[TopicScore, ...]
    cluster: str


@dataclass(frozen=True, slots=True)
class Classified:
    """All new stories in their places, by time and id; `aliases` maps ids of merged events to the kept one."""

    items: tuple[Placed, ...]
    aliases: Mapping[str, str]


def classify(
    stories: Sequence[Story],
    *,
    topics: Mapping[str, Topic],
    sources: Mapping[str, Source],
    recent: Sequence[Known] = (),
    corrections: Mapping[str, Mapping[str, bool]] | None = None,
    older: Sequence[Story] = (),
    apart: Collection[frozenset[str]] = (),
    sense: Sense | None = None,
) -> Classified:
    """Topics and event of every story of `stories`, whatever their order.

    `recent` are the stored stories of the last 72 hours with their events; they attract, and none is placed again.
    `corrections` are editors' words by story and topic (True: belongs), for stored stories too: they stand above
    every rule and outweigh it in what the model learns. `older` are further stored stories that only teach: a
    newsroom of thirty stories a day has enough to learn from in a week, not in 72 hours. Of all that are stored the
    corrected and the newest 6,000 teach. `apart` are pairs of events that an editor split. `sense` weighs topics by
    meaning too (`semantic.load()`, an extra).
    """
    rules = compile_rules(topics)
    told = corrections or {}
    every = {story.id: story for story in (*_teachers(older, recent, told), *stories)}
    readings = {story.id: read(story, rules) for story in every.values()}
    model = train(lessons(every.values(), rules, sources, told, readings=readings))
    clusters, aliases = gather(stories, recent, apart=apart)
    ordered = sorted({s.id: s for s in stories}.values(), key=lambda s: (s.when.timestamp() if s.when else 0.0, s.id))
    near = sense.nearness(topics, [text_of(story) for story in ordered]) if sense else [{} for _ in ordered]
    items = tuple(
        Placed(
            story.id,
            topics_of(
                story, rules, sources, model, told.get(story.id, {}), reading=readings[story.id], near=nearness
            ),
            clusters[story.id],
        )
        for story, nearness in zip(ordered, near, strict=True)
    )
    return Classified(items, aliases)


def _teachers(older: Sequence[Story], recent: Sequence[Known], told: Collection[str]) -> list[Story]:
    """The stored stories that teach: the corrected ones, and of the others the newest."""
    known = {story.id: story for story in (*older, *(known.story for known in recent))}
    if len(known) <= TEACHERS:
        return list(known.values())
    newest = sorted(known.values(), key=lambda s: (-(s.when.timestamp() if s.when else 0.0), s.id))
    return [story for number, story in enumerate(newest) if number < TEACHERS or story.id in told]


def topics_of(
    story: Story,
    rules: Rules,
    sources: Mapping[str, Source],
    model: Model | None,
    told: Mapping[str, bool],
    *,
    reading: Reading | None = None,
    near: Mapping[str, float] | None = None,
) -> tuple[TopicScore, ...]:
    """The topics of one story after the editors' corrections, whose rule is `editor`."""
    source = sources.get(story.source)
    found = assign(story, rules, defaults=source.topics if source else (), model=model, reading=reading, near=near)
    if not told:
        return found
    kept = [score for score in found if score.topic not in told]
    added = [TopicScore(topic, 1.0, "editor") for topic, belongs in told.items() if belongs and topic in rules.topics]
    return tuple(sorted([*kept, *added], key=lambda score: (-score.confidence, score.topic)))
