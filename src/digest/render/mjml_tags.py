"""The MJML that can be used here: which tags there are, what may stand in them, and which attributes they take.

The names are those of MJML 5 (documentation.mjml.io), less what mjml-python gets wrong or does not know.
"""

from __future__ import annotations

_CONTENT = ("mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-social", "mj-raw")
CHILDREN: dict[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset(
        {"mj-attributes", "mj-breakpoint", "mj-font", "mj-preview", "mj-style", "mj-title", "mj-raw"}
    ),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": frozenset(_CONTENT),
    "mj-hero": frozenset(_CONTENT),
    "mj-social": frozenset({"mj-social-element"}),
}
# What stands in these is HTML or text, not MJML.
ENDING = frozenset(
    {"mj-text", "mj-button", "mj-raw", "mj-table", "mj-style", "mj-title", "mj-preview", "mj-social-element"}
)
KNOWN = frozenset().union(CHILDREN, *CHILDREN.values()) | {"mj-all", "mj-class"}
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# Around these a space is part of the text.
INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "mark", "q", "s", "samp"),
        *("small", "span", "strong", "sub", "sup", "time", "u", "var"),
    }
)
REFUSED = {
    "mj-include": 'use {% include "NAME.mjml.j2" %}',
    "mj-html-attributes": "write the attribute on the HTML tag itself",
    "mj-selector": "write the attribute on the HTML tag itself",
    "mj-carousel": "show one picture: few clients turn pages",
    "mj-accordion": "show the text: few clients can fold it",
    "mj-navbar": "write the links into an mj-text",
}


def _sides(name: str) -> tuple[str, ...]:
    return (name, *(f"{name}-{side}" for side in ("top", "right", "bottom", "left")))


_PADDING = _sides("padding")
_BORDER = (*_sides("border"), "border-radius")
_FONT = ("font-family", "font-size", "font-style", "font-weight")
_BLOCK = (*_PADDING, "container-background-color")
_BACK = tuple(
    f"background-{name}" for name in ("color", "url", "repeat", "size", "position", "position-x", "position-y")
)
_SECTION = (*_BACK, *_BORDER, *_PADDING, "direction", "full-width", "text-align", "text-padding")
_LINK = ("href", "name", "rel", "target", "title")
ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: frozenset(names)
    for tag, names in {
        "mjml": ("lang", "dir", "owa"),
        "mj-head": (),
        "mj-attributes": (),
        "mj-title": (),
        "mj-preview": (),
        "mj-breakpoint": ("width",),
        "mj-font": ("name", "href"),
        "mj-style": ("inline",),
        "mj-raw": ("position",),
        "mj-body": ("width", "background-color", "id"),
        "mj-section": (*_SECTION, "gutter"),
        "mj-wrapper": (*_SECTION, "gutter", "gap"),
        "mj-group": ("background-color", "direction", "vertical-align", "width"),
        "mj-column": (
            *_BORDER,
            *_PADDING,
            *(f"inner-{name}" for name in _BORDER),
            *("background-color", "inner-background-color", "direction", "vertical-align", "width"),
        ),
        "mj-hero": (
            *_PADDING,
            *_sides("inner-padding"),
            *("mode", "height", "vertical-align", "border-radius", "inner-background-color"),
            *(f"background-{name}" for name in ("color", "url", "width", "height", "position")),
        ),
        "mj-text": (
            *_BLOCK,
            *_FONT,
            *("align", "background-color", "color", "height", "letter-spacing", "line-height"),
            *("text-decoration", "text-transform", "vertical-align"),
        ),
        "mj-button": (
            *_BLOCK,
            *_BORDER,
            *_FONT,
            *_LINK,
            *("align", "background-color", "color", "height", "inner-padding", "letter-spacing", "line-height"),
            *("text-align", "text-decoration", "text-transform", "vertical-align", "width"),
        ),
        "mj-image": (
            *_BLOCK,
            *_BORDER,
            *_LINK,
            *("align", "alt", "fluid-on-mobile", "font-size", "height", "max-height", "sizes", "src", "srcset"),
            *("usemap", "width"),
        ),
        "mj-divider": (*_BLOCK, "align", "border-color", "border-style", "border-width", "width"),
        "mj-spacer": (*_BLOCK, *_sides("border"), "height"),
        "mj-table": (
            *_BLOCK,
            *("font-family", "font-size", "font-weight"),
            *("align", "border", "cellpadding", "cellspacing", "color", "line-height", "role", "table-layout"),
            *("vertical-align", "width"),
        ),
        "mj-social": (
            *_BLOCK,
            *_FONT,
            *("align", "border", "border-radius", "color", "icon-height", "icon-padding", "icon-size"),
            *("inner-padding", "line-height", "mode", "table-layout", "text-decoration", "text-padding"),
            "vertical-align",
        ),
        "mj-social-element": (
            *_PADDING,
            *_FONT,
            *_LINK,
            *("align", "alt", "background-color", "border", "border-radius", "color", "icon-height"),
            *("icon-padding", "icon-position", "icon-size", "line-height", "sizes", "src", "srcset"),
            *("text-decoration", "text-padding", "vertical-align"),
        ),
    }.items()
}
# Every tag of the body takes these.
EVERYWHERE = frozenset({"css-class", "mj-class"})
# MJML knows these, and mjml-python 1.4 leaves them out without a word.
IGNORED = {("mj-wrapper", "gap"), ("mj-image", "sizes"), ("mjml", "owa"), ("mj-raw", "position")}
