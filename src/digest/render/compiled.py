"""Which programs there are: each template compiled once for a theme and a language, and proved before it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from digest.errors import TemplateError
from digest.render import long_way
from digest.render.environment import fill
from digest.render.flatten import NotPlain
from digest.render.prepare import prepare
from digest.render.program import STATIC, Program, compile_program
from digest.render.slots import Slots
from digest.render.trial import trials
from digest.render.values import template_values
from digest.render.words import Words
from digest.render.written import written
from digest.settings import Theme

Stamp = tuple[tuple[str, int, int], ...]


def compose(
    template: str, roots: Sequence[Path], values: Mapping[str, Any], prefix: str, *, theme: Theme, language: str
) -> str:
    """The HTML of `template` with slot tokens in it: by its program, or by the long way where it has none.

    A template that is new or was changed goes the long way once: whoever waits to see what they saved sees it sooner
    than it could be compiled and proved.

    Raises:
        TemplateError: as by the long way, which tells the file and line.
    """
    as_now = stamp(roots)
    asked = _asked(tuple(roots), template, theme, language, as_now)
    program = _proved(tuple(roots), f"{template}.mjml.j2", theme, language, as_now) if next(asked) else None
    if program is not None:
        try:
            return program.fill(values)
        except TemplateError:
            pass
    return long_way.compose(f"{template}.mjml.j2", roots, values, prefix)


def program_of(template: str, roots: Sequence[Path], theme: Theme, language: str) -> Program | None:
    """The proved program of `template`, compiled now unless it is at hand; None when it has none."""
    return _proved(tuple(roots), f"{template}.mjml.j2", theme, language, stamp(roots))


def stamp(roots: Sequence[Path]) -> Stamp:
    """What changes when any template file does: names, times and sizes."""
    found: list[tuple[str, int, int]] = []
    folders = [str(root) for root in roots]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.endswith(".j2"):
                        state = entry.stat()
                        found.append((entry.path, state.st_mtime_ns, state.st_size))
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except FileNotFoundError:
            continue
    return tuple(sorted(found))


@lru_cache(maxsize=64)
def _asked(_roots: tuple[Path, ...], _template: str, _theme: Theme, _language: str, _stamp: Stamp) -> Iterator[int]:
    """How often a template was asked for before, as it is now."""
    return count()


@lru_cache(maxsize=64)
def _proved(roots: tuple[Path, ...], name: str, theme: Theme, language: str, _stamp: Stamp) -> Program | None:
    """The program of a template, None when it has none: when it is not plain, or does not give what the long way
    gives for each of the trial editions."""
    words = Words.of(language)
    program = None
    for context in trials():
        shown = prepare(context)
        slots = Slots.apart_from(written(shown), shown.slots)
        values = template_values(shown, words, slots, theme)
        try:
            if program is None:
                sheet = fill(roots, long_way.SHEET, values)
                program = compile_program(roots, name, sheet, {key: values[key] for key in STATIC})
            if program.fill(values) != long_way.compose(name, roots, values, slots.prefix):
                return None
        except (NotPlain, TemplateError):
            return None
    return program
