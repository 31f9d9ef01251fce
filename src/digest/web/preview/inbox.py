"""The line that an inbox shows, with the places where mail programs cut it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

# Rounded from what the narrow and wide lists of common mail programs show; none of them documents a number.
CUTS: Final = {33: "small phones", 50: "large phones", 70: "desktops"}
_JOINER: Final = "\u200d"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a line, and the cut after it: about how many characters fit there, None at the line's end."""

    text: str
    cut: int | None


def stretches(line: str) -> tuple[Stretch, ...]:
    """The line in pieces, parted where it may be cut. A letter is never parted from its marks."""
    pieces: list[Stretch] = []
    start = 0
    for cut in CUTS:
        end = _whole(line, cut)
        if end >= len(line):
            break
        pieces.append(Stretch(line[start:end], cut))
        start = end
    pieces.append(Stretch(line[start:], None))
    return tuple(pieces)


def told(line: str) -> str:
    """The same in words: `(39 characters) is cut on small phones`."""
    length = len(line)
    past = [name for cut, name in CUTS.items() if length > cut]
    where = f"cut on {' and '.join(past)}" if past else "seen whole everywhere"
    if len(past) == len(CUTS):
        where = "cut everywhere"
    return f"({length} character{'' if length == 1 else 's'}) is {where}"


def _whole(line: str, end: int) -> int:
    while end < len(line) and (_clings(line[end]) or line[end - 1] == _JOINER):
        end += 1
    return end


def _clings(char: str) -> bool:
    """Whether a character belongs to the one before it (a combining mark, a joiner, a variation or skin tone)."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me") or char == _JOINER or "\U0001f3fb" <= char <= "\U0001f3ff"
