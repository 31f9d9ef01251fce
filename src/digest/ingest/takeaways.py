"""The story's own takeaways: the short list that its publisher put beside the text, found by structure and words.

Headings in many languages lead to most; the rest are known by what their class says, or by standing between the
headline and the first paragraph. Menus, rails, timelines, boxes about single products and other articles on the same
page use the same words, so place and content have to agree before a list is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.bullets import HEADINGS, Listing, from_elements, glyph_lines, is_list, is_note, leaves, listing
from digest.ingest.headings import LONGEST, NONE, SURE, strength
from digest.ingest.layout import Layout
from digest.ingest.prose import folded, words
from digest.ingest.surroundings import around, is_elsewhere, says_box, says_standfirst
from digest.ingest.tree import BLOCKS, SILENT, ancestors, is_hidden, tag, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_ITEMS = 15
_GAP = 260
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "b", "em", "u", "summary", "dt", "header",
                    "legend", "label", "td", "th", "font", "a", "center", "figcaption", "section", "aside", "button", "i",
                    "caption", "li"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Takeaways:
    """Bullets in the page's order, and the elements that hold them and their heading, to be cut from the body."""

    items: tuple[str, ...] = ()
    heading: str | None = None
    nodes: tuple[HtmlElement, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: int
    order: int
    heading: str | None
    label: HtmlElement | None
    found: Listing


def find_takeaways(tree: HtmlElement, layout: Layout) -> Takeaways:
    """The takeaways of the page's story; none when no list is believed."""
    page = _Page(tree, layout)
    candidates = [*page.by_heading(), *page.by_name()]
    if not any(candidate.score >= 4 for candidate in candidates):
        candidates += page.by_place()
    best = max(candidates, key=lambda c: (c.score, -c.order), default=None)
    if best is None:
        return Takeaways()
    nodes = (*((best.label,) if best.label is not None else ()), *best.found.nodes)
    return Takeaways(best.found.items, best.heading, nodes, best.found.note)


class _Page:
    """One page while it is searched: the order of its elements and where its text begins."""

    def __init__(self, tree: HtmlElement, layout: Layout) -> None:
        headline = layout.headline
        self.layout = layout
        self.headline = headline
        self.elements = [e for e in tree.iter() if isinstance(e.tag, str)]
        self.order = {element: number for number, element in enumerate(self.elements)}
        self.start = self.order.get(headline, 0) if headline is not None else 0
        self.title = folded(text_of(headline, 500)) if headline is not None else ""
        self.prose = [
            self.order[block.holder]
            for block in layout.blocks
            if words(block.text) >= 20 and layout.is_prose(block) and self._is_paragraph(block.holder)
        ]

    def _is_paragraph(self, element: HtmlElement) -> bool:
        return self.order[element] > self.start and not any(tag(n) in ("li", "ul", "ol") for n in around(element, self.headline))

    def prose_before(self, element: HtmlElement) -> int:
        """How many paragraphs of running text stand between the headline and the element."""
        number = self.order[element]
        return sum(1 for place in self.prose if place < number)

    # --- by heading ---------------------------------------------------------------------------------------------

    def by_heading(self) -> Iterator[_Candidate]:
        labels = list(self._labels())
        said: dict[str, int] = {}
        for _, text, _ in labels:
            said[folded(text)] = said.get(folded(text), 0) + 1
        for label, text, sure in labels:
            found = self._listed_under(label)
            if found is None:
                continue
            score = self._judged(label, found, sure, said[folded(text)])
            if score:
                yield _Candidate(score, self.order[label], text, label, found)

    def _labels(self) -> Iterator[tuple[HtmlElement, str, int]]:
        """Outermost elements whose whole text is a heading that the lexicon knows."""
        last: HtmlElement | None = None
        for element in self.elements:
            if tag(element) not in _HEADS or (not element.text and not len(element)) or element is self.headline:
                continue
            if last is not None and last in element.iterancestors():
                continue
            text = text_of(element, LONGEST + 20)
            sure = strength(text)
            if sure == NONE or folded(text) == self.title:
                continue
            if tag(element) == "a" and not self._is_anchor(element):
                continue
            last = element
            yield element, text, sure

    def _is_anchor(self, link: HtmlElement) -> bool:
        """A link inside a heading that points at the heading itself; other links only lead to takeaways."""
        return any(tag(node) in HEADINGS or tag(node) == "summary" for node in list(ancestors(link))[:2])

    def _listed_under(self, label: HtmlElement) -> Listing | None:
        """What follows a heading: a list, equal blocks in the same box, or lines with a glyph."""
        gap = 0
        blocks: list[HtmlElement] = []
        for kind, node in _following(label):
            if kind == "list":
                found = self._joined(node)
                if found:
                    return found
                continue
            text = node.tail if kind == "tail" else text_of(node, _GAP + 50)
            if not text or not text.strip():
                continue
            if kind == "block":
                if tag(node) in HEADINGS and not blocks and strength(text) == NONE and words(text) < 5:
                    break
                blocks.append(node)
            if not is_note(text):
                gap += len(text)
            if gap > _GAP:
                break
        return self._blocks_under(label) or self._lines_under(label)

    def _joined(self, element: HtmlElement) -> Listing | None:
        """A list, together with lists of its kind that follow at once."""
        found = listing(element)
        if not found:
            return None
        items, nodes, linked = list(found.items), [element], [found.linked]
        node = element
        while len(items) < MOST_ITEMS:
            following = node.getnext()
            if following is None or (node.tail and node.tail.strip()) or tag(following) != tag(element):
                break
            more = listing(following)
            if more is None or (following.get("class") or "") != (element.get("class") or ""):
                break
            items.extend(more.items)
            nodes.append(following)
            linked.append(more.linked)
            node = following
        return Listing(tuple(items), tuple(nodes), sum(linked) / len(linked), found.note)

    def _blocks_under(self, label: HtmlElement) -> Listing | None:
        """Equal blocks that fill the rest of the heading's own box."""
        own = text_of(label)
        for box in list(ancestors(label))[:5]:
            if self._holds_headline(box):
                return None
            text = text_of(box, 4_000)
            if len(text) <= len(own) + 20:
                continue
            if len(text) > 2_500:
                return None
            blocks = [
                leaf
                for leaf in leaves(box)
                if self.order[leaf] > self.order[label] and label not in leaf.iterancestors()
            ]
            blocks = [block for block in blocks if not is_note(text_of(block))]
            if 2 <= len(blocks) <= 10 and len({tag(block) for block in blocks}) == 1:
                return from_elements(blocks, tuple(blocks))
            if len(blocks) == 1:
                lines = glyph_lines(blocks[0])
                return Listing(lines, (blocks[0],), 0.0) if lines else None
            return None
        return None

    def _lines_under(self, label: HtmlElement) -> Listing | None:
        """Lines with a glyph in the heading's own paragraph, or paragraphs with a glyph after it."""
        block = next((node for node in (label, *ancestors(label)) if tag(node) in BLOCKS), None)
        if block is None or self._holds_headline(block):
            return None
        lines = glyph_lines(block)
        if lines:
            return Listing(lines, (block,), 0.0)
        marked: list[HtmlElement] = []
        node = block.getnext()
        while node is not None and len(marked) <= MOST_ITEMS:
            text = text_of(node, 1_000)
            if text:
                several = glyph_lines(node)
                if several and not marked:
                    return Listing(several, (node,), 0.0)
                if not _starts_with_glyph(text):
                    break
                marked.append(node)
            node = node.getnext()
        return from_elements(marked, tuple(marked)) if len(marked) >= 2 else None

    def _holds_headline(self, element: HtmlElement) -> bool:
        return self.headline is not None and (element is self.headline or element in self.headline.iterancestors())

    def _judged(self, label: HtmlElement, found: Listing, sure: int, times: int) -> int:
        """How much a list under a heading is to be believed; 0 is not at all."""
        if not _reads_as_bullets(found, least=1 if sure == SURE else 2):
            return 0
        size = sum(map(len, found.items))
        node = found.nodes[0]
        if is_elsewhere(label, self.layout, size) or is_elsewhere(node, self.layout, size):
            return 0
        if self._behind_another_title(label):
            return 0
        boxed = any(says_box(box) for box in list(around(node, self.headline))[:4])
        early = self.prose_before(label) <= 3
        if times > 2 and not early:
            return 0
        if sure == SURE:
            return 6 + 2 * early + boxed
        mean = size / len(found.items)
        if mean < 25 or len(found.items) > 10:
            return 0
        return 4 + early + boxed if early or boxed else 0

    def _behind_another_title(self, label: HtmlElement) -> bool:
        """Whether a second article's h1 stands between the headline and the label."""
        if self.headline is None or tag(self.headline) != "h1":
            return False
        number = self.order[label]
        return any(
            tag(element) == "h1" and not is_hidden(element) and len(text_of(element, 80)) > 15
            and folded(text_of(element)) != self.title
            for element in self.elements[self.start + 1 : number]
        )  # fmt: skip

    # --- by what the class says ---------------------------------------------------------------------------------

    def by_name(self) -> Iterator[_Candidate]:
        for element in self.elements:
            if not is_list(element) or self.order[element] < self.start:
                continue
            if not any(says_box(box) for box in list(around(element, self.headline))[:3]):
                continue
            found = self._joined(element)
            if found is None or not _reads_as_bullets(found, least=1) or self.prose_before(element) > 3:
                continue
            if is_elsewhere(element, self.layout, sum(map(len, found.items))):
                continue
            if sum(map(words, found.items)) / len(found.items) >= 5:
                yield _Candidate(4, self.order[element], None, None, found)

    # --- by place -----------------------------------------------------------------------------------------------

    def by_place(self) -> Iterator[_Candidate]:
        """A list of whole sentences or headlines between the title and the first paragraph."""
        if self.headline is None or not self.prose:
            return
        for element in self.elements[self.start + 1 : self.prose[0]]:
            if not is_list(element):
                continue
            found = listing(element)
            if found is None or is_elsewhere(element, self.layout, sum(map(len, found.items))):
                continue
            named = any(says_standfirst(box) for box in list(around(element, self.headline))[:3])
            if found.linked > 0.1 or len(found.items) > 8 or len(found.items) < (1 if named else 2):
                continue
            if all(words(item) >= 5 and len(item) >= 30 for item in found.items):
                yield _Candidate(2, self.order[element], None, None, found)


def _following(label: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """What comes after an element in document order: lists, blocks of text, and bare text behind elements."""
    node = label
    while True:
        yield "tail", node
        following = node.getnext()
        while following is None:
            parent = node.getparent()
            if parent is None or tag(parent) in ("body", "html"):
                return
            node = parent
            yield "tail", node
            following = node.getnext()
        node = following
        while True:
            if (
                tag(node) in SILENT
                or not tag(node)
                or is_hidden(node)
                and not any(is_list(inner) for inner in node.iter())
            ):
                break
            if is_list(node):
                yield "list", node
                break
            if len(node) and any(is_list(inner) for inner in node.iterdescendants()):
                if node.text and node.text.strip():
                    return
                node = node[0]
                continue
            yield "block", node
            break


def _starts_with_glyph(text: str) -> bool:
    from digest.ingest.bullets import GLYPH

    return bool(GLYPH.match(text))


def _reads_as_bullets(found: Listing, least: int) -> bool:
    """Whether the texts are of the length and kind of takeaways: not links, not a menu's single words, not prose."""
    if not least <= len(found.items) <= MOST_ITEMS or found.linked > 0.5:
        return False
    lengths = [len(item) for item in found.items]
    mean = sum(lengths) / len(lengths)
    spaced = any(" " in item for item in found.items)
    return 12 <= mean <= 450 and max(lengths) <= 1_200 and (spaced or mean >= 15)
