"""The running text of a page: paragraphs in order, and its headed sections, without takeaways and furniture."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.prose import clean, folded, paragraphs
from digest.models.story import Section

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_BLOCKS = frozenset({"p", "quote", "list", "code", "table", "item"})


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs divided by blank lines, without headings; and the headed stretches of them."""

    text: str = ""
    sections: tuple[Section, ...] = ()


def read_body(tree: HtmlElement, cut: Iterable[HtmlElement], known: Iterable[str], url: str | None) -> Body:
    """The body of a page. `cut` are elements that are none of it; paragraphs that say word for word what `known`
    says (title, takeaways) are left out. The tree is changed and good for nothing else afterwards."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    for element in cut:
        if element.getparent() is not None:
            element.drop_tree()
    try:
        document = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=False)
    except Exception:  # any fault of the extractor means that there is no body
        return Body()
    if document is None or isinstance(document, dict) or document.body is None:
        return Body()
    return assembled(document.body, known)


def assembled(root: _Element, known: Iterable[str]) -> Body:
    """A body from trafilatura's elements: `head` opens a section, everything else is a paragraph."""
    said = {folded(text) for text in known}
    plain: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for element in root:
        name = element.tag if isinstance(element.tag, str) else ""
        if name == "head":
            heading = clean(" ".join("".join(element.itertext()).split()), 300)
            if heading and folded(heading) not in said:
                sections.append((heading, []))
            continue
        for text in _texts(element, name):
            text = clean(text, 20_000)
            if not text or folded(text) in said:
                continue
            plain.append(text)
            if sections:
                sections[-1][1].append(text)
    return Body(
        paragraphs(plain), tuple(Section(heading, text) for heading, texts in sections if (text := paragraphs(texts)))
    )


def _texts(element: _Element, name: str) -> Iterable[str]:
    if name == "list":
        for item in element.iter("item"):
            yield "".join(item.itertext())
    elif name == "table":
        for row in element.iter("row"):
            yield " · ".join(filter(None, (clean("".join(cell.itertext())) for cell in row)))
    elif name == "quote" and any(child.tag in _BLOCKS for child in element):
        if element.text:
            yield element.text
        for child in element:
            yield "".join(child.itertext())
            if child.tail:
                yield child.tail
    elif name not in ("graphic", "del"):
        yield "".join(element.itertext())
