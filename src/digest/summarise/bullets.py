"""A blurb from a story's own takeaways: whole bullets, in the story's order, verbatim but for their spacing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.summarise.leaning import leans, takes_up
from digest.summarise.terms import overlap, repeats, terms

SAYS_THE_SAME = 0.8
# A bullet glyph may touch the word after it; a dash or star must not, or it is a minus, a rating or a footnote.
_LEADING = re.compile(r"(?:\s*(?:[•●○◦▪▫■□‣⁃∙▶▸►➤➔✓✔✅]|[*·→–—-](?=\s)))+\s*")
_NEW = re.compile(r"NEW\s*:\s*")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+|\s{2,}")
_FINAL = ".!?…。！？।॥؟۔:;"
_CLOSING = "\"'”’»›)]」』）“"


@dataclass(frozen=True, slots=True)
class Bullet:
    """A takeaway ready to be shown. `number` counts from 1 in the story's own list; `length` is its length in prose."""

    number: int
    text: str
    words: frozenset[str]
    leaning: bool

    @property
    def length(self) -> int:
        return len(finished(self.text))


def repaired(text: str) -> str:
    """`text` with single spaces, without leading bullet glyphs, invisible characters and a "NEW:" in front.

    A single no-break space stays: French sets it before its stops, and it holds a number to its unit.
    """
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", text)
    if not text.isprintable() or not text.isascii() or "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.strip()
    if text and not text[0].isalnum() and (match := _LEADING.match(text)):
        text = text[match.end() :]
    if text.startswith("NEW") and (match := _NEW.match(text)):
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
            leaning = leans(text, language) or (bool(made) and takes_up(text, made[-1].text, language))
            made.append(Bullet(number, text, frozenset(words), leaning))
    return made


def without_repeats(items: list[Bullet]) -> list[Bullet]:
    """The bullets without those that another one contains. Numbers and names of their own save a bullet, and so does
    a bullet that leans on it."""
    dropped: set[int] = set()
    for here, item in enumerate(items):
        for there, other in enumerate(items):
            if here == there or there in dropped or here in dropped:
                continue
            if len(item.words) > len(other.words) or (len(item.words) == len(other.words) and here < there):
                continue
            if overlap(item.words, other.words) >= SAYS_THE_SAME and not _own_facts(item, other):
                follower = items[here + 1] if here + 1 < len(items) else None
                if follower is None or not follower.leaning or there == here - 1:
                    dropped.add(here)
    return [item for index, item in enumerate(items) if index not in dropped]


def _own_facts(item: Bullet, other: Bullet) -> bool:
    new = item.words - other.words
    if not new:
        return False
    shown = {word for word in item.text.replace("’", "'").split() if word[:1].isupper()}
    names = frozenset(terms(" ".join(shown - {item.text.split()[0]})))
    return any(word in names or any(c.isdigit() for c in word) for word in new)


def without_title(items: list[Bullet], title: str) -> list[Bullet]:
    """The bullets without a first one that only says what the title says, if others are left to stand."""
    if len(items) < 2 or items[1].leaning:
        return items
    return items[1:] if repeats(items[0].words, frozenset(terms(title))) else items


def chosen(items: list[Bullet], room: int) -> list[Bullet]:
    """As many bullets as fit into `room` characters of prose, the earliest of those. None leads that leans, and none
    stands without the bullet it leans on. The list may be empty."""
    runs = _units(items)
    everything = [item for run in runs for item in run]
    if sum(item.length + 1 for item in everything) - 1 <= room:
        return everything
    return _most(runs, room)


def _units(items: list[Bullet]) -> list[list[Bullet]]:
    """Runs of a bullet that stands alone and those that lean on it, in order; leaning ones at the front are lost."""
    runs: list[list[Bullet]] = []
    for item in items:
        if not item.leaning:
            runs.append([item])
        elif runs:
            runs[-1].append(item)
    return runs


def _most(runs: list[list[Bullet]], room: int) -> list[Bullet]:
    """The largest choice of run beginnings that fits; of equally large ones the earliest, by position."""
    # states: (count) -> (length, choice) for every useful trade-off, smallest length first for each count
    states: dict[int, list[tuple[int, tuple[int, ...], list[Bullet]]]] = {0: [(0, (), [])]}
    position = 0
    for run in runs:
        grown = {count: list(options) for count, options in states.items()}
        taken: list[Bullet] = []
        places: tuple[int, ...] = ()
        length = 0
        for item in run:
            taken = [*taken, item]
            places = (*places, position)
            length += item.length + 1
            position += 1
            for count, options in states.items():
                for used, where, kept in options:
                    if used + length - 1 <= room:
                        grown.setdefault(count + len(taken), []).append((used + length, where + places, kept + taken))
        states = {count: _useful(options) for count, options in grown.items()}
    top = max(states)
    return min(states[top], key=lambda option: option[1])[2] if top else []


def _useful(
    options: list[tuple[int, tuple[int, ...], list[Bullet]]],
) -> list[tuple[int, tuple[int, ...], list[Bullet]]]:
    """Of the choices with one count, those that no shorter and earlier one beats."""
    kept: list[tuple[int, tuple[int, ...], list[Bullet]]] = []
    for option in sorted(options, key=lambda option: (option[0], option[1])):
        if not kept or option[1] < kept[-1][1]:
            kept.append(option)
    return kept
