"""The teasers of a dump's rails: pairs of a headline and an excerpt under the heading of a rail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC

from digest.ingest.dates import written
from digest.ingest.dumps.lines import Line
from digest.ingest.prose import ends_a_sentence, words
from digest.ingest.rails import is_noise, is_rail, is_story_rail
from digest.models.story import normalise_title

MOST = 100


@dataclass(frozen=True, slots=True)
class Teaser:
    """A headline with its excerpt, the rails it stood in, and its place in each (from 0)."""

    title: str
    excerpt: str
    rails: tuple[str, ...]
    order: tuple[int, ...]


@dataclass(slots=True)
class _Entry:
    title: str
    excerpt: str
    places: list[tuple[str, int]] = field(default_factory=list)


def read_teasers(lines: list[Line]) -> tuple[Teaser, ...]:
    """Every teaser once, in order of appearance. A rail has at least two pairs; other lines in it end it."""
    found: dict[str, _Entry] = {}
    for rail, pairs in _rails(lines):
        if len(pairs) < 2:
            continue
        for place, (title, excerpt) in enumerate(pairs):
            entry = found.setdefault(normalise_title(title), _Entry(title, excerpt))
            if all(name != rail for name, _ in entry.places) and len(found) <= MOST:
                entry.places.append((rail, place))
    return tuple(
        Teaser(entry.title, entry.excerpt, tuple(n for n, _ in entry.places), tuple(p for _, p in entry.places))
        for entry in found.values()
        if entry.places
    )


def _rails(lines: list[Line]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each rail with its pairs."""
    rails: list[tuple[str, list[tuple[str, str]]]] = []
    is_open = False
    i = 0
    while i < len(lines):
        line = lines[i]
        if not line.is_bullet and is_rail(line.text):
            is_open = is_story_rail(line.text)
            if is_open:
                rails.append((line.text, []))
        elif is_open and i + 1 < len(lines) and _is_pair(line, lines[i + 1]):
            rails[-1][1].append((line.text, lines[i + 1].text))
            i += 1
        elif not is_noise(line.text):
            is_open = False
        i += 1
    return rails


def _is_pair(title: Line, excerpt: Line) -> bool:
    if title.is_bullet or excerpt.is_bullet or not (title.after_blank and title.before_blank and excerpt.after_blank):
        return False
    if not 3 <= words(title.text) <= 30 or title.text.endswith(".") or "©" in title.text or is_rail(excerpt.text):
        return False
    if normalise_title(title.text) == normalise_title(excerpt.text) or (
        written(title.text, UTC) and words(title.text) <= 5
    ):
        return False
    return words(excerpt.text) >= 8 and (ends_a_sentence(excerpt.text) or words(excerpt.text) >= 15)
