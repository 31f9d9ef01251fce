"""How well the topics cover what is published, how often each rule was right, and what no topic speaks of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from digest.classify import Rules, compile_rules, topics_of, train
from digest.classify.semantic import text_of
from digest.classify.teaching import lessons
from digest.classify.words import STOP, lead, stem, words
from digest.pipeline.meaning import open_sense
from digest.pipeline.project import Project
from digest.store import stories
from digest.store.stories import Stored

SINCE = timedelta(days=14)
MOST_WORDS = 20
LEAST_STORIES = 2


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """One topic: how many stories it has, by the kind of rule that said so (`match`, `model`, `source` …)."""

    topic: str
    stories: int
    rules: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often one rule of a topic was right, of the stories that an editor corrected."""

    topic: str
    rule: str
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The topics over the stories of the last fourteen days; `missed` counts by topic what only an editor knew."""

    stories: int
    covered: int
    topics: tuple[TopicCoverage, ...]
    precision: tuple[RulePrecision, ...]
    missed: tuple[tuple[str, int], ...]
    words: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "stories": self.stories,
            "covered": self.covered,
            "topics": [{"topic": t.topic, "stories": t.stories, "rules": dict(t.rules)} for t in self.topics],
            "precision": [
                {
                    "topic": p.topic,
                    "rule": p.rule,
                    "right": p.right,
                    "wrong": p.wrong,
                    "precision": round(p.precision, 3),
                }
                for p in self.precision
            ],
            "missed": dict(self.missed),
            "uncovered_words": dict(self.words),
        }


def coverage(project: Project) -> Coverage:
    """Look the topics over. The rules are asked anew of every corrected story, as if nobody had corrected it."""
    with project.store.database.read() as connection:
        recent = stories.since(connection, project.now() - SINCE)
        told = stories.corrections(connection)
        corrected = stories.these(connection, told)
    rules = compile_rules(project.settings.topics)
    precision, missed = _precision(project, rules, recent, corrected, told)
    bare = [s for s in recent if not s.topics]
    return Coverage(
        len(recent),
        len(recent) - len(bare),
        tuple(_topic(topic, recent) for topic in project.settings.topics),
        precision,
        missed,
        _words(bare),
    )


def _topic(topic: str, recent: tuple[Stored, ...]) -> TopicCoverage:
    scores = [score for stored in recent for score in stored.topics if score.topic == topic]
    kinds = Counter(_kind(score.rule) for score in scores)
    return TopicCoverage(topic, len(scores), tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))))


def _kind(rule: str) -> str:
    return rule.split(":", maxsplit=1)[0].split(" ", maxsplit=1)[0]


def _precision(
    project: Project,
    rules: Rules,
    recent: tuple[Stored, ...],
    corrected: tuple[Stored, ...],
    told: dict[str, dict[str, bool]],
) -> tuple[tuple[RulePrecision, ...], tuple[tuple[str, int], ...]]:
    sources = {source.name: source for source in project.settings.sources}
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    missed: Counter[str] = Counter()
    # The model too is asked as if nobody had corrected anything: it must not be praised for what it was told.
    teaching = {s.story.id: s.story for s in (*recent, *corrected)}
    model = train(lessons(teaching.values(), rules, sources, {})) if corrected else None
    sense = open_sense(project.settings) if corrected else None
    texts = [text_of(stored.story) for stored in corrected]
    near = sense.nearness(project.settings.topics, texts) if sense else [{} for _ in texts]
    for stored, nearness in zip(corrected, near, strict=True):
        scores = topics_of(stored.story, rules, sources, model, {}, near=nearness)
        found = {score.topic: score.rule for score in scores}
        for topic, belongs in told[stored.story.id].items():
            if topic in found:
                rule = "model" if _kind(found[topic]) == "model" else found[topic]
                (right if belongs else wrong)[topic, rule] += 1
            elif belongs:
                missed[topic] += 1
    rows = (RulePrecision(topic, rule, right[topic, rule], wrong[topic, rule]) for topic, rule in {*right, *wrong})
    return (
        tuple(sorted(rows, key=lambda row: (row.precision, -row.wrong, row.topic, row.rule))),
        tuple(sorted(missed.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _words(bare: list[Stored]) -> tuple[tuple[str, int], ...]:
    """The words that stand in most of the stories without a topic, each counted once a story."""
    counts: Counter[str] = Counter()
    for stored in bare:
        text = f"{stored.story.title} {lead(stored.story)}"
        counts.update({stem(word) for word in words(text) if len(word) > 2 and word not in STOP and word.isalpha()})
    frequent = [(word, number) for word, number in counts.items() if number >= LEAST_STORIES]
    return tuple(sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS])
