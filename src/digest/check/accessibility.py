"""What a screen reader, a low-vision reader and a keyboard need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from digest.check.finding import Given, Hit, Rule
from digest.settings import Theme

SMALLEST = 14
_GENERIC = re.compile(
    r"(click here|here|read more|more|learn more|this|link|hier|mehr|weiterlesen|lire la suite|leer más|saiba mais)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*(\d{1,6}(?:\.\d{1,3})?)(?:px\b|(?![\w.%]))", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def _language(given: Given) -> Iterator[Hit]:
    top: list[Any] = [given.page, *_top_children(given)]
    for element in top:
        lang, direction = element.get("lang", "").strip(), element.get("dir", "").strip()
        if not lang or lang.lower() == "und":
            yield Hit("no language is given", f"html: <{element.tag}>")
        if direction not in ("ltr", "rtl"):
            yield Hit("no direction is given", f"html: <{element.tag}>")


def _top_children(given: Given) -> list[Any]:
    body = given.page.find("body")
    children = [] if body is None else [c for c in body if isinstance(c.tag, str)]
    return [c for c in children if c.tag == "div" and not _HIDDEN.search(c.get("style", ""))][:1]


def _title(given: Given) -> Iterator[Hit]:
    title = given.page.find(".//title")
    if title is None or not (title.text or "").strip():
        yield Hit("the document has no title", "html: <title>")


def _tables(given: Given) -> Iterator[Hit]:
    bare = [
        table
        for table in given.page.iter("table")
        if table.get("role") not in ("presentation", "none") and table.find(".//th") is None
    ]
    if bare:
        yield Hit(f"{len(bare)} layout tables are read out as tables", "html: <table>")


def _headings(given: Given) -> Iterator[Hit]:
    levels = [int(e.tag[1]) for e in given.page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield Hit(f"there are {levels.count(1)} first-level headings, not one", "html: <h1>")
    for before, after in pairwise(levels):
        if after > before + 1:
            yield Hit(f"a heading of level {after} follows one of level {before}", f"html: <h{after}>")
            break


def _link_text(given: Given) -> Iterator[Hit]:
    for link in given.page.iter("a"):
        alts = " ".join(image.get("alt", "") for image in link.iter("img"))
        text = " ".join(f"{link.get('aria-label', '')} {''.join(link.itertext())} {alts}".split())
        where = f"html: the link to {link.get('href', '')[:60]}"
        if not text:
            yield Hit("a link has no words", where)
        elif _GENERIC.fullmatch(text.strip(" .:›»→")):
            yield Hit(f'a link says only "{text}"', where)


def _sizes(given: Given) -> Iterator[Hit]:
    """Text below 14 px, by the nearest inline size around it; what is hidden or empty may be of any size."""
    stack: list[tuple[Any, float]] = [(given.page, 16.0)]
    while stack:
        element, size = stack.pop()
        if not isinstance(element.tag, str) or element.tag in ("head", "style", "script"):
            continue
        style = element.get("style", "")
        if _HIDDEN.search(style):
            continue
        found = _SIZE.search(style)
        size = float(found[1]) if found else size
        own = " ".join(filter(None, (element.text, *(child.tail for child in element)))).split()
        if own and size < SMALLEST:
            yield Hit(f"text is set in {size:g} px", f'html: "{" ".join(own)[:40]}"')
        stack.extend((child, size) for child in reversed(element))


def _contrast(given: Given) -> Iterator[Hit]:
    if given.theme is None:
        return
    for mode, paper in (("light", given.theme.paper), ("dark", given.theme.paper_dark)):
        for name in ("ink", "quiet", "accent"):
            field = name if mode == "light" else f"{name}_dark"
            ratio = contrast(_colour(given.theme, field), paper)
            if ratio < 4.5:
                yield Hit(f"{name} on paper has a contrast of {ratio:.1f} in {mode} mode", f"[theme] {field}")


def _colour(theme: Theme, field: str) -> str:
    return str(getattr(theme, field))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


RULES = (
    Rule(
        "a11y.lang-dir",
        "error",
        "a screen reader needs the language to speak, and webmail strips <html>, so the body must say it too",
        "WCAG 2.2, 3.1.1; emailmarkup.org 2025",
        "set lang and dir on <mjml>",
        _language,
    ),
    Rule(
        "a11y.title",
        "error",
        "the title is what a screen reader announces, and what a browser tab shows",
        "WCAG 2.2, 2.4.2",
        "fill <mj-title>",
        _title,
    ),
    Rule(
        "a11y.layout-table",
        "error",
        "a layout table without a role is read out cell by cell",
        "WCAG 2.2, 1.3.1; emailmarkup.org",
        'give the table role="presentation"',
        _tables,
    ),
    Rule(
        "a11y.headings",
        "warning",
        "readers of screen readers go from heading to heading",
        "WCAG 2.2, 1.3.1 and 2.4.6",
        "one h1, and no level left out",
        _headings,
    ),
    Rule(
        "a11y.link-text",
        "warning",
        "links are read out in a list, without what stands around them",
        "WCAG 2.2, 2.4.4; emailmarkup.org 2025",
        "let the link say where it leads",
        _link_text,
    ),
    Rule(
        "a11y.contrast",
        "error",
        "text of low contrast cannot be read in the sun, or by many at all",
        "WCAG 2.2, 1.4.3",
        "choose a colour with a ratio of at least 4.5",
        _contrast,
    ),
    Rule(
        "a11y.font-size",
        "warning",
        "small text is not read on a phone",
        "Apple and Google's text sizes; emailmarkup.org",
        f"use at least {SMALLEST} px",
        _sizes,
    ),
)
