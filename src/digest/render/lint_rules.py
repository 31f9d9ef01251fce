"""The walk over a masked template, and the rules for its tags, their attributes and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from digest.render.lint_tags import attribute_spots, fits
from digest.render.masked import STATEMENT, Masked
from digest.render.mjml import DEEPEST
from digest.render.mjml_tags import CHILDREN, INLINE, VOID
from digest.render.spots import Attribute, Spot, Tag

REASONS: Mapping[str, tuple[Literal["error", "warning"], str]] = MappingProxyType(
    {
        "mjml.unknown-tag": ("error", "the compiler drops a tag that it does not know, or stops"),
        "mjml.nesting": ("error", "a tag in the wrong place is dropped or lands outside its column"),
        "mjml.text": ("error", "text directly in a column or section is dropped"),
        "mjml.unclosed": ("error", "an open tag swallows what follows, or the compiler stops without saying where"),
        "mjml.depth": ("error", f"deeper than {DEEPEST} tags, the compiler can end the whole process"),
        "mjml.attribute": ("error", "the compiler passes an attribute that it does not know, and nothing happens"),
        "mjml.ignored": ("warning", "MJML knows it, mjml-python leaves it out"),
        "mjml.duplicate-attribute": ("error", "mjml-python takes the last one, MJML's own compiler the first"),
        "mjml.duplicate-id": ("error", "an id names one place only"),
        "mjml.padding": ("warning", "mjml-python leaves such a padding out when it works out widths for Outlook"),
        "mjml.newline": ("warning", "mjml-python drops a line break between two inline tags, so words run together"),
        "mjml.fluid-hero": ("error", "mjml-python writes it without its height"),
        "mjml.column-width": ("warning", "widths that are no whole pixels leave gaps in Outlook"),
        "mjml.alt": ("error", "without alt a reader hears the picture's file name"),
        "mjml.hex3": ("warning", "Outlook reads only six digits in attributes"),
        "mjml.font": ("warning", "without a font of its own the mail asks for Ubuntu, which few have"),
        "mjml.style": ("error", "a < in a style sheet ends the document for the compiler"),
    }
)
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=/>\"'\x01\x02]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'))?")
_STYLE = re.compile(r"<mj-style\b[^>]*>(.*?)</mj-style>", re.DOTALL)


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: the open tags, and what was seen."""

    open: list[Tag] = field(default_factory=list)
    ids: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    fonts: bool = False
    head: Tag | None = None


def walk(masked: Masked) -> Iterator[Spot]:
    """Every spot of a template that a rule has something to say about."""
    yield from _styles(masked.text)
    # A style sheet is no markup: its text is masked, its length kept.
    text = _STYLE.sub(lambda m: m[0].replace(m[1], STATEMENT * len(m[1])) if m[1] else m[0], masked.text)
    paths = _Branches(masked.statements)
    state = _Walk()
    behind, last = 0, None
    for found in _TAG.finditer(text):
        if found[2] is None:
            continue
        tag = _tag(found)
        yield from _between(text, behind, found.start(), state, last, tag)
        behind, last = found.end(), tag
        if tag.closing:
            yield from _close(tag, state)
            continue
        yield from fits(tag, state.open[-1] if state.open else None)
        yield from attribute_spots(tag)
        yield from _ids(tag, state, paths)
        yield from _open(tag, state)
    if state.open and state.open[-1].name.startswith("mj"):
        tag = state.open[-1]
        yield Spot("mjml.unclosed", tag.at, f"<{tag.name}> is not closed", f"close it with </{tag.name}>")
    if state.head and not state.fonts:
        yield Spot(
            "mjml.font",
            state.head.at,
            "no font is set for the whole mail",
            '<mj-attributes><mj-all font-family="{{ theme.sans }}" /></mj-attributes>',
        )


def _tag(found: re.Match[str]) -> Tag:
    start = found.start(3)
    attributes = tuple(
        Attribute(m[1].lower(), m[2][1:-1] if m[2] else "", start + m.start(), start + m.start(2) + 1)
        for m in _ATTRIBUTE.finditer(found[3])
        if m[1] != "/"
    )
    name = found[2].lower()
    alone = name in VOID or found[3].rstrip(STATEMENT + " \n\t").endswith("/")
    return Tag(name, found.start(), bool(found[1]), alone, attributes, found[3], start)


def _between(text: str, start: int, end: int, state: _Walk, last: Tag | None, tag: Tag) -> Iterator[Spot]:
    stretch = text[start:end]
    parent = state.open[-1] if state.open else None
    bare = stretch.replace(STATEMENT, " ")
    words = bare.replace("\x02", " ").strip()
    if parent and parent.name in CHILDREN and words:
        at = start + bare.index(words[0])
        yield Spot("mjml.text", at, f"text stands directly in <{parent.name}>", "put it into <mj-text>")
    if last and {last.name, tag.name} <= INLINE and not bare.strip() and _inside(state):
        at = stretch.find("\n")
        if at >= 0 and STATEMENT not in stretch:
            what = (
                f"a line break stands between <{'/' * last.closing}{last.name}> and <{'/' * tag.closing}{tag.name}>"
            )
            yield Spot("mjml.newline", start, what, "write a space", len(stretch), " ")


def _inside(state: _Walk) -> bool:
    return any(tag.name in ("mj-text", "mj-button", "mj-table") for tag in state.open)


def _open(tag: Tag, state: _Walk) -> Iterator[Spot]:
    if tag.name in ("mj-all", "mj-text") and any(a.name == "font-family" for a in tag.attributes):
        state.fonts = True
    if tag.name == "mj-head":
        state.head = tag
    if tag.alone:
        return
    state.open.append(tag)
    if len(state.open) > DEEPEST and "depth" not in state.told:
        state.told.add("depth")
        yield Spot("mjml.depth", tag.at, f"tags are nested deeper than {DEEPEST}", "use fewer tags in tags")


def _close(tag: Tag, state: _Walk) -> Iterator[Spot]:
    names = [each.name for each in state.open]
    if tag.name not in names:
        if tag.name.startswith("mj") and names:
            yield Spot("mjml.unclosed", tag.at, f"</{tag.name}> closes nothing", "take it out, or open it before")
        return
    at = len(names) - 1 - names[::-1].index(tag.name)
    for each in state.open[at + 1 :]:
        if each.name.startswith("mj"):
            yield Spot("mjml.unclosed", each.at, f"<{each.name}> is not closed", f"close it with </{each.name}>")
    del state.open[at:]


def _ids(tag: Tag, state: _Walk, paths: _Branches) -> Iterator[Spot]:
    for attribute in tag.attributes:
        if attribute.name != "id" or not attribute.value or "\x02" in attribute.value:
            continue
        path = paths.at(tag.at)
        before = state.ids.setdefault(attribute.value, [])
        if paths.looped(tag.at):
            yield Spot(
                "mjml.duplicate-id", attribute.at, f'the id "{attribute.value}" stands in a loop', "take it out"
            )
        elif any(not _exclusive(path, other) for other in before):
            yield Spot(
                "mjml.duplicate-id", attribute.at, f'the id "{attribute.value}" is there twice', "name it anew"
            )
        before.append(path)


def _styles(text: str) -> Iterator[Spot]:
    for sheet in _STYLE.finditer(text):
        at = sheet[1].find("<")
        if at >= 0:
            yield Spot("mjml.style", sheet.start(1) + at, "a < stands in a style sheet", "take it out, comments too")


class _Branches:
    """Which branch of which {% if %} a place stands in, and whether in a loop."""

    def __init__(self, statements: tuple[tuple[int, str], ...]) -> None:
        self._marks: list[tuple[int, tuple[int, ...], bool]] = [(-1, (), False)]
        stack: list[tuple[str, int, int]] = []
        for number, (at, code) in enumerate(statements):
            word = code.split(None, 1)[0] if code else ""
            if word in ("if", "for"):
                stack.append((word, number, 0))
            elif word in ("elif", "else") and stack:
                kind, which, branch = stack.pop()
                stack.append((kind, which, branch + 1))
            elif word in ("endif", "endfor") and stack:
                stack.pop()
            else:
                continue
            path = tuple(part for kind, which, branch in stack if kind == "if" for part in (which, branch))
            self._marks.append((at, path, any(kind == "for" for kind, _which, _branch in stack)))

    def at(self, place: int) -> tuple[int, ...]:
        return self._mark(place)[1]

    def looped(self, place: int) -> bool:
        return self._mark(place)[2]

    def _mark(self, place: int) -> tuple[int, tuple[int, ...], bool]:
        return next(mark for mark in reversed(self._marks) if mark[0] <= place)


def _exclusive(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two places are in different branches of one condition, so that never both are written."""
    branches = dict(zip(one[::2], one[1::2], strict=True))
    return any(branches.get(which, branch) != branch for which, branch in zip(other[::2], other[1::2], strict=True))
