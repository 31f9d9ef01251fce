"""Elements that show a heading above takeaways, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.ingest.headings import LONGEST, NONE, strength
from digest.ingest.html.bullets import HEADINGS, is_list
from digest.ingest.html.pageorder import PageOrder
from digest.ingest.html.tree import tag, text_of
from digest.ingest.prose import folded

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 60
_INLINE = frozenset({"b", "strong", "em", "i", "u", "span", "a", "font", "label", "mark", "big", "small"})
_NEVER = frozenset({"body", "html", "ul", "ol", "nav", "footer", "main", "article"})


def labels(page: PageOrder) -> Iterator[tuple[HtmlElement, str, int]]:
    """Outermost elements whose whole text is a heading that the lexicon knows, with the text and how sure it is, in
    the order of the page."""
    wanted: dict[HtmlElement, tuple[str, int]] = {}
    for block in page.layout.blocks:
        sure = strength(block.text) if len(block.text) <= LONGEST else NONE
        label = _outermost(block.holder, block.text) if sure != NONE else None
        if label is not None:
            wanted.setdefault(label, (block.text, sure))
    for element in page.elements:
        if tag(element) in _INLINE and element.text and len(element.text) <= LONGEST:
            text = text_of(element, LONGEST + 20)
            if (sure := strength(text)) != NONE and not any(
                node in wanted for node in (element, *element.iterancestors())
            ):
                wanted[element] = (text, sure)
    found = 0
    for element in sorted(wanted, key=page.order.__getitem__):
        text, sure = wanted[element]
        if element is page.headline or folded(text) == page.title or _leads_away(element):
            continue
        found += 1
        yield element, text, sure
        if found >= MOST:
            return


def _outermost(holder: HtmlElement, text: str) -> HtmlElement | None:
    """The outermost element around a block that holds nothing else; None when the block is only a part of its own."""
    found: HtmlElement | None = None
    for node in (holder, *holder.iterancestors()):
        if (
            tag(node) in _NEVER
            or text_of(node, LONGEST + 20) != text
            or any(is_list(i) for i in node.iter("ul", "ol"))
        ):
            break
        found = node
    return found


def _leads_away(label: HtmlElement) -> bool:
    """Whether the heading is only a link to takeaways: of another page, or an entry of a table of contents."""
    links = [label] if tag(label) == "a" else list(label.iter("a"))
    links += [node for node in list(label.iterancestors())[:3] if tag(node) == "a"]
    inside_heading = any(
        tag(node) in HEADINGS or tag(node) in ("summary", "button")
        for node in (label, *list(label.iterancestors())[:2])
    )
    inside_heading = inside_heading or any(tag(node) in HEADINGS for node in label.iterdescendants())
    for link in links:
        target = link.get("href") or ""
        if link.get("role") in ("tab", "button") or not target or target.startswith("javascript:"):
            continue
        if not target.startswith("#") or not (inside_heading or link.get("aria-controls")):
            return True
    return False
