"""Choose sentences of a body that tell the news: by place, by the words the whole text is about, by length."""

from __future__ import annotations

import math
from collections import Counter

from digest.summarise.boilerplate import is_boilerplate
from digest.summarise.grammar import FUNCTION, NOTHING
from digest.summarise.leaning import leans
from digest.summarise.sentences import sentences
from digest.summarise.terms import overlap, terms


def extract(body: str, title: str, room: int, most: int, language: str) -> list[tuple[int, str]]:
    """(number from 1, sentence) of at most `most` sentences that fit into `room` characters, in the body's order."""
    found = sentences(body, language)
    stop = FUNCTION.get(language, NOTHING)
    bags = [frozenset(w for w in terms(s) if w not in stop and len(w) > 1) for s in found[:60]]
    counts: Counter[str] = Counter()
    for bag in bags:
        counts.update(bag)
    weight = {word: math.log1p(count) for word, count in counts.items()}
    scored = []
    for index, bag in enumerate(bags):
        sentence = found[index]
        if not bag or is_boilerplate(sentence) or len(sentence) > room:
            continue
        score = sum(weight[w] for w in bag) / (len(bag) ** 0.7) * (1 / (1 + 0.3 * index))
        scored.append((-score, index))
    scored.sort()
    kept: list[int] = []
    used = 0
    for _, index in scored:
        if used + len(found[index]) > room or len(kept) == most:
            continue
        if any(overlap(bags[index], bags[k]) >= 0.8 for k in kept):
            continue
        kept.append(index)
        used += len(found[index]) + 1
    kept.sort()
    while kept and kept[0] and leans(found[kept[0]], language):
        kept.pop(0)
    return [(index + 1, found[index]) for index in kept]
