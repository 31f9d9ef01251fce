"""Which lines of a dump are the headline, the takeaways, the body and its sections, the byline and the dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from digest.ingest.dates import written
from digest.ingest.dumps.lines import Line
from digest.ingest.dumps.takeaways import Found, find_bullets
from digest.ingest.headings import NONE, strength
from digest.ingest.html.byline import is_byline, joined
from digest.ingest.prose import ends_a_sentence, folded, words
from digest.ingest.rails import is_noise, is_rail
from digest.ingest.stamps import has_verb, is_stamp, stamped

_LOOK_UP = 80
_OTHER_LINE, _BULLET_LINE, _RAIL_LINE, _MOST_COUNTED = -4.0, -2.0, -12.0, 60
_CAPTION = re.compile(r"\b(?:photo|image|picture|getty|reuters|afp|credit|file)\b|^\(|\)$|©", re.IGNORECASE)
_TRAIL = re.compile(r"\s[>»›|]\s")


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


def taken_apart(lines: list[Line], zone: tzinfo) -> Parts:
    """The parts of a dump; an empty title when none is found."""
    start, end = _body(lines)
    found = find_bullets(lines, start, end)
    if start == end and found is None:
        return Parts(end=len(lines))
    top = next((i for i in range(start, end) if _is_solid(lines[i])), end)
    if found is not None:
        top = min(top, found.first)
    title = _title(lines, top)
    parts = Parts(end=max(end, found.stop if found else 0))
    if title is None:
        return parts
    parts.title = lines[title].text
    parts.takeaways = found.texts if found else ()
    taken = _taken(found) | {title}
    _fill(parts, [line for i, line in enumerate(lines[start:end], start) if i not in taken and i > title])
    parts.captured = _captured(lines[:title], zone)
    _between(
        parts,
        [line for i, line in enumerate(lines[title + 1 : max(top, title + 1)], title + 1) if i not in taken],
        zone,
    )
    return parts


def _taken(found: Found | None) -> set[int]:
    return set(range(found.first, found.stop)) if found else set()


def _is_solid(line: Line) -> bool:
    """Whether a paragraph is too long to be a headline or a caption."""
    return line.is_prose and (words(line.text) >= 26 or (words(line.text) >= 15 and ". " in line.text))


def _body(lines: list[Line]) -> tuple[int, int]:
    """The stretch with the most prose: every paragraph adds its words, every other line takes some away, so that
    menus part what belongs to them from the text. In a rail, headlines alternate with excerpts; prose counts again
    there once two paragraphs follow each other."""
    best, best_sum = (0, 0), 0.0
    start, total = 0, 0.0
    in_rail = False
    for i, line in enumerate(lines):
        gain = _OTHER_LINE
        if not line.is_bullet and is_rail(line.text):
            in_rail, gain = True, _RAIL_LINE
        elif line.is_bullet:
            gain = 0.0 if words(line.text) >= 8 and not in_rail else _BULLET_LINE
        elif line.is_prose:
            if in_rail and i + 1 < len(lines) and lines[i + 1].is_prose and not is_rail(lines[i + 1].text):
                in_rail = False
            gain = 0.0 if in_rail else float(min(words(line.text), _MOST_COUNTED))
        if total <= 0:
            start, total = i, 0.0
        total += gain
        if total > best_sum and line.is_prose:
            best, best_sum = (start, i + 1), total
    first = next((i for i in range(*best) if lines[i].is_prose), best[1])
    return first, best[1]


def _title(lines: list[Line], top: int) -> int | None:
    """The headline: upward from the text, a line of headline length, the more so the closer and the more alone."""
    said: dict[str, int] = {}
    for line in lines[: top + 400]:
        said[folded(line.text)] = said.get(folded(line.text), 0) + 1
    scores = {
        i: _title_score(lines, i, top, said[folded(lines[i].text)])
        for i in range(max(0, top - _LOOK_UP), top)
        if _may_be_title(lines[i])
    }
    if not scores:
        return None
    best = max(scores, key=lambda i: (scores[i], i))
    # a standfirst right under the headline is of the same length and stands as much alone
    before = scores.get(best - 1)
    if before is not None and words(lines[best - 1].text) >= 5 and before > scores[best] - 1.0:
        best -= 1
    return best if scores[best] > 0 else None


def _may_be_title(line: Line) -> bool:
    if line.is_bullet or not 2 <= words(line.text) <= 40 or len(line.text) > 250:
        return False
    if is_noise(line.text) or is_rail(line.text) or is_stamp(line.text):
        return False
    return not is_byline(line.text) and strength(line.text) == NONE


def _title_score(lines: list[Line], i: int, top: int, times: int) -> float:
    line = lines[i]
    count = words(line.text)
    score = min(count, 9) / 3 - max(0, count - 22) / 6 - (top - i) / 15
    score += 1.5 * (line.after_blank and line.before_blank) + 0.5 * (line.after_blank != line.before_blank)
    score -= 2.0 * (ends_a_sentence(line.text) and not line.text.endswith(("?", "!", "...", "…")))
    score -= 1.5 * bool(_CAPTION.search(line.text)) + 2.0 * bool(_TRAIL.search(line.text))
    score -= 2.0 * (written(line.text, UTC) is not None)
    score += 0.8 * (1 < times < 4)
    following = lines[i + 1 : i + 4]
    return score + 1.0 * any(is_stamp(later.text) or is_byline(later.text) for later in following)


def _captured(lines: list[Line], zone: tzinfo) -> datetime | None:
    """The day a masthead states over the headline."""
    for line in lines:
        if not line.is_bullet and words(line.text) <= 6 and not has_verb(line.text):
            found = written(line.text, zone)
            if found:
                return found.replace(hour=0, minute=0, second=0)
    return None


def _between(parts: Parts, lines: list[Line], zone: tzinfo) -> None:
    """Byline and dates from the lines between headline and text."""
    for i, line in enumerate(lines):
        if parts.author is None and is_byline(line.text):
            alone = words(line.text) == 1
            parts.author = joined([lines[i + 1].text if alone and i + 1 < len(lines) else line.text])
    parts.published, parts.updated = stamped((line.text for line in lines), zone)


def _fill(parts: Parts, lines: list[Line]) -> None:
    """Body and sections: a short line that stands alone and ends no sentence is a heading when text follows."""
    said: set[str] = set()
    for i, line in enumerate(lines):
        if is_noise(line.text) or (is_rail(line.text) and not line.is_prose):
            continue
        alone = line.after_blank and line.before_blank and not line.is_bullet
        followed = any(later.is_prose or later.is_bullet for later in lines[i + 1 : i + 3])
        if alone and words(line.text) <= 14 and not ends_a_sentence(line.text) and not line.is_prose:
            if followed and not is_stamp(line.text) and not _CAPTION.search(line.text):
                parts.sections.append((line.text, []))
            continue
        if (not line.is_prose and not line.is_bullet and words(line.text) < 4) or folded(line.text) in said:
            continue
        said.add(folded(line.text))
        parts.body.append(line.text)
        if parts.sections:
            parts.sections[-1][1].append(line.text)
