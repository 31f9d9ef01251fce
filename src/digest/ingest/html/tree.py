"""One lxml tree per page, parsed once and shared by everything that reads the page; and its text as people see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.ingest.crowding import is_crowded
from digest.ingest.html.streamed import put_in_place
from digest.ingest.prose import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 60_000

SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "head",
        "select",
        "textarea",
        "audio",
        "video",
        "canvas",
        "math",
    ]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_BOUND = 114  # libxml2's XML_ERR_RESOURCE_LIMIT
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class TooDeep(Exception):
    """The page is nested, branched or stretched beyond what any reader should follow."""


def parsed(text: str) -> HtmlElement | None:
    """The tree of an HTML page, or None when there is nothing in it.

    Raises:
        TooDeep: more than `MAX_ELEMENTS` elements, a tag of more than `MOST_ATTRIBUTES` attributes, or beyond
            libxml2's own bounds: 256 inside each other, a text of ten million bytes.
    """
    from lxml import etree, html

    if is_crowded(text):
        raise TooDeep
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if parser.error_log.filter_from_level(etree.ErrorLevels.FATAL).filter_types(_BOUND):
        raise TooDeep
    if any(number > MAX_ELEMENTS for number, _ in enumerate(tree.iter())):
        raise TooDeep
    put_in_place(tree)
    return tree


def tag(element: HtmlElement) -> str:
    """The element's name in lower case; empty for anything that is no element."""
    name = element.tag
    return name if isinstance(name, str) else ""


def text_of(element: HtmlElement, limit: int = 0) -> str:
    """The text of an element as one line, with a space wherever a block or line ends and no hidden or silent parts.
    With `limit`, reading stops soon after that many characters (the text is then only good for its length)."""
    pieces: list[str] = []
    length = 0
    for number, piece in enumerate(_pieces(element)):
        pieces.append(piece[: 2 * limit] if limit else piece)
        length += len(piece)
        if limit and length > limit:
            break
        if limit and number > 500 + 2 * limit:
            pieces.append("…" * limit)  # hundreds of empty elements are no short text
            break
    return clean("".join(pieces), 1_000_000)


def _pieces(element: HtmlElement) -> Iterator[str]:
    """Texts in document order, walked without recursion."""
    node: HtmlElement | None = element
    while node is not None:
        name = tag(node)
        skip = name in SILENT or not name or (node is not element and is_hidden(node))
        if not skip:
            if name in BLOCKS:
                yield " "
            yield node.text or ""
            if len(node):
                node = node[0]
                continue
        while node is not None:
            if node is element:
                return
            if tag(node) in BLOCKS:
                yield " "
            if node.tail:
                yield node.tail
            following = node.getnext()
            if following is not None:
                node = following
                break
            node = node.getparent()
            if node is element or node is None:
                return


def is_hidden(element: HtmlElement) -> bool:
    """Whether the element says of itself that it is not shown."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))


def tokens(element: HtmlElement) -> frozenset[str]:
    """The words of class and id: `RenderKeyPoints-list` gives render, key, points, list."""
    return word_tokens(f"{element.get('class') or ''} {element.get('id') or ''}"[:600])


def word_tokens(names: str) -> frozenset[str]:
    """Names as programmers write them, taken apart at case, hyphen, underscore and digit."""
    return frozenset(word.lower() for word in re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+", names))


def ancestors(element: HtmlElement, stop: HtmlElement | None = None) -> Iterator[HtmlElement]:
    """The elements around `element`, nearest first, up to but without `stop`."""
    node = element.getparent()
    while node is not None and node is not stop:
        yield node
        node = node.getparent()
