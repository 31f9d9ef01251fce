"""What the terminal is like, and the few ways in which a command speaks: data on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from digest.pipeline.project import Project
    from digest.settings import Settings


@dataclass
class Face:
    """The options that stand before every command, and how they make it speak."""

    project_dir: Path | None = None
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    no_input: bool = False
    now: datetime | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def colour(self) -> bool:
        return (
            sys.stderr.isatty()
            and "NO_COLOR" not in self.environ
            and self.environ.get("TERM") != "dumb"
            and not self.as_json
        )

    @property
    def width(self) -> int | None:
        """How wide lines may be: the terminal's columns. None where nobody reads in columns, as in a pipe."""
        given = self.environ.get("COLUMNS", "")
        if given.isdecimal() and int(given):
            return int(given)
        return shutil.get_terminal_size().columns if sys.stderr.isatty() else None

    @property
    def asks(self) -> bool:
        """Whether there is a person to ask."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.no_input

    def clock(self) -> Callable[[], datetime]:
        """The clock: fixed by `--now` or DIGEST_NOW, else the machine's."""
        from digest.clock import StillClock, machine

        return machine if self.now is None else StillClock(self.now)

    def data(self, text: str) -> None:
        """What was asked for, to stdout."""
        typer.echo(text)

    def document(self, value: Any) -> None:
        """One JSON document, to stdout."""
        typer.echo(json.dumps(value, ensure_ascii=False, indent=None if self.quiet else 2))

    def event(self, value: Any) -> None:
        """One line of NDJSON, to stdout, at once."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def say(self, text: str = "", *, bold: bool = False, dim: bool = False) -> None:
        """A word to the person, to stderr; silent with `--quiet`."""
        if not self.quiet:
            typer.echo(typer.style(text, bold=bold, dim=dim) if self.colour and (bold or dim) else text, err=True)

    def warn(self, text: str) -> None:
        """Something to look at, to stderr, also with `--quiet`."""
        typer.echo(typer.style("! ", fg="yellow") + text if self.colour else f"! {text}", err=True)

    def root(self) -> Path:
        """The publication's folder: `--project`, else upward from here.

        Raises:
            ConfigError: there is none.
        """
        from digest.errors import ConfigError
        from digest.settings.load import MAIN, find_root

        if self.project_dir is not None:
            if not (self.project_dir / MAIN).is_file():
                raise ConfigError(f"there is no {MAIN} in this folder", where=str(self.project_dir))
            return self.project_dir.resolve()
        found = find_root(Path.cwd())
        if found is None:
            raise ConfigError(
                f"there is no {MAIN} here or above",
                where=str(Path.cwd()),
                hint="`digest init DIR` makes a publication; `--project DIR` names one",
            )
        return found

    def settings(self) -> Settings:
        from digest.settings import load_settings

        return load_settings(self.root(), self.environ)

    def project(self, *, create: bool = True) -> Project:
        from digest.pipeline.project import open_project

        return open_project(self.settings(), self.clock(), self.environ, create=create, note=self.warn)


def table(rows: Iterable[Sequence[object]], heads: Sequence[str], right: Sequence[int] = ()) -> str:
    """A plain table, two spaces between columns, the numbers of the columns in `right` set right."""
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(_cells(line[i]) for line in [list(heads), *body]) for i in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            " " * (width - _cells(cell)) + cell if index in right else cell + " " * (width - _cells(cell))
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return ("  " + "  ".join(padded)).rstrip()

    return "\n".join(line(cells) for cells in [heads, *body])


def hanging(text: str, width: int | None, indent: int) -> str:
    """`text` in lines of at most `width` characters, those after the first `indent` to the right; in one line where
    there is no width. A word that is longer, such as an address, stays whole."""
    if width is None or len(text) <= width:
        return text
    import textwrap

    hang = " " * min(indent, width // 2)
    return textwrap.fill(
        text, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False, replace_whitespace=False,
        drop_whitespace=True,
    )  # fmt: skip


def clip(text: str, width: int) -> str:
    """`text` in at most `width` terminal cells, cut with … when it is longer."""
    if _cells(text) <= width:
        return text
    kept = ""
    for char in text:
        if _cells(kept + char) >= width:
            break
        kept += char
    return kept.rstrip() + "…"


def _cells(text: str) -> int:
    """How many terminal cells a text takes (Unicode TR11: wide and full-width characters take two)."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 story`, `1,204 stories`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
