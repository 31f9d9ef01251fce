"""A blurb from a story's own takeaways: whole bullets, in the story's order, verbatim but for their spacing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from digest.summarise.leaning import leans, takes_up
from digest.summarise.terms import overlap, repeats, terms, visible

SAYS_THE_SAME = 0.8
# How many bullets a blurb is chosen from; the lead takes them all.
MOST = 24
# A bullet glyph may touch the word after it; a dash or star must not, or it is a minus, a rating or a footnote.
_LEADING = re.compile(r"(?:\s*(?:[•●○◦▪▫■□‣⁃∙▶▸►➤➔✓✔✅]|[*·→–—-](?=\s)))+\s*")
_NEW = re.compile(r"NEW\s*:\s*")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+|\s{2,}")
_FINAL = ".!?…。！？।॥؟۔:;"
_CLOSING = "\"'”’»›)]」』）“"


@dataclass(frozen=True, slots=True)
class Bullet:
    """A takeaway ready to be shown. `number` counts from 1 in the story's own list; `length` is that in prose.

    `leaning`: it needs the bullet before it; `title_will_do`: at a pinch the title does instead.
    """

    number: int
    text: str
    words: frozenset[str]
    leaning: bool
    length: int
    title_will_do: bool = False


def repaired(text: str) -> str:
    """`text` with single spaces, without leading bullet glyphs, invisible characters and a "NEW:" in front.

    A single no-break space stays: French sets it before its stops, and it holds a number to its unit.
    """
    text = visible(text)
    if not text.isprintable() or not text.isascii() or "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.strip()
    for mark in (_LEADING, _NEW, _LEADING):
        if text and (not text[0].isalnum() or text[0] == "N") and (match := mark.match(text)):
            text = text[match.end() :]
    return text


def finished(text: str) -> str:
    """`text` as a sentence of running prose: with a full stop unless it has a final stop of its own."""
    bare = text.rstrip(_CLOSING)
    return text if not bare or bare[-1] in _FINAL else text + "."


def bullets(takeaways: tuple[str, ...], language: str) -> list[Bullet]:
    """The takeaways as bullets, empty ones left out."""
    made: list[Bullet] = []
    for number, takeaway in enumerate(takeaways, 1):
        text = repaired(takeaway)
        words = terms(text)
        if words:
            leaning = leans(text, language)
            again = not leaning and bool(made) and takes_up(text, made[-1].text, language)
            made.append(Bullet(number, text, frozenset(words), leaning or again, len(finished(text)), again))
    return made


def without_copies(items: list[Bullet]) -> list[Bullet]:
    """The bullets without those that say the very same words again."""
    seen: set[str] = set()
    kept = []
    for item in items:
        key = item.text.casefold().rstrip(_FINAL + _CLOSING)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def without_repeats(items: list[Bullet]) -> list[Bullet]:
    """The bullets without those that another one contains; of two that say the same the first stays.

    A bullet stays when it has a number or name of its own, or when the one after it leans on it.
    """
    items = without_copies(items)[:MOST]
    dropped: set[int] = set()
    for here, item in enumerate(items):
        if here + 1 < len(items) and items[here + 1].leaning:
            continue
        for there, other in enumerate(items):
            contained = len(item.words) < len(other.words) or (len(item.words) == len(other.words) and there < here)
            if contained and there not in dropped and overlap(item.words, other.words) >= SAYS_THE_SAME:
                if not _own_facts(item, other):
                    dropped.add(here)
                break
    return [item for index, item in enumerate(items) if index not in dropped]


def _own_facts(item: Bullet, other: Bullet) -> bool:
    """Whether `item` has a number or a name that `other` lacks."""
    new = item.words - other.words
    named = (word for word in item.text.split()[1:] if word[0].isupper())
    return any(any(c.isdigit() for c in word) for word in new) or not new.isdisjoint(terms(" ".join(named)))


def without_title(items: list[Bullet], title: str) -> list[Bullet]:
    """The bullets without a first one that only says what the title says, if others are left to stand."""
    if len(items) < 2 or items[1].leaning:
        return items
    return items[1:] if repeats(items[0].words, frozenset(terms(title))) else items


def chosen(items: list[Bullet], room: int) -> list[Bullet]:
    """As many bullets as fit into `room` characters of prose; of choices with equally many the one with the earliest.

    None leads that leans, and none stands without the bullet it leans on. The list may be empty.
    """
    runs = _runs(items)
    everything = [item for run in runs for item in run]
    if sum(item.length + 1 for item in everything) - 1 <= room:
        return everything
    if len(runs) == len(everything):
        return _earliest(everything, room)
    # For each number of bullets, the choices for which no other is both shorter and earlier.
    choices: dict[int, list[Choice]] = {0: [Choice(-1, (), ())]}
    place = 0
    for run in runs:
        grown = {count: list(options) for count, options in choices.items()}
        for end in range(1, len(run) + 1):
            length = sum(item.length + 1 for item in run[:end])
            places = tuple(range(place, place + end))
            for count, options in choices.items():
                more = [c.with_run(length, places, run[:end]) for c in options if c.length + length <= room]
                if more:
                    grown.setdefault(count + end, []).extend(more)
        place += len(run)
        choices = {count: _useful(options) for count, options in grown.items()}
    return list(min(choices[max(choices)], key=lambda choice: choice.places).items)


def _earliest(items: list[Bullet], room: int) -> list[Bullet]:
    """The choice among bullets that all stand alone: as many as the shortest ones make, each as early as can be."""
    lengths = [item.length + 1 for item in items]
    left, wanted = room + 1, 0
    for length in sorted(lengths):
        if length > left:
            break
        left -= length
        wanted += 1
    left = room + 1
    picked: list[Bullet] = []
    for place, item in enumerate(items):
        rest = sorted(lengths[place + 1 :])[: wanted - len(picked) - 1]
        if len(picked) < wanted <= len(picked) + 1 + len(rest) and lengths[place] + sum(rest) <= left:
            picked.append(item)
            left -= lengths[place]
    return picked


@dataclass(frozen=True, slots=True)
class Choice:
    """Some bullets: their length as prose, their places among all, and themselves."""

    length: int
    places: tuple[int, ...]
    items: tuple[Bullet, ...]

    def with_run(self, length: int, places: tuple[int, ...], run: list[Bullet]) -> Choice:
        """This choice and the beginning of a run of bullets after it."""
        return Choice(self.length + length, self.places + places, (*self.items, *run))


def standing(items: list[Bullet]) -> list[Bullet]:
    """The bullets, those that only take a thing up again ("The plan …") free to stand under the title alone."""
    return [replace(item, leaning=False) if item.title_will_do else item for item in items]


def _runs(items: list[Bullet]) -> list[list[Bullet]]:
    """Bullets that stand alone, each with those that lean on it, in order; leaning ones at the front are lost."""
    runs: list[list[Bullet]] = []
    for item in items:
        if not item.leaning:
            runs.append([item])
        elif runs:
            runs[-1].append(item)
    return runs


def _useful(options: list[Choice]) -> list[Choice]:
    """The choices for which no other is both shorter and earlier."""
    if len(options) == 1:
        return options
    kept: list[Choice] = []
    for option in sorted(options, key=lambda choice: (choice.length, choice.places)):
        if not kept or option.places < kept[-1].places:
            kept.append(option)
    return kept
