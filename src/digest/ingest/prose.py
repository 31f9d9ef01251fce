"""Plain text as stories carry it: single spaces, no control characters, paragraphs divided by a blank line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

TITLE_LIMIT = 400
LINE_LIMIT = 2_000
BODY_LIMIT = 200_000

_JOINERS = "\u200c\u200d"  # zero-width joiners carry meaning in Persian, Hindi and emoji
_LINE_BREAKS = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_GLYPHS = "•◦▪‣●■○∙·*–—-►▶➤➔→✓✔»"
_GLYPH = re.compile(rf"^\s*(?:[{re.escape(_GLYPHS)}]\s+|[•◦▪‣●■►▶➤➔✓✔]\s*)")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


def _kept(character: str) -> str:
    if character in _LINE_BREAKS:
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in _JOINERS:
        return ""
    return character


def clean(text: str, limit: int = LINE_LIMIT) -> str:
    """`text` on one line, spaces collapsed, without control and formatting characters, cut at `limit`
    characters with an ellipsis."""
    text = " ".join(text.split())
    if not text.isprintable():
        text = " ".join("".join(map(_kept, text)).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def bullet(text: str) -> str:
    """One bullet without its glyph."""
    return clean(_GLYPH.sub("", text, count=1))


def paragraphs(texts: Iterable[str]) -> str:
    """Non-empty paragraphs divided by a blank line, whole ones only up to `BODY_LIMIT` characters."""
    kept: list[str] = []
    length = 0
    for text in texts:
        text = clean(text, BODY_LIMIT)
        if not text:
            continue
        length += len(text) + 2
        if length > BODY_LIMIT:
            break
        kept.append(text)
    return "\n\n".join(kept)


def ends_a_sentence(text: str) -> bool:
    """Whether `text` closes with a full stop, question or exclamation mark (before closing quotes)."""
    return bool(_SENTENCE_END.search(text.rstrip()))


def folded(text: str) -> str:
    """`text` as it is compared word for word: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> int:
    """How many words `text` has, as divided by spaces; in scripts that put no spaces between words, two characters
    count as one."""
    count = len(text.split())
    return count if text.isascii() else count + len(_UNSPACED.findall(text)) // 2
