"""What mjml-python passes in silence, found in the template as it was written: file, line, column, and what to write.

The rules are those by which its output was seen to differ from MJML's own compiler, or by which mail breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.errors import at
from digest.render import lint_rules
from digest.render.environment import TemplateFiles
from digest.render.lint_rules import REASONS
from digest.render.masked import Masked, mask
from digest.render.spots import Spot

__all__ = ["Flaw", "Level", "REASONS", "lint", "mend"]

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a template that goes out wrong without an error. `rule` is one of `REASONS`; `mended`, when there
    is one, is what the `length` characters from `offset` on should be."""

    rule: str
    level: Level
    message: str
    file: Path
    line: int
    column: int
    fix: str
    offset: int
    length: int = 0
    mended: str | None = None

    @property
    def where(self) -> str:
        """`file:line:column`."""
        return at(self.file, self.line, self.column)


def lint(roots: Sequence[Path], name: str) -> tuple[Flaw, ...]:
    """The flaws of `name` (a file name such as `daily.mjml.j2`) and of all that it includes, each once, in reading
    order of the files. A template that is not there has none: compiling it says so."""
    files = TemplateFiles(roots)
    found: dict[tuple[str, Path, int], Flaw] = {}
    wanted, seen = [name], set()
    while wanted:
        one = wanted.pop()
        masked = None if one in seen else mask(files, one)
        seen.add(one)
        if masked is None:
            continue
        wanted += masked.further
        for flaw in _flaws(masked):
            found.setdefault((flaw.rule, flaw.file, flaw.offset), flaw)
    return tuple(sorted(found.values(), key=lambda flaw: (str(flaw.file), flaw.offset, flaw.rule)))


def mend(source: str, flaws: Sequence[Flaw]) -> str:
    """`source`, the text of one file, with those of its `flaws` put right that have only one right form."""
    for flaw in sorted(flaws, key=lambda flaw: flaw.offset, reverse=True):
        if flaw.mended is not None:
            source = source[: flaw.offset] + flaw.mended + source[flaw.offset + flaw.length :]
    return source


def _flaws(masked: Masked) -> Iterator[Flaw]:
    for spot in lint_rules.walk(masked):
        yield _placed(masked, spot)


def _placed(masked: Masked, spot: Spot) -> Flaw:
    place = masked.place(spot.at)
    level: Level = REASONS[spot.rule][0]
    return Flaw(
        rule=spot.rule,
        level=level,
        message=spot.message,
        file=place.file,
        line=place.line,
        column=place.column,
        fix=spot.fix,
        offset=place.offset,
        length=spot.length,
        mended=spot.mended,
    )
