"""Cut the text of a filter into words, quoted strings and signs, each with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

KEYWORDS = frozenset({"and", "or", "not", "in", "has", "is", "null"})
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<sign><=|>=|!=|[=<>(),])
      | (?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
      | (?P<word>[^\s"'“”„‘’«»()=<>!,&|~]+)""",
    re.VERBOSE,
)
_WRONG = {
    "!": "write != or not",
    "&": "write and",
    "|": "write or",
    "~": "there are no patterns; write = or in (…)",
    '"': 'close it with "',
    "'": "close it with '",
}


class Misplaced(Exception):
    """Something in the text of a filter that cannot stand there; `position` counts characters from 0."""

    def __init__(self, position: int, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.position = position
        self.what = what
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a filter. `value` is without quotes; the kind of a keyword is `key`, its value lower case."""

    kind: Literal["word", "text", "sign", "key", "end"]
    value: str
    position: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f'"{self.value[:60]}"'


def tokens(text: str) -> list[Token]:
    """The pieces of `text`, the last of kind `end`.

    Raises:
        Misplaced: a character begins no piece, or a quote is not closed.
    """
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise _unreadable(text, position)
        piece = match[0]
        match match.lastgroup:
            case "sign":
                found.append(Token("sign", piece, position))
            case "text":
                found.append(Token("text", piece[1:-1].replace(piece[0] * 2, piece[0]), position))
            case "word" if piece.lower() in KEYWORDS:
                found.append(Token("key", piece.lower(), position))
            case "word":
                found.append(Token("word", piece, position))
        if not piece.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in piece.strip()):
            raise Misplaced(position, "a control character stands in the filter", "remove it")
        position = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _unreadable(text: str, position: int) -> Misplaced:
    sign = text[position]
    if sign in "“”„‘’«»":
        return Misplaced(position, f"{sign} is a typographic quote", "use straight ones: \" or '")
    what = "a quote is opened and not closed" if sign in "\"'" else f'"{sign}" cannot stand here'
    return Misplaced(position, what, _WRONG.get(sign))
