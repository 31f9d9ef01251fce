"""A naive Bayes over topics, taught by what the rules themselves found: no labels, no dependency.

Stories that no rule matched teach the class "other", which keeps stories of no configured topic out of the sections.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.classify.words import STOP, lead, stem, words
from digest.models.story import Story

OTHER = ""
ENOUGH_STORIES = 150
ENOUGH_PER_TOPIC = 12
NEWEST = 6_000
SMOOTHING = 0.3
EDITOR_WEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """One story to learn from: its terms, its topic (`OTHER`: none of them), and how much it counts."""

    terms: tuple[str, ...]
    topic: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: for each term the log-likelihood under each class, in the order of `classes`."""

    classes: tuple[str, ...]
    prior: tuple[float, ...]
    likelihood: Mapping[str, tuple[float, ...]]

    def scores(self, terms: Sequence[str]) -> dict[str, float]:
        """How likely each class is, from 0 to 1, summing to 1.

        Words of a story are far from independent: the evidence is divided by the root of their number, so that
        .9 means about nine in ten instead of every answer being certain.
        """
        known = [self.likelihood[term] for term in terms if term in self.likelihood]
        if not known:
            sums = list(self.prior)
        else:
            calm = len(known) ** -0.5 * 1.6
            sums = [p + calm * sum(column) for p, column in zip(self.prior, zip(*known, strict=True), strict=True)]
        top = max(sums)
        raw = [math.exp(value - top) for value in sums]
        total = sum(raw)
        return {name: value / total for name, value in zip(self.classes, raw, strict=True)}


def terms_of(story: Story) -> tuple[str, ...]:
    """The distinct terms that a story is judged by: title and lead, and the beginning of the body."""
    text = words(f"{story.title} {lead(story)[:3000]} {story.body[:1200]}")
    return tuple(dict.fromkeys(stem(word) for word in text if word not in STOP and len(word) > 1))


def train(lessons: Iterable[Lesson]) -> Model | None:
    """The model that the lessons give; None when they are too few.

    Enough are 150 lessons in all, and two topics with a weight of 12 or more each; topics below that are not learnt.
    """
    counts: dict[str, dict[str, float]] = {}
    weight: dict[str, float] = {}
    number = 0
    for lesson in lessons:
        number += 1
        weight[lesson.topic] = weight.get(lesson.topic, 0.0) + lesson.weight
        seen = counts.setdefault(lesson.topic, {})
        for term in lesson.terms:
            seen[term] = seen.get(term, 0.0) + lesson.weight
    classes = tuple(sorted(name for name, total in weight.items() if total >= ENOUGH_PER_TOPIC))
    if number < ENOUGH_STORIES or len([name for name in classes if name != OTHER]) < 2:
        return None
    vocabulary = {term for name in classes for term in counts[name]}
    usual = {name: sum(counts[name].values()) + SMOOTHING * len(vocabulary) for name in classes}
    likelihood = {
        term: tuple(math.log((counts[name].get(term, 0.0) + SMOOTHING) / usual[name]) for name in classes)
        for term in vocabulary
    }
    total = sum(weight[name] for name in classes)
    prior = tuple(0.5 * math.log(weight[name] / total) for name in classes)
    return Model(classes, prior, likelihood)
