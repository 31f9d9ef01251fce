"""A template as it was written, with its includes in place and Jinja blotted out: each character still knows its
file, line and column. What is left can be read as MJML without running anything."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.render.environment import TemplateFiles

STATEMENT, VALUE = "\x01", "\x02"
DEEPEST = 16
LARGEST = 1_000_000
_STRINGS = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_RAW = r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}"
_JINJA = re.compile(
    rf"\{{#.*?#\}}|{_RAW}|\{{\{{(?:{_STRINGS}|(?!\}}\}}).)*\}}\}}|\{{%(?:{_STRINGS}|(?!%\}}).)*%\}}", re.DOTALL
)
_NAMED = re.compile(r"(include|extends|import|from)\s+(\"[^\"\\]+\"|'[^'\\]+')")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character was written; `line` and `column` begin at 1."""

    file: Path
    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` with statements and values as control characters, `statements` with where they begin in it, and
    `further`, the names of templates that it builds on in other ways than by including them."""

    text: str
    statements: tuple[tuple[int, str], ...]
    further: tuple[str, ...]
    runs: tuple[tuple[int, Path, int], ...]
    sources: dict[Path, str]

    def place(self, at: int) -> Place:
        """Where the character `at` of `text` was written."""
        start, file, offset = self.runs[bisect_right(self.runs, at, key=lambda run: run[0]) - 1]
        source, offset = self.sources[file], offset + at - start
        line_start = source.rfind("\n", 0, offset) + 1
        return Place(file, source.count("\n", 0, offset) + 1, offset - line_start + 1, offset)


def mask(files: TemplateFiles, name: str) -> Masked | None:
    """The template `name`, None when there is none. An include that is computed or missing is left out."""
    path = files.find(name)
    if path is None:
        return None
    building = _Building(files)
    building.add(path, 0)
    return Masked(
        "".join(building.pieces),
        tuple(building.statements),
        tuple(dict.fromkeys(building.further)),
        tuple(building.runs),
        building.sources,
    )


class _Building:
    def __init__(self, files: TemplateFiles) -> None:
        self.files = files
        self.pieces: list[str] = []
        self.statements: list[tuple[int, str]] = []
        self.further: list[str] = []
        self.runs: list[tuple[int, Path, int]] = []
        self.sources: dict[Path, str] = {}
        self.length = 0

    def add(self, path: Path, depth: int) -> None:
        if path not in self.sources:
            self.sources[path] = path.read_text(encoding="utf-8", errors="replace")
        source = self.sources[path]
        self.runs.append((self.length, path, 0))
        for offset, text, code in _stretches(source):
            self._put(text)
            if code is None:
                continue
            self.statements.append((self.length - len(text), code))
            found = _NAMED.match(code)
            if found is None:
                continue
            name = ast.literal_eval(found[2])
            included = self.files.find(name)
            if found[1] != "include":
                self.further.append(name)
            elif included and depth < DEEPEST and self.length < LARGEST:
                self.add(included, depth + 1)
                self.runs.append((self.length, path, offset + len(text)))

    def _put(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


def _stretches(source: str) -> Iterator[tuple[int, str, str | None]]:
    """(offset, masked text, statement) of one file. Whitespace that Jinja takes away with a bracket is masked too."""
    behind = 0
    for found in _JINJA.finditer(source):
        start, end = found.span()
        code = found[0]
        if code.startswith("{{"):
            left, right = _trimmed(source, start, end, code, block=False)
            kind, said = VALUE, None
        else:
            left, right = _trimmed(source, start, end, code, block=True)
            kind, said = (
                STATEMENT,
                None if code.startswith("{#") or "raw" in code[:8] else code[2:-2].strip("-+ \n\t"),
            )
        left = max(left, behind)
        yield behind, source[behind:left], None
        blot = STATEMENT * (start - left) + kind * (end - start) + STATEMENT * (right - end)
        yield left, blot, said
        behind = right
    yield behind, source[behind:], None


def _trimmed(source: str, start: int, end: int, code: str, *, block: bool) -> tuple[int, int]:
    """Where the whitespace around a bracket begins and ends that goes with it (trim_blocks, lstrip_blocks, `-`)."""
    left, right = start, end
    if code[2:3] == "-":
        left = len(source[:start].rstrip())
    elif block and code[2:3] != "+":
        line = source.rfind("\n", 0, start) + 1
        left = line if not source[line:start].strip() else start
    if code[-3:-2] == "-":
        right = len(source) - len(source[end:].lstrip())
    elif block and code[-3:-2] != "+" and source[end : end + 1] == "\n":
        right = end + 1
    return left, right
