"""Elements that show a heading above takeaways, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.ingest.headings import LONGEST, NONE, strength
from digest.ingest.html.bullets import HEADINGS
from digest.ingest.html.pageorder import PageOrder
from digest.ingest.html.tree import SILENT, tag, text_of
from digest.ingest.prose import folded

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 60
_NEVER = SILENT | frozenset(
    {"html", "body", "ul", "ol", "br", "hr", "img", "input", "option", "nav", "footer", "main", "article"}
)


def labels(page: PageOrder) -> Iterator[tuple[HtmlElement, str, int]]:
    """Outermost elements whose whole text is a heading that the lexicon knows, with the text and how sure it is."""
    last: HtmlElement | None = None
    found = 0
    for element in page.elements:
        name = tag(element)
        if name in _NEVER or element is page.headline or not (element.text or len(element)):
            continue
        if last is not None and last in element.iterancestors():
            continue
        text = text_of(element, LONGEST + 20)
        sure = strength(text)
        if sure == NONE or folded(text) == page.title or _leads_away(element):
            continue
        if element in page.list_holders:
            continue  # its list is folded up, so that only the heading reads: an element inside is the label
        last = element
        found += 1
        yield element, text, sure
        if found >= MOST:
            return


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
