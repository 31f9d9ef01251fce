"""XML text made fit for parsers: without its declaration, and without characters that XML 1.0 does not know."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")


def fit_for_xml(text: str) -> str:
    """`text` as parsers take it: references to halves of surrogate pairs, and to what lies beyond Unicode, become
    U+FFFD (XML 1.0, 2.2 Char: they are no characters), illegal characters go."""
    text = _ILLEGAL.sub("", _DECLARATION.sub("", text)).strip()
    return _REFERENCE.sub(_referred, text) if "&#" in text else text


def _referred(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    return "\ufffd" if 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else match[0]
