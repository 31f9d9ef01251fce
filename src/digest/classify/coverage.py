"""How well the publication's rules cover its stories: what an editor needs to mend the lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.classify.bayes import train
from digest.classify.reading import read
from digest.classify.rules import compile_rules
from digest.classify.teaching import lessons
from digest.classify.topics import assign
from digest.classify.words import STOP, lead, words
from digest.models.story import Story
from digest.settings import Source, Topic

MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """One topic: its stories, how many each kind of rule gave, and what editors said to those they looked at.

    `rules` counts by `explicit`, `source`, `section`, `category`, `match` and `model`; `right` and `wrong` are the
    rules' answers that editors confirmed and took away, `missed` is what editors added.
    """

    topic: str
    stories: int
    rules: Mapping[str, int]
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of answers that editors confirmed; None where they looked at none."""
        looked = self.right + self.wrong
        return self.right / looked if looked else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """All topics, how many stories have one, and the most frequent words of those that have none."""

    stories: int
    covered: int
    topics: tuple[TopicCoverage, ...]
    words: tuple[tuple[str, int], ...]


def coverage(
    stories: Sequence[Story],
    *,
    topics: Mapping[str, Topic],
    sources: Mapping[str, Source],
    corrections: Mapping[str, Mapping[str, bool]] | None = None,
) -> Coverage:
    """What the rules and the model say of these stories, measured before any correction is applied."""
    rules, told = compile_rules(topics), corrections or {}
    every = {story.id: story for story in stories}
    readings = {story.id: read(story, rules) for story in every.values()}
    model = train(lessons(every.values(), rules, sources, told, readings=readings))
    by_rule: dict[str, Counter[str]] = {topic: Counter() for topic in topics}
    judged: dict[str, Counter[str]] = {topic: Counter() for topic in topics}
    covered = 0
    bare: Counter[str] = Counter()
    for story in every.values():
        source = sources.get(story.source)
        defaults = source.topics if source else ()
        found = assign(story, rules, defaults=defaults, model=model, reading=readings[story.id])
        covered += bool(found)
        if not found:
            bare.update(
                {word for word in words(f"{story.title} {lead(story)}") if word not in STOP and len(word) > 2}
            )
        given = {score.topic for score in found}
        for score in found:
            by_rule[score.topic][score.rule.split(":")[0].split(" ")[0]] += 1
        for topic, belongs in told.get(story.id, {}).items():
            if topic in judged and (belongs or topic in given):
                judged[topic]["wrong" if not belongs else "right" if topic in given else "missed"] += 1
    rows = tuple(
        TopicCoverage(
            topic,
            by_rule[topic].total(),
            dict(sorted(by_rule[topic].items())),
            judged[topic]["right"],
            judged[topic]["wrong"],
            judged[topic]["missed"],
        )
        for topic in topics
    )
    frequent = sorted(bare.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]
    return Coverage(len(every), covered, rows, tuple(frequent))
