"""What stands under a heading: a list, in whatever wrapper; equal blocks in the same box; lines with a glyph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.ingest.headings import SURE
from digest.ingest.html.bullets import (
    HEADINGS,
    Listing,
    from_elements,
    glyph_lines,
    is_list,
    is_note,
    leaves,
    listing,
    marked_paragraphs,
    unmarked,
)
from digest.ingest.html.pageorder import PageOrder
from digest.ingest.html.tree import BLOCKS, SILENT, ancestors, is_hidden, tag, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 15
_GAP_SURE, _GAP_UNSURE = 260, 120
_BOX = 2_500
_STEPS = 300


def listed_under(page: PageOrder, label: HtmlElement, sure: int) -> Listing | None:
    """What a heading introduces; None when nothing list-like stands under it."""
    if _is_later_item(label):
        return None
    return (
        _in_panel(page, label)
        or _after_first_item(label)
        or _next_list(page, label, _GAP_SURE if sure == SURE else _GAP_UNSURE)
        or _blocks(page, label)
        or _lines(page, label)
    )


def _in_panel(page: PageOrder, label: HtmlElement) -> Listing | None:
    """The list in the panel that a tab or folding button controls (WAI-ARIA `aria-controls`)."""
    for node in (label, *label.iterdescendants(), *list(label.iterancestors())[:2]):
        target = node.get("aria-controls") or (node.get("href") or "" if node.get("role") == "tab" else "")
        name = target.strip().lstrip("#")
        if not name:
            continue
        panel = next((e for e in page.elements if e.get("id") == name), None)
        if panel is not None and panel not in label.iterancestors() and not page.holds_headline(panel):
            found = first_list(page, panel)
            if found:
                return found
    return None


def first_list(page: PageOrder, box: HtmlElement) -> Listing | None:
    """The first list in a box that has items, with the lists that go on with it."""
    for inner in box.iter():
        if tag(inner) and is_list(inner) and (found := joined(page, inner)):
            return found
    return None


def _own_item(label: HtmlElement) -> HtmlElement | None:
    """The list item that holds the heading and nothing else."""
    item = next((node for node in (label, *list(label.iterancestors())[:3]) if tag(node) == "li"), None)
    return item if item is not None and text_of(item, 200) == text_of(label, 200) else None


def _is_later_item(label: HtmlElement) -> bool:
    """Whether the words are an item in the middle of a list: an entry of a menu, not a heading."""
    item = _own_item(label)
    return item is not None and any(tag(before) == "li" for before in item.itersiblings(preceding=True))


def _after_first_item(label: HtmlElement) -> Listing | None:
    """The other items of a list whose first item is the heading."""
    item = _own_item(label)
    if item is None:
        return None
    others = [node for node in item.itersiblings() if tag(node) == "li"]
    return from_elements(others, tuple(others))


def _next_list(page: PageOrder, label: HtmlElement, gap: int) -> Listing | None:
    """The next list in the order of the page, if little text and no other heading stand before it."""
    used = 0
    for kind, node in following(page, label):
        if kind == "list":
            found = joined(page, node)
            if found:
                return found
            continue
        text = (node.tail or "").strip() if kind == "tail" else text_of(node, gap + 50)
        if not text:
            continue
        if kind == "block" and (
            tag(node) in HEADINGS or any(tag(inner) in HEADINGS for inner in node.iterdescendants())
        ):
            return None
        if page.holds_headline(node) and kind == "block":
            return None
        if not is_note(text):
            used += len(text)
        if used > gap:
            return None
    return None


def joined(page: PageOrder, element: HtmlElement) -> Listing | None:
    """A list, together with lists of its kind that follow at once."""
    found = listing(element)
    if not found:
        return None
    items, nodes, linked = list(found.items), [element], [found.linked]
    node = element
    while len(items) < MOST:
        more_element = next_at_once(page, node)
        if more_element is None or tag(more_element) != tag(element):
            break
        more = listing(more_element)
        if more is None or (more_element.get("class") or "") != (element.get("class") or ""):
            break
        if more_element is not node.getnext() and not len(more.items) == len(found.items) == 1:
            break
        items.extend(more.items)
        nodes.append(more_element)
        linked.append(more.linked)
        node = more_element
    return Listing(tuple(items), tuple(nodes), sum(linked) / len(linked), found.note)


def next_at_once(page: PageOrder, element: HtmlElement) -> HtmlElement | None:
    """The list that follows with no text in between."""
    for kind, node in following(page, element):
        if kind == "list":
            return node
        text = (node.tail or "").strip() if kind == "tail" else text_of(node, 20)
        if text:
            return None
    return None


def _blocks(page: PageOrder, label: HtmlElement) -> Listing | None:
    """Equal blocks that fill the rest of the heading's own box."""
    own = text_of(label)
    for box in list(ancestors(label))[:5]:
        if page.holds_headline(box):
            return None
        length = len(text_of(box, _BOX + 500))
        if length <= len(own) + 20:
            continue
        if length > _BOX or page.layout.holds_much(box):
            return None
        rest = [
            leaf for leaf in leaves(box) if page.order[leaf] > page.order[label] and label not in leaf.iterancestors()
        ]
        return equal_blocks(rest)
    return None


def equal_blocks(blocks: list[HtmlElement]) -> Listing | None:
    """Two to ten blocks of one kind as a listing, or the marked lines of a single one."""
    blocks = [block for block in blocks if not is_note(text_of(block, 300))]
    if 2 <= len(blocks) <= 10 and len({tag(block) for block in blocks}) == 1:
        if all(unmarked(text_of(block, 300)) for block in blocks):
            return marked_paragraphs(blocks)
        return from_elements(blocks, tuple(blocks))
    if len(blocks) == 1 and (lines := glyph_lines(blocks[0])):
        return Listing(lines, (blocks[0],), 0.0)
    return None


def _lines(page: PageOrder, label: HtmlElement) -> Listing | None:
    """Lines with a glyph in the heading's own paragraph, or paragraphs with a glyph after it."""
    block = next((node for node in (label, *ancestors(label)) if tag(node) in BLOCKS), None)
    if block is None or page.holds_headline(block):
        return None
    if lines := glyph_lines(block):
        return Listing(lines, (block,), 0.0)
    marked: list[HtmlElement] = []
    node = block.getnext()
    while node is not None and len(marked) <= MOST:
        text = text_of(node, 1_500)
        if text:
            several = glyph_lines(node)
            if several and not marked:
                return Listing(several, (node,), 0.0)
            if unmarked(text) is None:
                break
            marked.append(node)
        node = node.getnext()
    return marked_paragraphs(marked) if len(marked) >= 2 else None


def following(page: PageOrder, label: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """What comes after an element in the order of the page: `list` and `block` elements, and `tail` for the bare text
    behind an element. A wrapper that holds a list and no text before it is entered. It ends after a few hundred."""
    node = label
    for _ in range(_STEPS):
        yield "tail", node
        after = node.getnext()
        while after is None:
            parent = node.getparent()
            if parent is None or tag(parent) in ("body", "html"):
                return
            node = parent
            yield "tail", node
            after = node.getnext()
        node = after
        while True:
            holds_list = node in page.list_holders
            if tag(node) in SILENT or not tag(node) or (is_hidden(node) and not is_list(node) and not holds_list):
                break
            if is_list(node):
                yield "list", node
                break
            if holds_list and not (node.text and node.text.strip()):
                node = node[0]
                continue
            yield "block", node
            break
