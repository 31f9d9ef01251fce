"""Make a text that is too long fit: at a sentence's end, else at a clause's, else at a word's with an ellipsis."""

from __future__ import annotations

import re

from digest.summarise.grammar import FUNCTION, NOTHING
from digest.summarise.sentences import spans

ELLIPSIS = "…"
_CLAUSE = re.compile(r"[,;:](?=\s)|\s[–—-]{1,2}(?=\s)|—|[、，；：]")
_SPACE = re.compile(r"\s+")
# A clause is worth ending at when it leaves this share of the room filled.
_FILLED = 0.5
# How many ends are tried from the last one back, and how far past the room a sentence's end is looked for.
_TRIES = 60
_AHEAD = 200
_LOOSE = " ,;:–—-、，；：\t\n\u00a0"
# What cannot be the last word: a title, an initial, a sign or a number goes with the word after it.
_HOLDS_ON = re.compile(
    r"[$€£¥₹#§]|Rs\.?|[A-Z]\.|(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|St|Lt|Col|Herr|Frau|Sr|Sra|Mme|M|Nr|No|art)\.?|"
    r"(?:[$€£¥₹]|Rs\.?)?\d[\d.,]*"
)
_OPENS = (("“", re.compile("”")), ("„", re.compile("[“”]")), ("«", re.compile("»")), ("»", re.compile("«")),
          ("(", re.compile(r"\)")), ("[", re.compile(r"\]")), ("「", re.compile("」")), ("『", re.compile("』")),
          ("‘", re.compile(r"’(?!\w)")))  # fmt: skip
_STRAIGHT = re.compile(r"(?<!\w)'(?=\w)")
_STRAIGHT_END = re.compile(r"'(?!\w)")
_QUOTE_ENDS = "\"”“»’'」』"


def cut(text: str, room: int, language: str) -> str:
    """`text` in at most `room` characters: whole when it fits, whole sentences when one fits, else its beginning up
    to the end of a clause or a word, with an ellipsis. Empty when not even a word fits.

    Never cuts inside a number, a name or a quotation, between a title and a name or a quotation and its speaker, and
    leaves no article or preposition at the end.
    """
    if len(text) <= room:
        return text
    if whole := whole_sentences(text, room, language):
        return whole
    limit = room - len(ELLIPSIS)
    if limit < 1:
        return ""
    clauses = [match.start() for match in _CLAUSE.finditer(text, 0, limit + 2)]
    piece = _longest(text, clauses, limit, language)
    if len(piece) < _FILLED * limit:
        spaces = [match.start() for match in _SPACE.finditer(text, 0, limit + 2)]
        piece = _longest(text, spaces, limit, language) or piece
    return piece + ELLIPSIS if piece else ""


def whole_sentences(text: str, room: int, language: str) -> str:
    """As many whole sentences from the beginning of `text` as fit into `room` characters; empty when none does."""
    ends = [end for _, end in spans(text[: room + _AHEAD], language) if end <= room]
    for end in ends[: -_TRIES - 1 : -1]:
        if not _is_open(text[:end]):
            return text[:end]
    return ""


def _longest(text: str, places: list[int], limit: int, language: str) -> str:
    """The longest beginning of `text` that may end at one of `places`."""
    for place in places[: -_TRIES - 1 : -1]:
        piece = text[:place].rstrip(_LOOSE)
        if piece and len(piece) <= limit and not _is_open(piece) and not _torn(text, piece, language):
            return piece
    return ""


def _torn(text: str, piece: str, language: str) -> bool:
    """Whether a cut after `piece` parts what belongs together."""
    last = piece.rsplit(None, 1)[-1].lstrip("(“\"'«„")
    after = text[len(piece) :]
    if _HOLDS_ON.fullmatch(last) or last.lower() in FUNCTION.get(language, NOTHING):
        return True
    if piece[-1] in _QUOTE_ENDS and (piece[-2:-1] == "," or after[:1] == ","):
        return True
    follows = after.lstrip(_LOOSE)[:1]
    return last[:1].isupper() and follows.isupper() and after[:1] in " ,\u00a0"


def _is_open(text: str) -> bool:
    """Whether a quotation or bracket is still open at the end of `text`."""
    if text.count('"') % 2:
        return True
    for sign, end in _OPENS:
        at = text.rfind(sign)
        # German opens with the sign that English closes with, and » with « or the other way round.
        if at >= 0 and not end.search(text, at + 1) and not _closes(text, sign, at):
            return True
    starts = list(_STRAIGHT.finditer(text))
    return bool(starts) and not _STRAIGHT_END.search(text, starts[-1].end())


def _closes(text: str, sign: str, at: int) -> bool:
    """Whether the sign at `at` closes an earlier quotation of another style."""
    opener = {"“": "„", "»": "«", "«": "»"}.get(sign)
    return opener is not None and opener in text[:at]
