"""The takeaways of a dump: bullets under their heading, or bullets of whole sentences before the first paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from digest.ingest.dumps.lines import Line
from digest.ingest.headings import NONE, SURE, strength
from digest.ingest.prose import ends_a_sentence, folded, words
from digest.ingest.rails import is_noise, is_rail

MOST = 15
LONGEST, LONGEST_MEAN = 1_200, 450
_BEFORE = 15
_AFTER = 6


@dataclass(frozen=True, slots=True)
class Found:
    """The bullets, and the lines they and their heading take up, from `first` up to but without `stop`."""

    texts: tuple[str, ...]
    first: int
    stop: int


def find_bullets(lines: list[Line], start: int, end: int) -> Found | None:
    """The takeaways of the story whose text is `lines[start:end]`; None when no bullets are believed."""
    prose = [i for i in range(start, end) if lines[i].is_prose and words(lines[i].text) >= 18]
    early = prose[3] if len(prose) > 3 else end
    best: tuple[int, int] | None = None
    found: Found | None = None
    said: dict[str, int] = {}
    for i, line in enumerate(lines[: end + _AFTER]):
        sure = NONE if line.is_bullet or line.is_prose else strength(line.text)
        if sure == NONE:
            continue
        said[folded(line.text)] = said.get(folded(line.text), 0) + 1
        listed = _under(lines, i, sure)
        if listed is None or said[folded(line.text)] > 2:
            continue
        near = start - _BEFORE <= i
        closing = i > 0 and lines[i - 1].is_prose and len(prose) - bisect_right(prose, i) <= 4
        rank = _rank(listed, sure, near, i <= early, closing)
        if rank and (best is None or (rank, -i) > best):
            best, found = (rank, -i), listed
    return found or _unheaded(lines, start, early)


def _rank(found: Found, sure: int, near: bool, early: bool, closing: bool) -> int:
    lengths = [len(text) for text in found.texts]
    mean = sum(lengths) / len(lengths)
    if len(lengths) > MOST or max(lengths) > LONGEST or mean > LONGEST_MEAN:
        return 0
    if sure == SURE:
        return (3 + near + early if near else 2 * (len(lengths) >= 2 and mean >= 40)) if mean >= 20 else 0
    if not near or not 2 <= len(lengths) <= 10 or mean < 25:
        return 0
    return 2 if early else int(closing and mean >= 35)


def _under(lines: list[Line], label: int, sure: int) -> Found | None:
    first = label + 1
    while first < len(lines) and first <= label + 2 and not lines[first].is_bullet:
        if (lines[first].is_prose and words(lines[first].text) > 30) or strength(lines[first].text) != NONE:
            break
        first += 1
    stop = _list_end(lines, first)
    if stop > first:
        texts = tuple(line.text for line in lines[first:stop] if not line.text.endswith(("›", "»", ">")))
        kept = _without_contents(texts)
        return Found(kept, label, stop) if kept else None
    return _loose(lines, label) if sure == SURE else None


def _without_contents(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Bullets without the table of contents that follows them unbroken: three or more entries, all of them much
    shorter than every bullet before."""
    lengths = [len(text) for text in texts]
    longest_after = list(accumulate(reversed(lengths), max))[::-1]
    shortest = min(lengths[:2], default=0)
    for cut in range(2, len(texts) - 2):
        if shortest >= 45 and longest_after[cut] < 0.65 * shortest:
            return texts[:cut]
        shortest = min(shortest, lengths[cut])
    return texts


def _list_end(lines: list[Line], first: int) -> int:
    """Where the list that starts at `first` ends: at other text, or at a blank line when its items so far follow each
    other without one, for then another list begins."""
    stop = first
    tight = False
    while stop < len(lines) and lines[stop].is_bullet:
        if stop > first:
            if lines[stop].after_blank and tight:
                break
            tight = tight or not lines[stop].after_blank
        stop += 1
    return stop


def _loose(lines: list[Line], label: int) -> Found | None:
    """Lines under a heading that stand alone and read as headlines do, from pages that use no list."""
    stop = label + 1
    while stop < len(lines) and stop - label <= 7:
        line = lines[stop]
        alone = line.after_blank and line.before_blank and not line.is_bullet
        if not alone or not 5 <= words(line.text) <= 30 or ends_a_sentence(line.text) or is_noise(line.text):
            break
        stop += 1
    if 2 <= stop - label - 1 <= 6:
        return Found(tuple(line.text for line in lines[label + 1 : stop]), label, stop)
    return None


def _unheaded(lines: list[Line], start: int, early: int) -> Found | None:
    """Bullets without a heading that are whole sentences, from shortly before the text to its first paragraphs."""
    i = max(0, start - _BEFORE)
    while i < min(early, len(lines)):
        if not lines[i].is_bullet:
            i += 1
            continue
        stop = _list_end(lines, i)
        first = i
        while first > 0 and lines[first - 1].is_bullet:
            first -= 1
        texts = tuple(line.text for line in lines[first:stop])
        labelled = first > 0 and (is_rail(lines[first - 1].text) or lines[first - 1].text.endswith(":"))
        whole = 2 <= len(texts) <= 6 and all(words(t) >= 6 and 35 <= len(t) <= LONGEST for t in texts)
        if whole and not labelled and sum(map(len, texts)) <= LONGEST_MEAN * len(texts):
            return Found(texts, first, stop)
        i = stop
    return None
