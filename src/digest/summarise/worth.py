"""What each sentence of a text is worth to somebody who reads only a few of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from digest.summarise.grammar import FUNCTION, NOTHING
from digest.summarise.terms import LETTER

# How much of a sentence a human summary of the same news takes up, as a linear model of its place and words. Fitted
# by ridge regression to news articles with human highlights; `_COST` is what a character must be worth to be shown.
_BASE, _COST = 0.233, 0.12
_FIRST, _DEPTH = 0.052, -0.028
_TOPICAL, _TOPICAL_LENGTH = 0.115, 0.0083
_QUOTES, _HALF_QUOTE = -0.012, -0.021
_LEAST = 0.005
_MARKS = frozenset('"“”„«»')

# Word forms are told apart by their first letters only: a stemmer for any language that is written with endings.
_STEM = 7
_ASCII_STEMS = re.compile(rf"([a-z0-9]{{1,{_STEM}}})[a-z0-9]*")
_STEMS = re.compile(rf"((?:{LETTER}){{1,{_STEM}}})(?:{LETTER})*")
_STOP_STEMS = {language: frozenset(word[:_STEM] for word in words) for language, words in FUNCTION.items()}
_LOG = [0.0, *(math.log(number) for number in range(1, 1000))]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a text is about: the stems of each sentence, how much each sentence is worth, and what a stem weighs."""

    stems: tuple[frozenset[str], ...]
    worth: tuple[float, ...]
    weights: dict[str, float]


def weigh(text: str, places: list[tuple[int, int]], language: str) -> Topic:
    """The worth of each sentence of `text`, given by its offsets: 0 for one without a word that tells anything.

    At most 998 sentences.
    """
    stop = _STOP_STEMS.get(language, NOTHING)
    find = (_ASCII_STEMS if text.isascii() else _STEMS).findall
    words = [find(text[begin:end].lower()) for begin, end in places]
    stems = [frozenset(row) - stop for row in words]
    counts: Counter[str] = Counter()
    for row in stems:
        counts.update(row)
    weight = {stem: _LOG[count] for stem, count in counts.items()}
    worth = []
    for index, row in enumerate(stems):
        if not row:
            worth.append(0.0)
            continue
        about = sum([weight[stem] for stem in row])
        value = _BASE - _COST + _FIRST / (1 + index) + _DEPTH * _LOG[index + 1]
        value += _TOPICAL * about / len(row) + _TOPICAL_LENGTH * about / math.sqrt(len(words[index]))
        worth.append(max(value, _LEAST))
    return Topic(tuple(stems), tuple(worth), {stem: _LOG[count + 1] for stem, count in counts.items()})


def quoted(worth: float, sentence: str) -> float:
    """The worth of a sentence with what quotation marks take from it, most of all a quotation at its start."""
    if _MARKS.isdisjoint(sentence):
        return worth
    worth += _QUOTES
    if sentence[0] in _MARKS or sentence.count('"') % 2 or sentence.count("“") != sentence.count("”"):
        worth += _HALF_QUOTE
    return max(worth, _LEAST)
