"""Where the prose of a page is, so that names of classes are only believed about places that do not hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from digest.ingest.html.bullets import HEADINGS, is_note, is_promotion
from digest.ingest.html.flow import Block
from digest.ingest.html.surroundings import around, is_trap
from digest.ingest.html.tree import tag
from digest.ingest.prose import ends_a_sentence, words
from digest.ingest.rails import is_rail

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONG = 12
_MUCH, _LITTLE = 0.3, 0.2


class Layout:
    """A page's blocks, and which of its elements are furniture: menus, rails, captions, boxes, other articles.

    `headline` is the element that shows the title. What holds both it and a place says nothing about that place, and
    a class named "toc-content" that holds a third of the page's prose is no table of contents.
    """

    def __init__(self, blocks: Sequence[Block], headline: HtmlElement | None) -> None:
        self.headline = headline
        self.blocks = blocks
        self._furniture: dict[HtmlElement, bool] = {}
        self._held: dict[HtmlElement, int] = {}
        self._before: dict[HtmlElement, int] = {}
        self._total = self._behind = 0
        for block in blocks:
            if headline is not None and (block.holder is headline or headline in block.holder.iterancestors()):
                self._behind = 0
            elif self._reads_as_prose(block):
                self._count(block)

    def _count(self, block: Block) -> None:
        count = words(block.text)
        for node in (block.holder, *block.holder.iterancestors()):
            self._held[node] = self._held.get(node, 0) + count
            self._before.setdefault(node, self._behind)
        self._total += count
        self._behind += count

    def share(self, element: HtmlElement) -> float:
        """The share of the page's prose that stands inside an element."""
        return self._held.get(element, 0) / self._total if self._total else 0.0

    def holds_much(self, element: HtmlElement) -> bool:
        """Whether so much of the prose stands inside an element, and so little between the headline and it, that it
        must be the story's own place."""
        return self.share(element) >= _MUCH and self._before[element] <= _LITTLE * self._total

    def is_trap(self, element: HtmlElement) -> bool:
        """Whether an element is, by what it is called, a place where other things than the story stand."""
        return is_trap(element) and not self.holds_much(element)

    def is_furniture(self, element: HtmlElement) -> bool:
        """Whether an element stands in such a place, or in an aside."""
        found = self._furniture.get(element)
        if found is None:
            found = any(
                self.is_trap(node) or (tag(node) == "aside" and not self.holds_much(node))
                for node in around(element, self.headline)
            )
            self._furniture[element] = found
        return found

    def is_prose(self, block: Block) -> bool:
        """Whether a block is a paragraph of running text."""
        return self._reads_as_prose(block) and not self.is_furniture(block.holder)

    def belongs(self, block: Block) -> bool:
        """Whether a block that is no prose itself belongs between paragraphs that are: a heading, an item, a short
        sentence; not a button, a figure of a ticker, a link elsewhere or the heading of a rail."""
        name = tag(block.holder)
        if is_promotion(block.text) or is_note(block.text) or is_rail(block.text) or self.is_furniture(block.holder):
            return False
        if name in HEADINGS:
            return True
        count = words(block.text)
        enough = (
            count >= 4
            or name in ("td", "th")
            or (count >= 2 and (name in ("li", "dt") or ends_a_sentence(block.text)))
        )
        return enough and block.link_share <= 0.6

    def _reads_as_prose(self, block: Block) -> bool:
        if tag(block.holder) in HEADINGS or block.link_share >= 0.4 or is_note(block.text):
            return False
        count = words(block.text)
        enough = count >= _LONG + 3 or (count >= _LONG and ends_a_sentence(block.text))
        return enough and not is_promotion(block.text)
