"""The story's own takeaways: the short list that its publisher put beside the text, found by structure and words.

Headings in many languages lead to most; the rest are known by what their class says, or by standing between the
headline and the first paragraph. Menus, rails, timelines, boxes about single products and other articles on the same
page use the same words, so place and content have to agree before a list is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.headings import SURE
from digest.ingest.html.bullets import Listing
from digest.ingest.html.labels import labels
from digest.ingest.html.layout import Layout
from digest.ingest.html.listed import MOST, listed_under
from digest.ingest.html.pageorder import PageOrder
from digest.ingest.html.surroundings import around, is_elsewhere, says_box
from digest.ingest.html.unlabelled import by_name, by_place
from digest.ingest.prose import folded, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NAMED, _PLACED, _LABELLED = 4, 2, 6


@dataclass(frozen=True, slots=True)
class Takeaways:
    """Bullets in the page's order, and the elements that hold them and their heading, to be cut from the body. `note`
    is what the page says about a machine that wrote them."""

    items: tuple[str, ...] = ()
    heading: str | None = None
    nodes: tuple[HtmlElement, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: int
    order: int
    found: Listing
    heading: str | None = None
    label: HtmlElement | None = None


def find_takeaways(tree: HtmlElement, layout: Layout) -> Takeaways:
    """The takeaways of the page's story; none when no list is believed."""
    page = PageOrder(tree, layout)
    candidates = list(_labelled(page))
    candidates += [
        _Candidate(_NAMED, page.order[box], found) for box, found in by_name(page) if _reads_well(page, found, 1)
    ]
    if not candidates:
        candidates = [
            _Candidate(_PLACED, page.order[box], found)
            for box, found in by_place(page)
            if _reads_well(page, found, 1)
        ]
    best = max(candidates, key=lambda c: (c.score, -c.order), default=None)
    if best is None:
        return Takeaways()
    nodes = best.found.nodes if best.label is None else (best.label, *best.found.nodes)
    return Takeaways(best.found.items, best.heading, nodes, best.found.note)


def _labelled(page: PageOrder) -> Iterator[_Candidate]:
    listed: list[tuple[HtmlElement, str, int, Listing]] = []
    for label, text, sure in labels(page):
        found = listed_under(page, label, sure)
        if found is not None and _reads_well(page, found, 1 if sure == SURE else 2):
            listed.append((label, text, sure, found))
    different: dict[str, set[tuple[str, ...]]] = {}
    for _, text, _, found in listed:
        different.setdefault(folded(text), set()).add(found.items)
    for label, text, sure, found in listed:
        # the same heading over three different lists stands in boxes about single things, not beside the story
        if len(different[folded(text)]) > 2:
            continue
        score = _judged(page, label, found, sure)
        if score:
            yield _Candidate(score, page.order[label], found, text, label)


def _judged(page: PageOrder, label: HtmlElement, found: Listing, sure: int) -> int:
    """How much a list under a heading is to be believed; 0 is not at all."""
    size = sum(map(len, found.items))
    node = found.nodes[0]
    if (
        is_elsewhere(label, page.layout, size)
        or is_elsewhere(node, page.layout, size)
        or page.behind_another_title(label)
    ):
        return 0
    boxed = any(says_box(box) for box in list(around(node, page.headline))[:4])
    early = page.is_early(label)
    if sure == SURE:
        return _LABELLED + 2 * early + boxed
    if size / len(found.items) < 25 or len(found.items) > 10:
        return 0
    return _NAMED + early + boxed if early or boxed else 0


def _reads_well(page: PageOrder, found: Listing, least: int) -> bool:
    """Whether the texts are of the length and kind of takeaways: not links, not a menu's single words, not prose, not
    the headings of the page."""
    if not least <= len(found.items) <= MOST or found.linked > 0.5 or page.are_headings(found):
        return False
    lengths = [len(item) for item in found.items]
    mean = sum(lengths) / len(lengths)
    several = any(words(item) >= 2 for item in found.items)
    return 12 <= mean <= 450 and max(lengths) <= 1_200 and several and (len(lengths) > 1 or mean >= 25)
