"""A naive Bayes over topics, taught by what the rules themselves found: no labels, no dependency.

Stories that no rule matched teach the class "other", which keeps stories of no configured topic out of the sections.
Lists are never complete, so those stories are weighed again by what was learnt, as in Nigam, McCallum, Thrun and
Mitchell, "Text Classification from Labeled and Unlabeled Documents using EM" (2000).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.classify.words import STOP, lead, stem, words
from digest.models.story import Story

OTHER = ""
ENOUGH_STORIES = 150
ENOUGH_PER_TOPIC = 12
NEWEST = 25_000
SMOOTHING = 1.0
ROUNDS = 3
CALM = 1.6
FAINT = 0.02
EDITOR_WEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """One story to learn from: its terms, its topic (`OTHER`: none that was found), and how much it counts.

    One that is not `sure` is weighed again by what the others taught.
    """

    terms: tuple[str, ...]
    topic: str
    weight: float = 1.0
    sure: bool = True


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
        sums = self.prior
        known = [self.likelihood[term] for term in terms if term in self.likelihood]
        if known:
            calm = CALM * len(known) ** -0.5
            sums = tuple(p + calm * sum(c) for p, c in zip(self.prior, zip(*known, strict=True), strict=True))
        top = max(sums)
        raw = [math.exp(value - top) for value in sums]
        total = math.fsum(raw)
        return {name: value / total for name, value in zip(self.classes, raw, strict=True)}


def terms_of(story: Story) -> tuple[str, ...]:
    """The distinct terms that a story is judged by: title and lead, and the beginning of the body."""
    text = words(f"{story.title} {lead(story)[:3000]} {story.body[:1200]}")
    # Each word once before it is looked at: a story repeats its own.
    return tuple(dict.fromkeys([stem(word) for word in dict.fromkeys(text) if len(word) > 1 and word not in STOP]))


def train(lessons: Iterable[Lesson]) -> Model | None:
    """The model that the lessons give, the same in whatever order they come; None when they are too few.

    Enough are 150 lessons in all, and two topics with a weight of 12 or more each; topics below that are not learnt.
    """
    ordered = _bare(sorted(lessons, key=lambda lesson: (lesson.terms, lesson.topic, lesson.weight)))
    sure = _Counts()
    for lesson in ordered:
        if lesson.sure:
            sure.add(lesson.terms, lesson.topic, lesson.weight)
    unsure = [lesson for lesson in ordered if not lesson.sure]
    learnt = [name for name, total in sure.weight.items() if name != OTHER and total >= ENOUGH_PER_TOPIC]
    if len(ordered) < ENOUGH_STORIES or len(learnt) < 2:
        return None
    first = sure.copy()
    for lesson in unsure:
        if lesson.topic == OTHER:
            first.add(lesson.terms, OTHER, lesson.weight)
    classes = tuple(sorted([*learnt, OTHER] if first.weight.get(OTHER, 0.0) >= ENOUGH_PER_TOPIC else learnt))
    model = first.model(classes)
    for _ in range(ROUNDS if unsure else 0):
        again = sure.copy()
        for lesson in unsure:
            for name, share in model.scores(lesson.terms).items():
                if share >= FAINT:
                    again.add(lesson.terms, name, lesson.weight * share)
        model = again.model(classes)
    return model


def _bare(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons without terms of a single story: they teach little, and are more than all others together."""
    times = Counter(term for lesson in lessons for term in lesson.terms)
    return [replace(lesson, terms=tuple(term for term in lesson.terms if times[term] > 1)) for lesson in lessons]


class _Counts:
    """How often terms stood in the lessons of each class."""

    def __init__(self) -> None:
        self.weight: dict[str, float] = {}
        self._terms: dict[str, dict[str, float]] = {}

    def add(self, terms: Sequence[str], name: str, weight: float) -> None:
        self.weight[name] = self.weight.get(name, 0.0) + weight
        counts = self._terms.setdefault(name, {})
        for term in terms:
            counts[term] = counts.get(term, 0.0) + weight

    def copy(self) -> _Counts:
        made = _Counts()
        made.weight = dict(self.weight)
        made._terms = {name: dict(counts) for name, counts in self._terms.items()}
        return made

    def model(self, classes: tuple[str, ...]) -> Model:
        known = [self._terms.get(name, {}) for name in classes]
        vocabulary = sorted(set().union(*known))
        columns: list[tuple[dict[str, float], float]] = []
        for counts in known:
            size = math.log(math.fsum(counts.values()) + SMOOTHING * len(vocabulary))
            column = {term: math.log(count + SMOOTHING) - size for term, count in counts.items()}
            columns.append((column, math.log(SMOOTHING) - size))
        likelihood = {term: tuple([column.get(term, never) for column, never in columns]) for term in vocabulary}
        total = math.fsum(self.weight.get(name, 0.0) for name in classes)
        # Half of the prior: which topics are frequent in a few days says little about the next story.
        prior = tuple(0.5 * math.log((self.weight.get(name, 0.0) + SMOOTHING) / total) for name in classes)
        return Model(classes, prior, likelihood)
