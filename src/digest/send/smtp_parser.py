"""Reads SMTP replies out of octets as they come (RFC 5321, section 4.2), within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from digest.send.smtp_replies import Reply, read_reply

MAX_LINE = 8192
MAX_LINES = 200
_USUAL = frozenset({b"250 ", b"354 "})


class LostError(Exception):
    """The conversation broke off, or cannot be followed any further."""


class ReplyParser:
    """Gives each reply once it is whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = 0
        self._lines: list[str] = []

    @property
    def idle(self) -> bool:
        """Whether no reply is begun."""
        return not (self._rest or self._lines)

    def feed(self, octets: bytes) -> Iterator[Reply]:
        """The replies that these octets complete.

        Raises:
            LostError: it is no SMTP, or a line or a reply does not end.
        """
        lines = (self._rest + octets).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if line[:4] in _USUAL and not self._lines and len(line) <= MAX_LINE:
                yield _single(line)
                continue
            code, mark = line[:3], line[3:4]
            if len(line) > MAX_LINE:
                raise LostError("the server's reply has an endless line")
            known = len(code) == 3 and code.isdigit() and b"200" <= code <= b"599"
            if not known or mark not in (b" ", b"-", b"", b"\r"):
                raise LostError("the server said something that is not SMTP")
            number = int(code)
            if self._lines and number != self._code:
                raise LostError("the server said something that is not SMTP")
            if mark != b"-" and not self._lines:
                yield _single(line)
                continue
            self._code = number
            self._lines.append(line[4:].decode("utf-8", "replace").rstrip("\r"))
            if mark != b"-":
                whole, self._lines = self._lines, []
                yield read_reply(number, whole)
            elif len(self._lines) > MAX_LINES:
                raise LostError("the server's reply does not end")
        if len(self._rest) > MAX_LINE:
            raise LostError("the server's reply has an endless line")


@lru_cache(maxsize=64)
def _single(line: bytes) -> Reply:
    return read_reply(int(line[:3]), [line[4:].decode("utf-8", "replace").rstrip("\r")])
