"""Which topics a story has, how sure that is, and which rule said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.classify.bayes import OTHER, Model
from digest.classify.reading import Reading, read
from digest.classify.rules import TITLE_WEIGHT, Hit, Rules
from digest.classify.semantic import blended
from digest.models.story import Story, TopicScore

EXPLICIT = 1.0
SOURCE = 0.99
PLACED = 0.98
MOST_BY_WORDS = 0.97
CLEAR = 0.4
MARGIN = 0.2
ALONGSIDE = 0.3
BESIDE = 0.5
SEVERAL = 3.0


def assign(
    story: Story,
    rules: Rules,
    *,
    defaults: Sequence[str] = (),
    model: Model | None = None,
    reading: Reading | None = None,
    near: Mapping[str, float] | None = None,
) -> tuple[TopicScore, ...]:
    """The story's topics, surest first: what it says itself, its source's defaults, its place, its words.

    Topics that the story itself states (`explicit`) are complete: nothing is added to them. A source's defaults
    (`source`) and the URL's and the feed's sections (`section:…`, `category:…`) stand, and phrases (`match:…`) may
    add to them. Where a model was taught it weighs the phrases' topics, and decides alone (`model .91`) for stories
    that nothing else places; when its first and second answer are too near, or none is likely, there is no topic.
    `reading` is the story as already read under these rules, `near` its nearness in meaning to each topic.
    """
    known = set(rules.topics)
    stated = [topic for topic in dict.fromkeys(story.topics) if topic in known]
    if stated:
        return tuple(TopicScore(topic, EXPLICIT, "explicit") for topic in sorted(stated))
    found: dict[str, TopicScore] = {
        topic: TopicScore(topic, SOURCE, "source") for topic in dict.fromkeys(defaults) if topic in known
    }
    seen = reading or read(story, rules)
    for topic, rule in seen.placed.items():
        found.setdefault(topic, TopicScore(topic, PLACED, rule))
    likely: Mapping[str, float] | None = model.scores(seen.terms) if model else None
    if near:
        likely = blended(likely, near)
    judged = _judged(seen.hits, likely, bool(found))
    for score in judged:
        found.setdefault(score.topic, score)
    return tuple(sorted(found.values(), key=lambda score: (-score.confidence, score.topic)))


def _judged(hits: Sequence[Hit], likely: Mapping[str, float] | None, settled: bool) -> list[TopicScore]:
    """Topics by the words of the story. `settled`: its place is known, so only phrases may add to it."""
    if likely is None:
        return _by_phrases(hits)
    phrases = {hit.topic: hit for hit in hits}
    ranked = sorted(
        ((p, topic) for topic, p in likely.items() if topic != OTHER), key=lambda pair: (-pair[0], pair[1])
    )
    first, top = ranked[0]
    other = likely.get(OTHER, 0.0)
    second = max([other, *(p for p, _ in ranked[1:])])
    scores: list[TopicScore] = []
    for p, topic in ranked:
        hit = phrases.pop(topic, None)
        chosen = topic == top and first >= CLEAR and first - second >= MARGIN
        if hit and (chosen or p >= max(ALONGSIDE, other + MARGIN)):
            scores.append(TopicScore(topic, _rounded(p), f"match:{hit.phrase}"))
        elif hit and _telling(hit):
            scores.append(TopicScore(topic, _rounded(max(p, ALONGSIDE)), f"match:{hit.phrase}"))
        elif chosen and not settled:
            scores.append(TopicScore(topic, _rounded(p), f"model {_rounded(p):.2f}".replace(" 0.", " .")))
    # Topics that the model never learnt, for want of lessons, still have their phrases.
    unlearnt = [hit for hit in phrases.values() if hit.topic not in likely]
    return scores + _by_phrases(unlearnt)


def _by_phrases(hits: Sequence[Hit]) -> list[TopicScore]:
    if not hits:
        return []
    heaviest = max(hit.weight for hit in hits)
    return [
        TopicScore(hit.topic, _rounded(_sure(hit.weight)), f"match:{hit.phrase}")
        for hit in hits
        if hit.weight >= BESIDE * heaviest
    ]


def _telling(hit: Hit) -> bool:
    """Whether phrases stand against the model: a title and a lead of them, or one of several words in the title."""
    return hit.weight >= SEVERAL or (hit.weight >= TITLE_WEIGHT and " " in hit.phrase)


def _sure(weight: float) -> float:
    """One phrase in the lead .5, one in the title .67, several of them up to .85."""
    return min(0.85, weight / (weight + 1.0))


def _rounded(value: float) -> float:
    return round(min(value, MOST_BY_WORDS), 2)
