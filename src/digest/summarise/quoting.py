"""Where in a text a quotation is open, by how its marks stand: before a word they open, after one they close."""

from __future__ import annotations

import re
from bisect import bisect_left

_MARK = re.compile(r"[\"“”„«»\n]")
_BEFORE_OPEN = frozenset(" \t\n\u00a0\u202f([—–-")


class Quotations:
    """The quotation marks of one text. A blank line ends a quotation: the next paragraph opens it anew."""

    def __init__(self, text: str) -> None:
        self._places: list[int] = []
        self._opens: list[bool] = []
        for match in _MARK.finditer(text):
            place, mark = match.start(), match[0]
            if mark == "\n":
                if text[place + 1 : place + 2] == "\n":
                    self._note(place, opens=False)
                continue
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            self._note(place, opens=_opens(mark, not before or before in _BEFORE_OPEN, bool(after.strip())))

    def _note(self, place: int, *, opens: bool) -> None:
        self._places.append(place)
        self._opens.append(opens)

    def open_at(self, place: int) -> bool:
        """Whether a quotation that began before `place` has not ended there."""
        index = bisect_left(self._places, place)
        return index > 0 and self._opens[index - 1]


def _opens(mark: str, starts: bool, touches: bool) -> bool:
    """Whether a mark opens: `starts` when nothing stands before it, `touches` when a word stands right after it.

    “ closes in German, « and » swap their parts there, and French sets a space inside both.
    """
    if mark in "„”":
        return mark == "„"
    return starts and (touches or mark == "«")
