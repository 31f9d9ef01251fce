"""The tokens of the look, checked: they stand in style sheets and attributes as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from digest.errors import UsageError
from digest.settings import Theme

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"( *('[A-Za-z][\w -]*'|-?[A-Za-z][\w -]*) *(,|$)){1,12}")


@lru_cache(maxsize=16)
def checked_theme(theme: Theme) -> Theme:
    """`theme`, whose values may stand in a style sheet as they are.

    Raises:
        UsageError: a colour is not six-digit hex, a font list holds more than names, or the width is out of bounds.
    """
    for field in ("accent", "paper", "ink", "quiet", "rule"):
        for name in (field, f"{field}_dark"):
            if not _COLOUR.fullmatch(getattr(theme, name)):
                raise UsageError(
                    f'"{getattr(theme, name)}" is no colour',
                    where=f"[theme] {name}",
                    hint="write six digits: #9a3412",
                )
    for name in ("serif", "sans"):
        if not _FONTS.fullmatch(getattr(theme, name)):
            raise UsageError(
                "this is no list of font names", where=f"[theme] {name}", hint="Georgia, 'Times New Roman'"
            )
    if not 320 <= theme.width <= 800:
        raise UsageError(f"{theme.width} is no width for a mail", where="[theme] width", hint="600 to 640 suits most")
    return replace(theme, serif=_bare(theme.serif), sans=_bare(theme.sans))


def _bare(fonts: str) -> str:
    """Font names without quotes, which CSS allows for plain words (CSS Fonts 4, 2.1): `style` then needs none."""
    return ", ".join(name.strip(" '") for name in fonts.split(","))
