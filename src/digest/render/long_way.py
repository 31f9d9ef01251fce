"""HTML by the long way: Jinja, MJML and inlining for one edition. What any faster way is measured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.render.environment import TemplateFiles, fill
from digest.render.inline import inline
from digest.render.mjml import compile_mjml

SHEET = "_inline.css.j2"


def compose(name: str, roots: Sequence[Path], values: Mapping[str, Any], prefix: str) -> str:
    """The HTML of the template `name`, with slot tokens that begin with `prefix` in it.

    Raises:
        TemplateError: the template, its MJML or the inline sheet is wrong.
    """
    html = compile_mjml(fill(roots, name, values), name, TemplateFiles(roots).origin)
    return inline(html, fill(roots, SHEET, values), tokens=prefix)
