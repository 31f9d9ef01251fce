"""The running text of a page: paragraphs in order, and its headed sections, without takeaways and furniture.

The text is where the prose is: the deepest element that holds nearly all words of the page's paragraphs outside of
menus, rails and boxes. Inside it everything between the first and the last paragraph is kept, except what is named
as something else or only links away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.html.bullets import HEADINGS
from digest.ingest.html.flow import Block
from digest.ingest.html.layout import Layout
from digest.ingest.html.tree import is_hidden, tag
from digest.ingest.prose import clean, folded, paragraphs, words
from digest.models.story import Section

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SHARE = 0.85
_LONG, _ENOUGH = 12, 150


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs divided by blank lines, without headings; and the headed stretches of them."""

    text: str = ""
    sections: tuple[Section, ...] = ()


def read_body(layout: Layout, cut: Iterable[HtmlElement], known: Iterable[str]) -> Body:
    """The body of a page. `cut` are elements that are none of it; blocks that say word for word what `known` says
    (title, takeaways) are left out."""
    left_out = set(cut)
    blocks = [b for b in _after(layout.blocks, layout.headline) if not _inside(b.holder, left_out)]
    prose = [layout.is_prose(block) for block in blocks]
    shown = [block for block, good in zip(blocks, prose, strict=True) if good and not block.hidden]
    container = _container(shown)
    if container is None:
        return Body()
    places = [
        i for i, block in enumerate(blocks) if _inside(block.holder, {container}) and not _is_other(block, container)
    ]
    if layout.headline is not None:
        # standfirst and first paragraphs often stand in a box of their own between headline and text
        places = [i for i in range(places[0]) if prose[i] and not blocks[i].hidden] + places
    good = [i for i in places if prose[i]]
    kept = [blocks[i] for i in places if good[0] <= i <= good[-1] and (prose[i] or layout.belongs(blocks[i]))]
    return assembled(kept, known)


def _is_other(block: Block, container: HtmlElement) -> bool:
    """Whether a hidden block is part of something that waits to replace the story: an article, or what has a title of
    its own. Folded-up parts of the story itself are hidden, too, and are read."""
    if not block.hidden:
        return False
    for node in (block.holder, *block.holder.iterancestors()):
        if node is container:
            return False
        if is_hidden(node):
            return tag(node) == "article" or any(tag(inner) in ("h1", "article") for inner in node.iterdescendants())
    return True


def _after(blocks: Sequence[Block], headline: HtmlElement | None) -> Sequence[Block]:
    """The blocks behind the headline, up to the headline of another article; all of them when there is no headline
    or too little behind it."""
    start = next((i + 1 for i, b in enumerate(blocks) if headline is not None and _inside(b.holder, {headline})), 0)
    stop, before = len(blocks), 0
    for i in range(start, len(blocks)):
        count = words(blocks[i].text)
        if tag(blocks[i].holder) == "h1" and count >= 4 and not blocks[i].hidden and before >= _ENOUGH:
            stop = i
            break
        before += count if count >= _LONG else 0
    rest = blocks[start:stop]
    return rest if sum(words(b.text) for b in rest) * 5 > sum(words(b.text) for b in blocks) else blocks


def _inside(element: HtmlElement, these: set[HtmlElement]) -> bool:
    return element in these or any(node in these for node in element.iterancestors()) if these else False


def _container(prose: list[Block]) -> HtmlElement | None:
    """The deepest element that holds at least four fifths of the words of all prose."""
    held: dict[HtmlElement, int] = {}
    total = 0
    for block in prose:
        count = words(block.text)
        total += count
        for node in (block.holder, *block.holder.iterancestors()):
            held[node] = held.get(node, 0) + count
    enough = [node for node, count in held.items() if count >= _SHARE * total]
    return max(enough, key=lambda node: sum(1 for _ in node.iterancestors()), default=None)


def assembled(blocks: list[Block], known: Iterable[str]) -> Body:
    """A body of blocks in order: headings open sections, cells of one table row are one line."""
    said = {folded(text) for text in known if text}
    plain: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    row: HtmlElement | None = None
    for block in blocks:
        if folded(block.text) in said:
            continue
        if tag(block.holder) in HEADINGS:
            sections.append((clean(block.text, 300), []))
            row = None
            continue
        its_row = _row(block.holder)
        if its_row is not None and its_row is row and plain:
            plain[-1] = f"{plain[-1]} · {block.text}"
            if sections and sections[-1][1]:
                sections[-1][1][-1] = plain[-1]
            continue
        row = its_row
        plain.append(block.text)
        if sections:
            sections[-1][1].append(block.text)
    made = tuple(Section(heading, text) for heading, texts in sections if (text := paragraphs(texts)))
    return Body(paragraphs(plain), made)


def _row(element: HtmlElement) -> HtmlElement | None:
    """The table row of a short cell; long cells are paragraphs of a page laid out in a table."""
    if tag(element) not in ("td", "th") or words(element.text or "") > _LONG:
        return None
    parent = element.getparent()
    return parent if parent is not None and tag(parent) == "tr" else None
