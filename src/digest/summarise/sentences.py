"""Where a text's sentences begin and end. Every sentence is a piece of the text as it stands, nothing is repaired."""

from __future__ import annotations

import re

from digest.summarise.abbreviations import (
    CAPITAL,
    EITHER,
    EITHER_ELSEWHERE,
    MONTHS,
    NEVER,
    NEVER_ELSEWHERE,
    ORDINAL,
)
from digest.summarise.grammar import NOTHING, OPENERS, known_language, word_set

_QUOTES = '"“‘„«「『'
_STOPS = ".!?…؟۔।॥‽"
_CLOSERS = "\"'”’»›)\\]}」』）】》〉"
# A run of stops with its closing quotes and brackets, before a space or the end; stops of Chinese and Japanese need
# no space; a blank line ends a sentence whatever stands before it.
_STOP = re.compile(
    rf"(?<![{_STOPS}])(?P<stop>[{_STOPS}]++)(?P<close>(?:\s?[»›](?!\w)|[“«‹{_CLOSERS}])*+)(?=\s|$)"
    rf"|(?P<wide>[。！？｡]++[{_CLOSERS}]*+)"
    r"|(?P<blank>\n[^\S\n]*\n\s*)"
)
_WIDE, _BLANK = _STOP.groupindex["wide"], _STOP.groupindex["blank"]
_NEXT = re.compile(r"[\s\"'“‘„‚«‹(\[{¿¡—–\-•*·「『（【]*")
_WORD = re.compile(r"[^\s\"”»,;:!?…)\]]+")
_SAID = re.compile(
    r"\s+(?:[A-Z][\w’'.-]*\s+){1,3}(?:said|says|asked|asks|added|wrote|told|tweeted|replied|continued|recalled|"
    r"joked|quipped|"
    r"shouted|posted|demanded|wondered)\b"
)
_LETTER_DOT = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ROMAN = re.compile(r"[IVX]{1,5}")
_PARTS = re.compile(r"[\"“„«»”()¿¡\[\]—–/]")
_REACH = 40


def sentences(text: str, language: str | None) -> list[str]:
    """The sentences of `text` in order, each an exact substring without outer space.

    Abbreviations and ordinals follow `language` (a BCP 47 tag); without one it is guessed. Blank lines divide.
    """
    return [text[begin:end] for begin, end in spans(text, language)]


def spans(text: str, language: str | None) -> list[tuple[int, int]]:
    """(begin, end) offsets of every sentence of `text`, in order, not overlapping."""
    code = known_language(language, text)
    short = NEVER.get(code, NEVER_ELSEWHERE) | EITHER.get(code, EITHER_ELSEWHERE)
    found: list[tuple[int, int]] = []
    begin = 0
    for match in _STOP.finditer(text):
        start, end = match.span()
        if match.lastindex == _BLANK:
            _add(text, begin, start, found)
            begin = end
        elif match.lastindex == _WIDE or _plain(text, begin, start, end, short) or _ends(text, match, begin, code):
            _add(text, begin, end, found)
            begin = end
    _add(text, begin, len(text), found)
    return found


def _plain(text: str, begin: int, start: int, end: int, short: frozenset[str]) -> bool:
    """The common case, decided fast: one stop after a small word that is no short form, one space, a capital."""
    if text[start] != ".":
        return False
    after = text[end + 1 : end + 2]
    if after in _QUOTES:
        after = text[end + 2 : end + 3]
    if not after.isupper():
        return False
    if end - start > 1:
        return end - start == 2 and text[start + 1] in '"”'
    low = max(begin, start - _REACH)
    word = text[max(low, text.rfind(" ", low, start) + 1) : start]
    return len(word) > 2 and word.isalpha() and word.islower() and word not in short


def _add(text: str, begin: int, end: int, found: list[tuple[int, int]]) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while begin < end and text[end - 1].isspace():
        end -= 1
    if begin < end:
        found.append((begin, end))


def _ends(text: str, match: re.Match[str], begin: int, code: str) -> bool:
    """Whether the stop in `match` ends the sentence that begins at `begin`."""
    stop, close = match["stop"], match["close"]
    follows = _NEXT.match(text, match.end())
    at = follows.end() if follows else match.end()
    if at >= len(text) or text.count("\n", match.end(), at) > 1:
        return True
    if stop[0] in "।॥":
        return True
    word = _WORD.match(text, at)
    after = word[0] if word else text[at]
    if after[0].islower() and not any(c.isupper() for c in after[1:3]):
        return False
    if stop != ".":
        return not (close and stop[-1] in "!?" and _SAID.match(text, match.end()))
    if close and close[0] not in ")]":
        return True
    before = _word_before(text, max(begin, match.start() - _REACH), match.start())
    if not before:
        return True
    return _full_stop(before, after, _opens(after, code) or any(c in _QUOTES for c in text[match.end() : at]), code)


def _word_before(text: str, low: int, end: int) -> str:
    piece = text[low:end].split()
    return _PARTS.split(piece[-1])[-1].lstrip("'‘’") if piece and not text[end - 1].isspace() else ""


def _full_stop(before: str, after: str, opener: bool, code: str) -> bool:
    """Whether the stop between these two words ends a sentence. `opener`: a new one seems to begin after it."""
    word = before.lower()
    if word[-1].isdigit():
        return _after_number(word, after, opener, code)
    never = NEVER.get(code, NEVER_ELSEWHERE)
    tail = word.rsplit("-", 1)[-1] if "-" in word and "." not in word else word
    if word in never or tail in never:
        return word in _ALSO_WORDS and not after[0].isdigit()
    if word in CAPITAL and before.islower():
        return True
    if word in EITHER.get(code, EITHER_ELSEWHERE):
        return opener and not (word in _HOURS and after.rstrip(".").lower() in _DAYS)
    if "." in before and _uncased(before):
        return False
    if _LETTER_DOT.fullmatch(before):
        # Initials (J. Smith, J.K. Rowling) and dotted short forms (U.N.); "I" and uncased letters are no exception.
        return opener and not (len(before) == 1 and code == "fr" and before == "M")
    if code in ORDINAL and _ROMAN.fullmatch(before):
        return opener
    return len(before) > 2 or before.isascii() or not _uncased(before)


# Short forms that are words as well: "He said no." ends, "No. 5" does not.
_ALSO_WORDS = word_set("no art ill in min max cap set mar fig ed op mag")
_HOURS = frozenset(("a.m", "p.m"))
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday on in at to and")


def _after_number(word: str, after: str, opener: bool, code: str) -> bool:
    """Whether "30." ends a sentence: not where a language writes ordinals that way and a noun follows."""
    if code not in ORDINAL or len(word) > 2 or not word.isdigit():
        return True
    if after.rstrip(".").lower() in MONTHS:
        return False
    return opener or after[0].isdigit()


def _opens(word: str, code: str) -> bool:
    low = word.lower().replace("’", "'").split("'", 1)[0].rstrip(".")
    return low in OPENERS.get(code, OPENERS["en"] if not code else NOTHING)


def _uncased(word: str) -> bool:
    return word.lower() == word.upper()
