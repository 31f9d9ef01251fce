"""From which line of which template file each element of a mail came: rendered once more with every tag labelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from digest.render import long_way
from digest.render.context import Context
from digest.render.environment import TemplateFiles, environment, fill
from digest.render.inline import inline
from digest.render.mjml import compile_mjml
from digest.render.rendering import made_ready
from digest.render.steps import bounded_steps
from digest.render.values import template_values
from digest.settings import Theme

LABEL, CLASS = "data-at", "zqat"
_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
_TAG = re.compile(
    rf"{_JINJA}|<!--.*?-->|<([a-zA-Z][\w:-]*)((?:{_JINJA}|\"(?:{_JINJA}|[^\"])*\"|'(?:{_JINJA}|[^'])*'|[^<>\"'])*)>",
    re.DOTALL,
)
_CLASSES = re.compile(r"(\scss-class=)([\"'])")
# These take no class: they are no part of the page, or hold no element of their own.
_OUTSIDE = frozenset({"mjml", "mj-body", "mj-head", "mj-raw", "mj-title", "mj-preview", "mj-style", "mj-attributes"})
_OUTSIDE_PREFIXES = ("mj-all", "mj-class", "mj-font", "mj-breakpoint", "mj-html")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a template file."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A mail with a label at every element; `places` are what the labels mean."""

    html: str
    places: tuple[Place, ...]

    def place(self, tag: str, number: int) -> Place | None:
        """Where the element came from that is the `number`th (from 0) of its `tag`: its own line, else that of the
        nearest element around it that was written in a template."""
        from lxml import html

        found = list(html.document_fromstring(self.html).iter(tag))
        element: Any = found[number] if 0 <= number < len(found) else None
        while element is not None:
            label = element.get(LABEL) or next(
                (word[len(CLASS) :] for word in element.get("class", "").split() if word.startswith(CLASS)), ""
            )
            if label.isdecimal() and int(label) < len(self.places):
                return self.places[int(label)]
            element = element.getparent()
        return None


def trace(context: Context, *, templates: Sequence[Path], template: str, theme: Theme, language: str) -> Traced:
    """The mail that `render` gives, by the long way, with its elements labelled.

    Raises:
        TemplateError: as `render`.
    """
    shown, words, slots = made_ready(context, template, language)
    values = template_values(shown, words, slots, theme)
    files = _Labelled(templates)
    jinja = environment(tuple(templates)).overlay(loader=files)
    name = f"{template}.mjml.j2"
    with bounded_steps():
        source = jinja.get_template(name).render(**values)
    html = compile_mjml(source, name)
    sheet = fill(tuple(templates), long_way.SHEET, values)
    return Traced(inline(html, sheet, tokens=slots.prefix), tuple(files.places))


class _Labelled(TemplateFiles):
    """Template files whose tags are labelled as they are read."""

    def __init__(self, roots: Sequence[Path]) -> None:
        super().__init__(roots)
        self.places: list[Place] = []

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, file, fresh = super().get_source(environment, template)
        if not template.endswith(".mjml.j2"):
            return source, file, fresh
        return _TAG.sub(lambda found: self._labelled(found, Path(file)), source), file, fresh

    def _labelled(self, found: re.Match[str], file: Path) -> str:
        name, rest = found[1], found[2]
        if name is None or name in _OUTSIDE or name.startswith(_OUTSIDE_PREFIXES):
            return found[0]
        label = len(self.places)
        self.places.append(Place(file, found.string.count("\n", 0, found.start()) + 1))
        if not name.startswith("mj-"):
            return f'<{name} {LABEL}="{label}"{rest}>'
        if _CLASSES.search(rest):
            rest = _CLASSES.sub(rf"\g<1>\g<2>{CLASS}{label} ", rest, count=1)
            return f"<{name}{rest}>"
        return f'<{name} css-class="{CLASS}{label}"{rest}>'
