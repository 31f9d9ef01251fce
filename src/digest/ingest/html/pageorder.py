"""The order of a page's elements, and where in it the text of the story begins."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from digest.ingest.html.bullets import HEADINGS, Listing, is_list
from digest.ingest.html.layout import Layout
from digest.ingest.html.surroundings import around
from digest.ingest.html.tree import is_hidden, tag, text_of
from digest.ingest.prose import folded, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PARAGRAPH = 20
_MOST_HEADINGS = 1_000


class PageOrder:
    """A page as a sequence: `elements` in document order, `start` the place of the headline, `prose` those of the
    paragraphs behind it. `list_holders` are the elements around lists."""

    def __init__(self, tree: HtmlElement, layout: Layout) -> None:
        self.tree = tree
        self.layout = layout
        self.headline = layout.headline
        self.elements = [element for element in tree.iter() if isinstance(element.tag, str)]
        self.order = {element: number for number, element in enumerate(self.elements)}
        self.start = self.order.get(self.headline, 0) if self.headline is not None else 0
        self.title = folded(text_of(self.headline, 500)) if self.headline is not None else ""
        self.prose = [
            self.order[block.holder]
            for block in layout.blocks
            if words(block.text) >= _PARAGRAPH and layout.is_prose(block) and self._is_paragraph(block.holder)
        ]
        self.list_holders = {node for e in self.elements if is_list(e) for node in e.iterancestors()}
        self._headings: list[tuple[str, HtmlElement]] | None = None

    def _is_paragraph(self, element: HtmlElement) -> bool:
        if self.order[element] <= self.start or tag(element) == "button":
            return False
        return not any(tag(node) in ("li", "ul", "ol") for node in around(element, self.headline))

    def prose_before(self, element: HtmlElement) -> int:
        """How many paragraphs stand between the headline and the element."""
        number = self.order[element]
        return sum(1 for place in self.prose if place < number)

    def is_early(self, element: HtmlElement) -> bool:
        """Whether at most three paragraphs stand before the element."""
        return self.prose_before(element) <= 3

    def holds_headline(self, element: HtmlElement) -> bool:
        """Whether the headline stands inside the element, or is it."""
        return self.headline is not None and (element is self.headline or element in self.headline.iterancestors())

    def behind_another_title(self, element: HtmlElement) -> bool:
        """Whether the h1 of a second article stands between the headline and the element."""
        if self.headline is None or tag(self.headline) != "h1":
            return False
        return any(
            tag(other) == "h1"
            and not is_hidden(other)
            and len(text_of(other, 80)) > 15
            and folded(text_of(other)) != self.title
            for other in self.elements[self.start + 1 : self.order[element]]
        )

    def are_headings(self, found: Listing) -> bool:
        """Whether texts are headings that stand elsewhere on the page, as in a table of contents."""
        if self._headings is None:
            headings = islice((e for e in self.elements if tag(e) in HEADINGS), _MOST_HEADINGS)
            self._headings = [(folded(text_of(e, 300)), e) for e in headings]
        nodes = set(found.nodes)
        said = {text for text, e in self._headings if e not in nodes and nodes.isdisjoint(e.iterancestors())}
        same = sum(folded(item) in said for item in found.items)
        return same >= 2 and same * 2 > len(found.items)
