"""Choose the sentences of a body that tell the news: by place, by the words the whole text is about, by length."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from digest.summarise.boilerplate import dateline, is_boilerplate
from digest.summarise.grammar import FUNCTION, NOTHING
from digest.summarise.leaning import leans
from digest.summarise.sentences import spans
from digest.summarise.terms import LETTER, repeats, terms

# How much of a sentence a human summary of the same news takes up, as a linear model of its place and words. Fitted
# by ridge regression to news articles with human highlights; `_COST` is what a character must be worth to be shown.
_BASE, _COST = 0.233, 0.12
_FIRST, _DEPTH = 0.052, -0.028
_TOPICAL, _TOPICAL_LENGTH = 0.115, 0.0083
_QUOTES, _OPEN_QUOTE = -0.012, -0.021
_LEAST = 0.005
# The length of a human summary in characters. With it the choice is the one of the best expected F-measure, so that a
# long budget is not filled for its own sake.
_USUAL = 205

_MOST_SENTENCES = 60
_MOST_CHARACTERS = 30_000
_CANDIDATES = 8
_CHOSEN = 3
# Word forms are told apart by their first letters only: a stemmer for any language that is written with endings.
_STEM = 7
_ASCII_STEMS = re.compile(rf"([a-z0-9]{{1,{_STEM}}})[a-z0-9]*")
_STEMS = re.compile(rf"((?:{LETTER}){{1,{_STEM}}})(?:{LETTER})*")
_SAME = 0.8
_LOG = [0.0, *(math.log(number) for number in range(1, _MOST_SENTENCES + 2))]
_MARKS = frozenset('"“”„«»')


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a body: its number from 1, its text without a dateline, its stems, and whether it leans."""

    number: int
    text: str
    stems: frozenset[str]
    worth: float
    leaning: bool


def extract(body: str, title: str, room: int, language: str) -> list[tuple[int, str]]:
    """(number from 1, sentence) of up to three sentences that together fit into `room` characters, in their order.

    Each is verbatim in `body`. A sentence that leans on the one before it comes only right after that one; what the
    title says and what is no news is left out. The list is empty when nothing fits.
    """
    candidates, weight = _candidates(body, title, room, language)
    return [(s.number, s.text) for s in _best(candidates, weight, room)]


def _candidates(body: str, title: str, room: int, language: str) -> tuple[list[Sentence], dict[str, float]]:
    """The sentences most worth their place, in their order, and what each stem weighs against repetition."""
    text = body[:_MOST_CHARACTERS]
    places = spans(text, language)
    if len(text) < len(body):
        places.pop()
    places = places[:_MOST_SENTENCES]
    stop = _stop_stems(language)
    find = (_ASCII_STEMS if text.isascii() else _STEMS).findall
    words = [find(text[begin:end].lower()) for begin, end in places]
    topical = [frozenset(row) - stop for row in words]
    counts: Counter[str] = Counter()
    for row in topical:
        counts.update(row)
    weight = {stem: _LOG[count] for stem, count in counts.items()}
    worth: list[tuple[float, int]] = []
    for index, (begin, end) in enumerate(places):
        row = topical[index]
        if row and (end - begin <= room or index == 0):
            about = sum([weight[stem] for stem in row])
            value = _BASE - _COST + _FIRST / (1 + index) + _DEPTH * _LOG[index + 1]
            value += _TOPICAL * about / len(row) + _TOPICAL_LENGTH * about / math.sqrt(len(words[index]))
            worth.append((-value, index))
    worth.sort()
    told = frozenset(terms(title))
    found: list[Sentence] = []
    for value, index in worth:
        sentence = text[slice(*places[index])]
        sentence = sentence[dateline(sentence) :]
        if len(sentence) > room or is_boilerplate(sentence) or repeats(frozenset(terms(sentence)), told):
            continue
        found.append(
            Sentence(index + 1, sentence, topical[index], _marked(-value, sentence), leans(sentence, language))
        )
        if len(found) == _CANDIDATES:
            break
    return sorted(found, key=lambda s: s.number), {stem: _LOG[count + 1] for stem, count in counts.items()}


def _marked(value: float, sentence: str) -> float:
    """The worth of a sentence with what quotation marks take from it: least of all half a quotation."""
    if not _MARKS.isdisjoint(sentence):
        value += _QUOTES
        if sentence[0] in _MARKS or sentence.count('"') % 2 or sentence.count("“") != sentence.count("”"):
            value += _OPEN_QUOTE
    return max(value, _LEAST)


def _best(found: list[Sentence], weight: dict[str, float], room: int) -> tuple[Sentence, ...]:
    """The choice with the highest expected F-measure, what a later sentence repeats of an earlier one not counted."""
    total = [sum([weight[stem] for stem in s.stems]) for s in found]
    shared = [[sum([weight[stem] for stem in s.stems & t.stems]) for t in found[:at]] for at, s in enumerate(found)]
    top, best = 0.0, ()  # type: float, tuple[int, ...]
    grown: list[tuple[int, float, tuple[int, ...]]] = [(-1, 0.0, ())]
    for _ in range(_CHOSEN):
        before, grown = grown, []
        for used, value, chosen in before:
            for index in range(chosen[-1] + 1 if chosen else 0, len(found)):
                sentence = found[index]
                length = used + 1 + len(sentence.text)
                if length > room or (sentence.leaning and not _follows(sentence, chosen, found)):
                    continue
                repeated = sum([shared[index][other] for other in chosen])
                if chosen and repeated >= _SAME * total[index]:
                    continue
                gained = value + sentence.worth * len(sentence.text) * (1 - repeated / total[index])
                grown.append((length, gained, (*chosen, index)))
                if gained > top * (length + _USUAL):
                    top, best = gained / (length + _USUAL), (*chosen, index)
    return tuple(found[index] for index in best)


def _follows(sentence: Sentence, chosen: tuple[int, ...], found: list[Sentence]) -> bool:
    """Whether the sentence right before this one was chosen."""
    return bool(chosen) and found[chosen[-1]].number == sentence.number - 1


def _stop_stems(language: str) -> frozenset[str]:
    return _STOP_STEMS.get(language, NOTHING)


_STOP_STEMS = {language: frozenset(word[:_STEM] for word in words) for language, words in FUNCTION.items()}
