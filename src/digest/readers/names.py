"""Text about people that came from outside, made fit for a greeting, a header and a page."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 200
_JOINERS: Final = "\u200c\u200d"
_SPACE = re.compile(r"\s+")


def clean(text: str, limit: int = MAX_NAME) -> str:
    """`text` on one line, in NFC, without control, direction and other invisible characters, at most `limit` long.

    The two joiners stay within a word, where Persian and the scripts of India need them. What is cut is cut
    before a character, never between it and its accents.
    """
    if not text:
        return ""
    if (
        text.isprintable()
        and "  " not in text
        and len(text) <= limit
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    ):
        return text.strip()
    visible = "".join(" " if sign.isspace() else sign for sign in text[: 4 * limit] if _kept(sign))
    line = unicodedata.normalize("NFC", _SPACE.sub(" ", visible)).strip(" " + _JOINERS)
    if len(line) > limit:
        while limit and (unicodedata.category(line[limit])[0] == "M" or line[limit] in _JOINERS):
            limit -= 1
        line = line[:limit].strip(" " + _JOINERS)
    return line


def _kept(sign: str) -> bool:
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co"):
        return sign in _JOINERS or sign.isspace()
    return ord(sign) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(sign) <= 0xFDEF
