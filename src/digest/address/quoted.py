"""Quoted-printable (RFC 2045, section 6.7) for text that is encoded once and joined many times.

Every piece is encoded as if it began a line, so that pieces can be put behind each other in any order with a soft
line break between them. No line begins with a dot (nothing to stuff, RFC 5321, section 4.5.2) or with `From `
(nothing for an mbox to quote), none ends with white space, none is longer than 76 octets.
"""

from __future__ import annotations

import re

SOFT = b"=\r\n"

_LINE = 75
_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNSAFE = re.compile(rb"[^\t !-<>-~]|[\t ]+\Z")
_HEX = tuple(b"=%02X" % octet for octet in range(256))


def quote(text: str) -> bytes:
    """`text` in quoted-printable; every kind of line end becomes CRLF. A lone surrogate becomes `?`."""
    lines = _NEWLINE.split(text)
    return b"\r\n".join([_wrap(_UNSAFE.sub(_escape, line.encode("utf-8", "replace"))) for line in lines])


def quote_value(value: str) -> bytes:
    """As `quote`, with a short way for one line of printable ASCII, such as a link."""
    if value.isascii() and value.isprintable() and value[:1] not in (".", "F") and value[-1:] != " ":
        return quote_link(value)
    return quote(value)


def quote_link(value: str) -> bytes:
    """As `quote`, for printable ASCII that neither begins with what no line may begin with nor ends with a space."""
    quoted = value.replace("=", "=3D")
    if len(quoted) <= _LINE:
        return quoted.encode("ascii")
    return _folded(quoted) or quote(value)


def _folded(quoted: str) -> bytes:
    """Escaped ASCII in rows; nothing when a row would begin with what no line may begin with."""
    rows: list[str] = []
    at, last = 0, len(quoted) - _LINE
    while at < last:
        end = at + _LINE
        escape = quoted.rfind("=", end - 2, end)
        if escape >= 0:
            end = escape
        if quoted[end] in ".F":
            return b""
        rows.append(quoted[at:end])
        at = end
    rows.append(quoted[at:])
    return "=\r\n".join(rows).encode("ascii")


def join_static(pieces: list[str]) -> list[bytes]:
    """The fixed text around n - 1 values, encoded so that each value stands between soft line breaks.

    A break is left out where a line ends or begins anyway, so that nothing empty is written.
    """
    out: list[bytes] = []
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        body = quote(piece)
        before = b"" if index == 0 or body.startswith(b"\r\n") or (index == last and not body) else SOFT
        after = b"" if index == last or not body or body.endswith(b"\r\n") else SOFT
        out.append(before + body + after)
    return out


def _escape(match: re.Match[bytes]) -> bytes:
    return b"".join([_HEX[octet] for octet in match[0]])


def _wrap(line: bytes) -> bytes:
    if len(line) <= _LINE and not line.startswith((b".", b"F")):
        return line
    rows: list[bytes] = []
    at = 0
    while True:
        first = b""
        if line.startswith((b".", b"From "), at):
            first = _HEX[line[at]]
            at += 1
        end = at + _LINE - len(first)
        if end >= len(line):
            rows.append(first + line[at:])
            return SOFT.join(rows)
        escape = line.rfind(b"=", end - 2, end)
        end = escape if escape >= 0 else end
        rows.append(first + line[at:end])
        at = end
