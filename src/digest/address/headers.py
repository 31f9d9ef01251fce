"""Header fields as octets: folded, seven-bit, and never with a line break that came from outside.

RFC 5322 (lines of at most 998 octets, 78 where possible), RFC 2047 (encoded words, never inside an address or an
identifier), RFC 2369 and 8058 (List-*). The standard library turns a long List-Unsubscribe into encoded words,
which no mailbox provider reads; here such fields are written as they are or refused.
"""

from __future__ import annotations

import base64
import re

from digest.address.mailbox import Mailbox

WIDTH = 78
HARD_WIDTH = 998

_NAME = re.compile(r"[!-9;-~]{1,60}").fullmatch
_BREAKING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SIMPLE = re.compile(r"[!-~]+(?: [!-~]+)*").fullmatch
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*").fullmatch
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_ENCODED_MAX = 75
_OVERHEAD = len("=?utf-8?q??=")


class HeaderError(ValueError):
    """A value that cannot be written into a header without changing what it means."""


def text_field(name: str, value: str) -> bytes:
    """Free text, as in a Subject: plain when it is plain ASCII, else encoded words.

    Raises:
        HeaderError: the value holds CR, LF, NUL or another control character, or the name is no field name.
    """
    _check(name, value)
    words = value.split(" ")
    longest = max(len(word) for word in words) + 1
    if (not value) or (_SIMPLE(value) and "=?" not in value and longest + len(name) + 1 <= WIDTH):
        return _fold(name, words)
    return _fold(name, encoded_words(value, len(name) + 2))


def raw_field(name: str, *parts: str) -> bytes:
    """A structured value that must stand as it is, such as List-Unsubscribe: folded between `parts`, never encoded.

    Raises:
        HeaderError: not ASCII, a control character, or one part longer than a line may be (998 octets).
    """
    for part in parts:
        _check(name, part)
        if not part.isascii():
            raise HeaderError(f"{name} holds characters outside ASCII")
        if len(part) > HARD_WIDTH - len(name) - 2:
            raise HeaderError(f"{name} is longer than a line of mail may be ({HARD_WIDTH} octets)")
    return _fold(name, list(parts))


def mailbox_field(name: str, mailbox: Mailbox) -> bytes:
    """One mailbox, as in From, To and Reply-To; only its display name is ever encoded.

    Raises:
        HeaderError: the address is not ASCII, or either holds a control character.
    """
    _check(name, mailbox.name)
    _check(name, mailbox.address)
    if not mailbox.address.isascii():
        raise HeaderError(f"the address in {name} is not ASCII")
    if not mailbox.name:
        return _fold(name, [mailbox.address])
    return _fold(name, [*phrase(mailbox.name, len(name) + 2), f"<{mailbox.address}>"])


def phrase(text: str, column: int) -> list[str]:
    """A display name as the words of an RFC 5322 phrase, the first of which begins at `column`."""
    if "=?" not in text and text.isascii():
        if _PHRASE(text) and len(text) + column < WIDTH:
            return text.split(" ")
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if len(quoted) + column < WIDTH and _SIMPLE(text):
            return [quoted]
    return encoded_words(text, column)


def encoded_words(text: str, column: int = 0) -> list[str]:
    """`text` as encoded words of at most 75 characters (RFC 2047), split between characters, in the shorter of the
    two encodings. The first fits into a line that already has `column` characters."""
    raw = text.encode("utf-8", "replace")
    by_q = sum(1 if octet in _Q_SAFE or octet == 0x20 else 3 for octet in raw) <= (len(raw) + 2) // 3 * 4
    words: list[str] = []
    room = min(_ENCODED_MAX, WIDTH - column) - _OVERHEAD
    chunk, used = bytearray(), 0
    for character in text:
        octets = character.encode("utf-8", "replace")
        cost = sum(len(_q(octet)) for octet in octets) if by_q else len(octets)
        if chunk and used + cost > (room if by_q else room // 4 * 3):
            words.append(_word(bytes(chunk), by_q))
            chunk, used = bytearray(), 0
            room = _ENCODED_MAX - _OVERHEAD
        chunk += octets
        used += cost
    words.append(_word(bytes(chunk), by_q))
    return words


def _word(octets: bytes, by_q: bool) -> str:
    if by_q:
        return f"=?utf-8?q?{''.join(map(_q, octets))}?="
    return f"=?utf-8?b?{base64.b64encode(octets).decode()}?="


def _q(octet: int) -> str:
    if octet == 0x20:
        return "_"
    return chr(octet) if octet in _Q_SAFE else f"={octet:02X}"


def _check(name: str, value: str) -> None:
    if not _NAME(name):
        raise HeaderError(f'"{name!r}" is no name of a header field')
    if _BREAKING.search(value):
        raise HeaderError(f"{name} holds a line break or another control character")


def _fold(name: str, words: list[str]) -> bytes:
    lines: list[str] = []
    line = name + ":"
    for word in words:
        if len(line) + 1 + len(word) > WIDTH and line != name + ":":
            lines.append(line)
            line = ""
        line += " " + word
    lines.append(line)
    return "\r\n".join(lines).encode("ascii") + b"\r\n"
