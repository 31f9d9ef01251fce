"""Text that strangers wrote, made fit to be kept: one line, bounded, with nothing that a log would trip on."""

from __future__ import annotations

import re

MAX_REASON = 300

_ADDRESS = re.compile(r"[^\s<>@\"'(),;:]{1,320}@[^\s<>@\"'(),;:]{1,255}")
_DELIVERY = re.compile(r"[A-Za-z0-9_-]{1,40}").fullmatch


def plain(text: object, limit: int = MAX_REASON) -> str:
    """The text on one line, only with characters that can be seen, at most `limit` long; empty if it is no text."""
    if not isinstance(text, str):
        return ""
    cut = text[: 4 * limit]
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(sign if sign.isprintable() else " " for sign in cut)
    return " ".join(cut.split())[:limit]


def reason(text: object) -> str:
    """The text as `plain`, with addresses taken out: reasons are shown and counted, and must not name people."""
    line = plain(text, 2 * MAX_REASON)
    if "@" in line:
        line = _ADDRESS.sub("(address)", line)
    return line[:MAX_REASON]


def delivery_id(text: object) -> str:
    """The text if it has the shape of a delivery's id (`address` writes no other), else nothing."""
    return text if isinstance(text, str) and _DELIVERY(text) else ""
