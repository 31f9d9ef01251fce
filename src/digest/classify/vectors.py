"""Stories as weighted terms: title counted twice and lead, by inverse document frequency, of length one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from digest.classify.words import LEAD_WORDS, STOP, lead, stem, words
from digest.models.story import Story

MOST_TERMS = 64


def terms(story: Story) -> dict[str, int]:
    """How often each term stands in the title, twice counted, and the lead."""
    counts: dict[str, int] = {}
    for word in words(story.title):
        if word not in STOP:
            key = stem(word)
            counts[key] = counts.get(key, 0) + 2
    for word in words(lead(story)[:1500])[:LEAD_WORDS]:
        if word not in STOP:
            key = stem(word)
            counts[key] = counts.get(key, 0) + 1
    return counts


def weigh(documents: Iterable[Mapping[str, int]], stories: int) -> dict[str, float]:
    """The weight of every term among this many stories: the rarer, the heavier."""
    seen: dict[str, int] = {}
    for document in documents:
        for term in document:
            seen[term] = seen.get(term, 0) + 1
    return {term: math.log((stories + 1) / (number + 0.5)) for term, number in seen.items()}


def vector(counts: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    """The heaviest 64 terms, scaled to length one; empty for a story without a telling word."""
    raw = {term: (1.0 + math.log(number)) * weights[term] for term, number in counts.items()}
    if len(raw) > MOST_TERMS:
        raw = dict(sorted(raw.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS])
    length = math.sqrt(math.fsum(value * value for value in raw.values()))
    return {term: raw[term] / length for term in sorted(raw)} if length > 0 else {}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Of two vectors of length one."""
    if len(other) < len(one):
        one, other = other, one
    return math.fsum(value * other[term] for term, value in one.items() if term in other)


def likeness(one: Mapping[str, float], total: Mapping[str, float], square: float) -> tuple[float, float]:
    """(cosine, dot product) of a vector of length one and a sum of vectors, `square` being its squared length."""
    dot = math.fsum(value * total[term] for term, value in one.items() if term in total)
    return (dot / math.sqrt(square) if square > 0 else 0.0), dot


def shared(one: Iterable[str], other: Mapping[str, float] | Sequence[str]) -> int:
    """How many terms two stories have in common."""
    return sum(1 for term in one if term in other)
