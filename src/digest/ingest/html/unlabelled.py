"""Takeaways without a heading: lists whose class says what they are, and lists right under the headline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.ingest.headings import NONE, strength
from digest.ingest.html.bullets import HEADINGS, Listing, is_list, leaves, listing
from digest.ingest.html.listed import equal_blocks, first_list, joined
from digest.ingest.html.pageorder import PageOrder
from digest.ingest.html.surroundings import around, is_elsewhere, says_box, says_standfirst
from digest.ingest.html.tree import tag, text_of
from digest.ingest.prose import words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BOX = 2_000
_MOST = 60
_LONGEST = 240


def by_name(page: PageOrder) -> Iterator[tuple[HtmlElement, Listing]]:
    """Boxes early on the page that are named for takeaways, by class, id or accessible name."""
    last: HtmlElement | None = None
    looked_at = 0
    for element in page.elements[page.start + 1 :]:
        if last is not None and last in element.iterancestors():
            continue
        if not (says_box(element) or strength(element.get("aria-label") or "") != NONE):
            continue
        looked_at += 1
        if looked_at > _MOST:
            return
        if page.layout.holds_much(element) or page.holds_headline(element) or not page.is_early(element):
            continue
        found = _listed(page, element)
        if found is None and len(text_of(element, _BOX + 100)) <= _BOX:
            blocks = [leaf for leaf in leaves(element) if tag(leaf) not in HEADINGS or words(text_of(leaf)) >= 5]
            found = equal_blocks(blocks)
            if found is not None and max(map(len, found.items)) > _LONGEST:
                continue
        if found is None or is_elsewhere(found.nodes[0], page.layout, sum(map(len, found.items))):
            continue
        if sum(map(words, found.items)) / len(found.items) >= 5:
            last = element
            yield element, found


def _listed(page: PageOrder, box: HtmlElement) -> Listing | None:
    if is_list(box):
        return joined(page, box)
    return first_list(page, box) if box in page.list_holders else None


def by_place(page: PageOrder) -> Iterator[tuple[HtmlElement, Listing]]:
    """Lists of whole sentences or headlines between the title and the first paragraph."""
    if page.headline is None or not page.prose:
        return
    for element in page.elements[page.start + 1 : page.prose[0]]:
        if is_list(element):
            found = listing(element)
            near = list(around(element, page.headline))[:3]
            named = any(says_standfirst(box) or tag(box) in HEADINGS for box in near)
        elif says_standfirst(element) and element not in page.list_holders:
            found = equal_blocks(leaves(element))
            named = False
        else:
            continue
        if found is None or found.linked > 0.1 or not (1 if named else 2) <= len(found.items) <= 8:
            continue
        if is_elsewhere(element, page.layout, sum(map(len, found.items))) or (not named and _goes_on(element)):
            continue
        if all(words(item) >= 5 and len(item) >= 30 for item in found.items):
            yield element, found


def _goes_on(element: HtmlElement) -> bool:
    """Whether a list goes on with the sentence or paragraph right before it, as lists inside a text do."""
    before = element.getprevious()
    if before is None:
        return False
    text = text_of(before, 400)
    return text.endswith(":") or (tag(before) == "p" and words(text) >= 5)
