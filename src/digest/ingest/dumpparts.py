"""Which lines of a dump are the headline, the takeaways, the body and its sections, the byline and the dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from digest.ingest.byline import joined
from digest.ingest.dates import written
from digest.ingest.dumplines import Line
from digest.ingest.headings import NONE, SURE, strength
from digest.ingest.prose import ends_a_sentence, folded, words
from digest.ingest.rails import is_noise, is_rail

_GAP = 6
_LOOK_UP = 60
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af)(?:\s+(.{3,80}))?$", re.IGNORECASE)
_STAMP = re.compile(r"\b(?:published|posted|updated|modified|aktualisiert|veröffentlicht|publié|mis à jour|publicado|actualizado|"
                    r"first published|last updated|created|stand)\b", re.IGNORECASE)  # fmt: skip
_UPDATE = re.compile(r"\b(?:updated|modified|aktualisiert|mis à jour|actualizado|last updated)\b", re.IGNORECASE)
_CAPTION = re.compile(r"\b(?:photo|image|picture|getty|reuters|afp|credit|file)\b|^\(|\)$|©", re.IGNORECASE)


@dataclass(slots=True)
class Parts:
    """A dump taken apart. `end` is the index of the first line after the story."""

    title: str = ""
    takeaways: tuple[str, ...] = ()
    body: list[str] = field(default_factory=list)
    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    captured: datetime | None = None
    end: int = 0

    @property
    def body_text(self) -> str:
        return " ".join(self.body)


def taken_apart(lines: list[Line], zone: tzinfo) -> Parts:
    """The parts of a dump; an empty title when none is found."""
    start, end = _body(lines)
    if start == end:
        start = end = next((i for i, line in enumerate(lines) if strength(line.text) != NONE), len(lines))
    label, bullets = _takeaways(lines, start, end)
    top = min(start, label if label is not None else start)
    if bullets and label is None:
        top = min(top, bullets.start)
    title = _title(lines, top)
    parts = Parts(end=max(end, bullets.stop if bullets else 0))
    if title is None:
        return parts
    parts.title = lines[title].text
    parts.takeaways = tuple(lines[i].text for i in bullets) if bullets else ()
    taken = set(bullets or ()) | ({label} if label is not None else set())
    _fill(parts, [line for i, line in enumerate(lines[start:end], start) if i not in taken])
    parts.captured = _captured(lines[:title], zone)
    _between(parts, [line for i, line in enumerate(lines[title + 1 : start], title + 1) if i not in taken], zone)
    return parts


def _body(lines: list[Line]) -> tuple[int, int]:
    """The run of prose with the most words: few other lines inside it, and no heading of a rail."""
    best = (0, 0)
    most = 0
    start = last = -1
    count = 0
    for i, line in enumerate([*lines, Line("", False, 0, True, True)]):
        ended = start >= 0 and (i - last > _GAP or i == len(lines) or (is_rail(line.text) and not line.is_bullet))
        if ended:
            if count > most:
                best, most = (start, last + 1), count
            start, count = -1, 0
        if i < len(lines) and line.is_prose and not is_rail(line.text):
            start = i if start < 0 else start
            last = i
            count += words(line.text)
    return best


def _takeaways(lines: list[Line], start: int, end: int) -> tuple[int | None, range | None]:
    """The heading's index and the bullets' range; bullets without heading only right before the body."""
    prose = [i for i in range(start, end) if lines[i].is_prose]
    early = prose[3] if len(prose) > 3 else end
    found: list[tuple[int, int, range]] = []
    said: dict[str, int] = {}
    for i, line in enumerate(lines):
        sure = NONE if line.is_bullet or line.is_prose else strength(line.text)
        if sure == NONE:
            continue
        said[folded(line.text)] = said.get(folded(line.text), 0) + 1
        bullets = _bullets_after(lines, i)
        if bullets is None or not start - _LOOK_UP <= i <= end + _GAP:
            continue
        is_early = i <= early
        if sure != SURE and not ((is_early and i >= start - 15) or i == end) :
            continue
        if not _reads_as_bullets([lines[b].text for b in bullets], 20 if sure == SURE else 25, sure):
            continue
        found.append((2 * (sure == SURE) + is_early, -i, bullets))
    found = [item for item in found if said[folded(lines[-item[1]].text)] <= 2 or -item[1] <= early]
    if found:
        _, negative, bullets = max(found, key=lambda item: item[:2])
        return -negative, bullets
    return None, _bullets_before(lines, start)


def _bullets_after(lines: list[Line], label: int) -> range | None:
    first = label + 1
    while first < len(lines) and first <= label + 2 and not lines[first].is_bullet:
        if lines[first].is_prose and words(lines[first].text) > 30 or strength(lines[first].text) != NONE:
            return None
        first += 1
    stop = first
    while stop < len(lines) and lines[stop].is_bullet and stop - first <= 15:
        stop += 1
    return range(first, stop) if stop > first else None


def _bullets_before(lines: list[Line], start: int) -> range | None:
    """Bullets that are whole sentences, right before the first paragraph and its byline."""
    stop = start
    while stop > max(0, start - _GAP) and not lines[stop - 1].is_bullet:
        stop -= 1
    first = stop
    while first > 0 and lines[first - 1].is_bullet and stop - first < 10:
        first -= 1
    texts = [line.text for line in lines[first:stop]]
    if 2 <= len(texts) <= 8 and all(words(text) >= 6 and len(text) >= 35 for text in texts):
        return range(first, stop)
    return None


def _reads_as_bullets(texts: list[str], mean: int, sure: int) -> bool:
    lengths = [len(text) for text in texts]
    average = sum(lengths) / len(lengths)
    if len(texts) > 15 or (sure != SURE and not 2 <= len(texts) <= 10):
        return False
    return average >= mean and max(lengths) <= 1_200


def _title(lines: list[Line], top: int) -> int | None:
    """The headline: upward from the text, a line of headline length, the more so the closer and the more alone."""
    best: tuple[float, int] | None = None
    seen: dict[str, int] = {}
    for line in lines[: top + 400]:
        seen[folded(line.text)] = seen.get(folded(line.text), 0) + 1
    for i in range(top - 1, max(-1, top - 1 - _LOOK_UP), -1):
        line = lines[i]
        count = words(line.text)
        if line.is_bullet or not 2 <= count <= 40 or len(line.text) > 250 or is_noise(line.text) or is_rail(line.text):
            continue
        if _is_stamp(line.text) or _BY.match(line.text) or strength(line.text) != NONE:
            continue
        score = min(count, 9) / 3 + 1.5 * (line.after_blank and line.before_blank) - (top - i) / 15
        score -= 2.0 * (ends_a_sentence(line.text) and not line.text.endswith(("?", "!")))
        score -= 1.5 * bool(_CAPTION.search(line.text))
        score += 0.8 * (seen[folded(line.text)] > 1)
        if best is None or score > best[0] + 1e-9:
            best = (score, i)
    return best[1] if best and best[0] > 0 else None


def _is_stamp(text: str) -> bool:
    """Whether a line is a date and little else."""
    from datetime import UTC

    return words(text) <= 12 and written(text, UTC) is not None and (words(text) <= 7 or bool(_STAMP.search(text)))


def _captured(lines: list[Line], zone: tzinfo) -> datetime | None:
    """The day a masthead states over the headline."""
    for line in lines:
        if not line.is_bullet and words(line.text) <= 6 and not _STAMP.search(line.text):
            found = written(line.text, zone)
            if found:
                return found.replace(hour=0, minute=0, second=0)
    return None


def _between(parts: Parts, lines: list[Line], zone: tzinfo) -> None:
    """Byline and dates from the lines between headline and text."""
    for i, line in enumerate(lines):
        if parts.author is None and (match := _BY.match(line.text)):
            name = match[1] or (lines[i + 1].text if i + 1 < len(lines) and words(lines[i + 1].text) <= 6 else "")
            parts.author = joined([name])
        if _is_stamp(line.text):
            found = written(line.text, zone)
            if _UPDATE.search(line.text):
                parts.updated = parts.updated or found
            else:
                parts.published = parts.published or found


def _fill(parts: Parts, lines: list[Line]) -> None:
    """Body and sections: a short line that stands alone and ends no sentence is a heading when text follows."""
    for i, line in enumerate(lines):
        if is_noise(line.text):
            continue
        alone = line.after_blank and line.before_blank and not line.is_bullet
        followed = any(later.is_prose for later in lines[i + 1 : i + 3])
        if alone and words(line.text) <= 14 and not ends_a_sentence(line.text) and not line.is_prose:
            if followed and not _is_stamp(line.text) and not _CAPTION.search(line.text):
                parts.sections.append((line.text, []))
            continue
        if not line.is_prose and not line.is_bullet and words(line.text) < 4:
            continue
        parts.body.append(line.text)
        if parts.sections:
            parts.sections[-1][1].append(line.text)
