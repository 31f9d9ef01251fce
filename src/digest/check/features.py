"""Which pieces of HTML and CSS a mail uses, by the names that caniemail.com gives them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_DECLARATION = re.compile(r"(?<![\w-])(-{0,2}[a-zA-Z][\w-]*)\s*:\s*([^;{}]+)(?=[;}]|$)")
_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#.-])-?\d*\.?\d+(rem|em|ex|ch|cm|mm|in|pc|pt|px|vh|vw|vmin|vmax|%)(?![\w-])")
_FUNCTIONS = {
    "calc": "css-unit-calc",
    "var": "css-variables",
    "rgba": "css-rgba",
    "rgb": "css-rgb",
    "clamp": "css-function-clamp",
    "min": "css-function-min",
    "max": "css-function-max",
    "light-dark": "css-function-light-dark",
    "linear-gradient": "css-linear-gradient",
    "radial-gradient": "css-radial-gradient",
    "conic-gradient": "css-conic-gradient",
    **dict.fromkeys(("hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color"), "css-modern-color"),
}
_MEDIA = {
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
    "orientation": "css-at-media-orientation",
    "hover": "css-at-media-hover",
    "device-pixel-ratio": "css-at-media-device-pixel-ratio",
}
_SELECTORS = (
    (re.compile(r"\[(?!data-og)"), "css-selector-attribute"),
    (re.compile(r">"), "css-selector-child"),
    (re.compile(r"\+"), "css-selector-adjacent-sibling"),
    (re.compile(r"~"), "css-selector-general-sibling"),
    (re.compile(r"#[\w-]"), "css-selector-id"),
    (re.compile(r"(?<![\w-])\*"), "css-selector-universal"),
)
_PSEUDO = re.compile(r"(::?)([a-z-]+)")
_TAGS = {
    **dict.fromkeys(
        ("article", "aside", "footer", "header", "main", "nav", "section", "figure", "figcaption", "time", "mark"),
        "html-semantics",
    ),
    **{f"h{level}": "html-h1-h6" for level in range(1, 7)},
    **dict.fromkeys(("ul", "ol", "dl"), "html-lists"),
    "details": "html-semantics",
}
_ATTRIBUTES = {
    "loading": "html-loading-attribute",
    "usemap": "html-image-maps",
    "type": "",
    "style": "",
    "for": "",
}


def used(page: HtmlElement, styles: Iterable[str], known: Collection[str]) -> Counter[str]:
    """How often each of the `known` features is used in a document and its style sheets."""
    found: Counter[str] = Counter()
    inline: Counter[str] = Counter()
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        found[_TAGS.get(element.tag, f"html-{element.tag}")] += 1
        for name, value in element.attrib.items():
            if name == "style":
                inline[value] += 1
            else:
                found[_ATTRIBUTES.get(name, f"html-{name}")] += 1
        if element.tag == "img":
            found[f"image-{_format(element.get('src', ''))}"] += 1
    for style, count in inline.items():
        for feature in _declarations(style, known):
            found[feature] += count
    for sheet in styles:
        found.update(_sheet(_STRING.sub('""', _COMMENT.sub("", sheet)), known))
    return Counter({feature: count for feature, count in found.items() if feature in known})


def _sheet(sheet: str, known: Collection[str]) -> Iterator[str]:
    for name, condition in re.findall(r"@([a-z-]+)([^{};]*)", sheet):
        yield f"css-at-{name}"
        yield from (feature for sign, feature in _MEDIA.items() if name == "media" and sign in condition)
    for head, body in _RULE.findall(sheet):
        selector = head.rpartition("}")[2].strip()
        if not selector.startswith("@"):
            yield from (feature for pattern, feature in _SELECTORS if pattern.search(selector))
            for colons, name in _PSEUDO.findall(selector):
                kind = "element" if colons == "::" or name in ("before", "after", "first-line") else "class"
                yield f"css-pseudo-{kind}-{name}"
        yield from _declarations(body, known)


def _declarations(style: str, known: Collection[str]) -> Iterator[str]:
    for name, value in _DECLARATION.findall(style):
        name, value = name.lower(), value.lower()
        if name.startswith("--"):
            yield "css-variables"
            continue
        yield _property(name, value, known)
        yield from (_FUNCTIONS[word] for word in _FUNCTION.findall(value) if word in _FUNCTIONS)
        yield from (f"css-unit-{'percent' if unit == '%' else unit}" for unit in _UNIT.findall(value))


def _property(name: str, value: str, known: Collection[str]) -> str:
    if name == "display" and "none" not in value:
        kind = "flex" if "flex" in value else "grid" if "grid" in value else ""
        return f"css-display-{kind}" if kind else "css-display"
    if name == "display":
        return "css-display-none"
    if name in ("left", "right", "top", "bottom"):
        return "css-left-right-top-bottom"
    while f"css-{name}" not in known and "-" in name.strip("-"):
        name = name.rpartition("-")[0]
    return f"css-{name}"


def _format(source: str) -> str:
    if source.startswith("data:"):
        return "base64"
    ending = source.partition("?")[0].rpartition(".")[2].lower()
    return "jpg" if ending == "jpeg" else ending
