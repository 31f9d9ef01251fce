"""Which programs there are: each template compiled once for a theme and a language, and proved before it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from digest.errors import TemplateError
from digest.render import long_way
from digest.render.environment import fill
from digest.render.flatten import NotPlain
from digest.render.folders import Stamp, stamp_of
from digest.render.prepare import prepare
from digest.render.program import STATIC, Program, compile_program
from digest.render.slots import Slots
from digest.render.trial import trials
from digest.render.values import template_values
from digest.render.words import Words
from digest.render.written import written
from digest.settings import Theme


def compose(
    template: str, roots: Sequence[Path], values: Mapping[str, Any], prefix: str, *, theme: Theme, language: str
) -> str:
    """The HTML of `template` with slot tokens in it: by its program, or by the long way where it has none.

    A template that is new or was changed goes the long way once: whoever waits to see what they saved sees it sooner
    than it could be compiled and proved.

    Raises:
        TemplateError: as by the long way, which tells the file and line.
    """
    as_now, folders = stamp_of(roots), tuple(roots)
    asked = _asked(folders, template, theme, language, as_now)
    program = _proved(folders, f"{template}.mjml.j2", theme, language, as_now) if next(asked) else None
    if program is not None:
        try:
            return program.fill(values)
        except TemplateError:
            pass
    return long_way.compose(f"{template}.mjml.j2", roots, values, prefix)


def program_of(template: str, roots: Sequence[Path], theme: Theme, language: str) -> Program | None:
    """The proved program of `template`, compiled now unless it is at hand; None when it has none."""
    return _proved(tuple(roots), f"{template}.mjml.j2", theme, language, stamp_of(roots))


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
