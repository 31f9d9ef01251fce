"""ROUGE-N and ROUGE-L as F-measures (Lin 2004), without stemming, for any language written with spaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.summarise.terms import terms


def rouge_n(text: str, reference: str, n: int) -> float:
    """The F-measure of shared runs of `n` words, 0 to 1."""
    ours, theirs = _runs(terms(text), n), _runs(terms(reference), n)
    return _f_measure(sum((ours & theirs).values()), sum(ours.values()), sum(theirs.values()))


def rouge_l(text: str, reference: str) -> float:
    """The F-measure of the longest common subsequence of words, 0 to 1."""
    ours, theirs = terms(text), terms(reference)
    return _f_measure(_longest_common(ours, theirs), len(ours), len(theirs))


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    before = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for at, match in enumerate(other):
            row.append(before[at] + 1 if word == match else max(before[at + 1], row[at]))
        before = row
    return before[-1]


def _f_measure(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0
