"""The words of a text as they are compared: one case, straight apostrophes, no possessive ending."""

from __future__ import annotations

import re

# `\w` leaves out the vowel signs of Indic and South-East Asian scripts, which are part of their words.
LETTER = (
    r"[^\W_\u0964\u0965]|"
    r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u102b-\u103e]"
)
_WORD = re.compile(rf"(?:{LETTER})+(?:['’.,·-](?:{LETTER})+)*")
_SIMPLE = re.compile(r"[a-z0-9]+(?:['.,-][a-z0-9]+)*")


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HIDDEN = re.compile(r"[\u200b\u2060\ufeff\u00ad]")


def visible(text: str) -> str:
    """`text` without characters that nobody sees: zero-width ones are dropped, controls become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub("", _CONTROLS.sub(" ", text))


def terms(text: str) -> list[str]:
    """Every word of `text` in its order, lower case. A hyphenated compound, a number and `U.S` are one word each."""
    text = text.lower().replace("’", "'")
    found = _SIMPLE.findall(text) if text.isascii() else _WORD.findall(text)
    return [word.removesuffix("'s") for word in found] if "'s" in text else found


# A text repeats a title when it has this share of the title's words, and this share of its own words are the
# title's: one with much more to say than the title does not.
_REPEATS = ((0.6, 0.5), (0.8, 0.4))


def overlap(part: frozenset[str], whole: frozenset[str]) -> float:
    """The share of `part` that is in `whole`, 0 to 1; 0 when there is nothing to share."""
    return len(part & whole) / len(part) if part else 0.0


def repeats(words: frozenset[str], title: frozenset[str]) -> bool:
    """Whether a text of these words says what the title says and little else."""
    told, own = overlap(title, words), overlap(words, title)
    return any(told >= least and own >= most for least, most in _REPEATS)
