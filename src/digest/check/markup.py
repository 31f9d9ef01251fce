"""Markup that has no place in a mail."""

from __future__ import annotations

from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

DEEPEST = 64
_FORBIDDEN = ("script", "iframe", "object", "embed", "form", "video", "audio", "base", "applet", "frame")


def _forbidden(given: Given) -> Iterator[Hit]:
    for tag in _FORBIDDEN:
        count = sum(1 for _ in given.page.iter(tag))
        if count:
            yield Hit(f"<{tag}> stands in the mail", f"html: <{tag}>")
    for element in given.page.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if name.lower().startswith("on"):
                yield Hit(f"an element has the attribute {name}", f"html: <{element.tag}>")
            elif name in ("href", "src") and value.strip().lower().startswith(("javascript:", "vbscript:")):
                yield Hit("an address runs a script", f"html: <{element.tag}>")
        if element.tag == "link" and "stylesheet" in element.get("rel", ""):
            yield Hit("a style sheet is loaded from elsewhere", "html: <link>", "warning")


def _deep(given: Given) -> Iterator[Hit]:
    stack = [(given.page, 1)]
    while stack:
        element, depth = stack.pop()
        if depth > DEEPEST:
            yield Hit(f"elements are nested deeper than {DEEPEST}", "html")
            return
        stack.extend((child, depth + 1) for child in element)


RULES = (
    Rule(
        "html.forbidden",
        "error",
        "clients remove it, and filters take the mail for an attack",
        "caniemail.com; Gmail's list of supported markup",
        "take it out of the template",
        _forbidden,
    ),
    Rule(
        "html.depth",
        "error",
        "clients and filters give up on deep nesting",
        "libxml2's and browsers' limits",
        "use fewer tables in tables",
        _deep,
    ),
)
