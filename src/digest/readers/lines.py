"""Cut a delimited text file into records, one at a time, whatever stands in it.

A record is a line, or several when a quoted cell holds line breaks. A quote that nobody closes costs its own line
alone: reading goes on with the next. Memory stays at a few lines.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import IO, Final

MAX_LINE: Final = 65_536
MAX_LINES: Final = 50
DELIMITERS: Final = (",", ";", "\t", "|")
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, the line it begins on (from 1), and a remark on how it was read."""

    line: int
    cells: list[str]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that gave no record: why, and what to do."""

    line: int
    what: str
    hint: str | None = None


def open_text(path: Path) -> IO[str]:
    """The file as text: UTF-8 (RFC 3629) with or without its mark, UTF-16 with its mark as spreadsheets save it.

    Bytes that are not UTF-8 come through as escapes, which `records` reads as Windows-1252.

    Raises:
        OSError: it cannot be opened.
    """
    return text_of(path.open("rb"))


def text_of(raw: BufferedReader) -> IO[str]:
    """The octets as text, by the same rules."""
    utf16 = raw.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    if utf16:
        return TextIOWrapper(raw, encoding="utf-16", errors="replace")
    return TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape")


class Records:
    """The records of a stream. The first call to `heading` or `__iter__` begins to read it."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._waiting: deque[tuple[int, str]] = deque()
        self._number = 0
        self._width = 0
        self.delimiter = ""

    def heading(self) -> Record | Broken | None:
        """The first record, by which the delimiter is chosen; None when the file is empty.

        A first line `sep=;`, which Excel writes, names the delimiter and is no record.
        """
        while line := self._line():
            number, text = line
            text = text.removeprefix("\ufeff")
            if match := re.fullmatch(r"sep=([,;|\t])", text):
                self.delimiter = match[1]
                continue
            if text.strip():
                self.delimiter = self.delimiter or _delimiter(text)
                heading = self._record(number, text)
                self._width = len(heading.cells) if isinstance(heading, Record) else 0
                return heading
        return None

    def __iter__(self) -> Iterator[Record | Broken]:
        """What follows; lines without a single sign in any cell are left out."""
        delimiter = self.delimiter
        blank = f" \t{delimiter}"
        while line := self._line():
            number, text = line
            if not text.strip(blank):
                continue
            plain = '"' not in text and "\0" not in text and len(text) <= MAX_LINE
            if plain and (text.isascii() or not _ESCAPED.search(text)):
                yield Record(number, text.split(delimiter))
            else:
                yield self._record(number, text)

    def _line(self) -> tuple[int, str] | None:
        """The next line without its end, numbered from 1. One that is too long is cut just above the bound."""
        if self._waiting:
            return self._waiting.popleft()
        text = self._stream.readline(MAX_LINE + 2)
        if not text:
            return None
        self._number += 1
        if text[-1] == "\n":
            return self._number, text[:-1].removesuffix("\r")
        rest = text
        while len(rest) == MAX_LINE + 2 and rest[-1] != "\n":
            rest = self._stream.readline(MAX_LINE + 2)
            if not rest:
                break
        return self._number, text.rstrip("\r")

    def _record(self, number: int, text: str) -> Record | Broken:
        text, remark, broken = _readable(number, text)
        if broken or '"' not in text:
            return broken or Record(number, text.split(self.delimiter), remark)
        if text.count('"') % 2 and _ends_inside(text, self.delimiter, inside=False):
            whole = self._closed(text)
            if whole is None:
                what = "a quote is opened and not closed"
                return Broken(number, what, 'close the cell with ", and double a " within it')
            text = whole
        reader = csv.reader((text,), delimiter=self.delimiter, skipinitialspace=True)
        try:
            return Record(number, next(reader), remark)
        except csv.Error as problem:
            return Broken(number, f"the line cannot be divided into cells: {problem}")

    def _closed(self, text: str) -> str | None:
        """`text` with the lines that its quoted cell runs on to; None, and nothing consumed, when it never closes.

        A quote is not closed by one that opens another cell, nor does a cell hold a whole line of the file: so a
        quote that was forgotten does not swallow the people who follow.
        """
        taken: list[tuple[int, str]] = []
        whole, length = [text], len(text)
        while len(taken) < MAX_LINES and (line := self._line()):
            taken.append(line)
            more, _, broken = _readable(*line)
            length += len(more) + 1
            if broken or length > MAX_LINE:
                break
            whole.append(more)
            if (closing := _closing(more, 0)) < 0:
                if "@" in more and 0 < self._width <= more.count(self.delimiter) + 1:
                    break
            elif more[closing + 1 :].lstrip(" ")[:1] not in ("", self.delimiter):
                break
            elif not _ends_inside(more, self.delimiter, inside=True):
                return "\n".join(whole)
        self._waiting.extendleft(reversed(taken))
        return None


def _readable(number: int, text: str) -> tuple[str, str | None, Broken | None]:
    """The line with its escaped bytes read as Windows-1252, a remark when there were any, or why it is unreadable."""
    if len(text) > MAX_LINE:
        return "", None, Broken(number, f"the line is longer than {MAX_LINE} characters")
    if "\0" in text:
        return "", None, Broken(number, "the line holds a zero byte", "save the file as CSV in UTF-8")
    if text.isascii() or not _ESCAPED.search(text):
        return text, None, None
    try:
        decoded = text.encode("utf-8", "surrogateescape").decode("cp1252")
    except UnicodeError:
        return "", None, Broken(number, "the line is neither UTF-8 nor Windows-1252", "save the file as UTF-8")
    return decoded, "not UTF-8, read as Windows-1252", None


def _ends_inside(text: str, delimiter: str, *, inside: bool) -> bool:
    """Whether a quoted cell is still open at the end of the line."""
    position = 0
    while True:
        if not inside:
            while text.startswith(" ", position):
                position += 1
            if text.startswith('"', position):
                inside, position = True, position + 1
        if inside:
            position = _closing(text, position)
            if position < 0:
                return True
            inside, position = False, position + 1
        position = text.find(delimiter, position)
        if position < 0:
            return False
        position += 1


def _closing(text: str, position: int) -> int:
    """Where the quoted cell that is open at `position` ends; -1 when it does not end on this line."""
    while (position := text.find('"', position)) >= 0 and text.startswith('""', position):
        position += 2
    return position


def _delimiter(heading: str) -> str:
    """The delimiter that occurs most often outside quotes in the heading."""
    bare = re.sub(r'"[^"]*"', "", heading)
    return max(DELIMITERS, key=bare.count)
