"""The teasers of a dump's rails: pairs of a headline and an excerpt under the heading of a rail."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.ingest.dumplines import Line
from digest.ingest.prose import ends_a_sentence, words
from digest.ingest.rails import is_noise, is_rail
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
class _Found:
    title: str
    excerpt: str
    places: list[tuple[str, int]] = field(default_factory=list)


def read_teasers(lines: list[Line]) -> tuple[Teaser, ...]:
    """Every teaser once, in order of appearance. A rail whose items are not pairs gives none."""
    found: dict[str, _Found] = {}
    rail = ""
    place = 0
    i = 0
    while i < len(lines):
        line = lines[i]
        if not line.is_bullet and is_rail(line.text):
            rail, place = line.text, 0
        elif is_noise(line.text):
            rail = rail if place else ""
        elif rail and i + 1 < len(lines) and _is_pair(line, lines[i + 1]) and len(found) < MOST:
            entry = found.setdefault(normalise_title(line.text), _Found(line.text, lines[i + 1].text))
            if all(name != rail for name, _ in entry.places):
                entry.places.append((rail, place))
            place += 1
            i += 1
        i += 1
    return tuple(
        Teaser(f.title, f.excerpt, tuple(n for n, _ in f.places), tuple(p for _, p in f.places)) for f in found.values()
    )


def _is_pair(title: Line, excerpt: Line) -> bool:
    if title.is_bullet or excerpt.is_bullet or not title.after_blank or is_rail(excerpt.text):
        return False
    if not 3 <= words(title.text) <= 30 or title.text.endswith(".") or normalise_title(title.text) == normalise_title(excerpt.text):
        return False
    return words(excerpt.text) >= 8 and (ends_a_sentence(excerpt.text) or words(excerpt.text) >= 15)
