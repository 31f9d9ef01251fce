"""Make a text that is too long fit: at a sentence's end, else at a clause's, else at a word's with an ellipsis."""

from __future__ import annotations

import re

from digest.summarise.sentences import spans

ELLIPSIS = "…"
_CLAUSE = re.compile(r"[,;:](?=\s)|\s[–—-]{1,2}(?=\s)|—")
_SPACE = re.compile(r"\s+")
_PAIRS = {"“": "”", "«": "»", "(": ")", "[": "]", "„": "“", "「": "」", "『": "』", "‘": "’"}
_LEAST_CLAUSE = 0.4
# Words that hold on to the next one: a unit to its number, a title or an initial to its name.
_HOLDS_ON = re.compile(
    r"(?:[$€£¥₹]|Rs\.?|[A-Z]\.|(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|St|Herr|Frau|Sr|Sra|Mme|No|Nr)\.?|\d[\d.,]*)"
)


def cut(text: str, room: int, language: str | None) -> str:
    """`text` in at most `room` characters: whole when it fits, whole sentences when one fits, else its beginning up
    to the end of a clause or a word, with an ellipsis. Empty when not even a word fits.

    Never cuts inside a number, a name or a quotation, and never between a title and a name.
    """
    if len(text) <= room:
        return text
    whole = ""
    for _, end in spans(text, language):
        if end > room:
            break
        whole = text[:end]
    if whole and not _open_quote(whole):
        return whole
    limit = room - len(ELLIPSIS)
    clause = _last(text, [m.start() for m in _CLAUSE.finditer(text, 0, max(0, limit + 2))], limit)
    if clause and len(clause) >= _LEAST_CLAUSE * limit:
        return clause + ELLIPSIS
    word = _last(text, [m.start() for m in _SPACE.finditer(text, 0, max(0, limit + 1))], limit)
    return word + ELLIPSIS if word else ""


def _last(text: str, places: list[int], limit: int) -> str:
    """The longest beginning of `text` that ends at one of `places` and may end there."""
    for place in reversed(places):
        piece = text[:place].rstrip(" ,;:–—-\t\n")
        if piece and place <= limit and not _open_quote(piece) and not _torn(text, place):
            return piece
    return ""


def _torn(text: str, place: int) -> bool:
    """Whether a cut at `place` parts what belongs together: a number's digits or unit, the parts of a name."""
    before, after = text[:place].split(), text[place:].lstrip(" ,;:–—-").split(None, 1)
    if not before or not after:
        return False
    last, first = before[-1], after[0]
    if _HOLDS_ON.fullmatch(last.lstrip("(“\"'")):
        return True
    joined = not _CLAUSE.match(text, place) and last[-1:] not in ",;:.!?"
    return joined and last[:1].isupper() and first[:1].isupper()


def _open_quote(text: str) -> bool:
    """Whether a quotation or bracket is still open at the end of `text`."""
    if text.count('"') % 2:
        return True
    opened = {close: 0 for close in _PAIRS.values()}
    for sign, close in _PAIRS.items():
        if sign == "‘":
            continue
        opened[close] += text.count(sign) - (text.count(close) if sign != "„" else 0)
    german = text.count("„") - text.count("“")
    return any(count > 0 for close, count in opened.items() if close not in "“”’") or (
        german > 0 if "„" in text else text.count("“") > text.count("”")
    )
