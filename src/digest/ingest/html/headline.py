"""The headline of a page: the visible h1 that the page's own metadata agrees with, else what the metadata says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.html.jsonld import LinkedData
from digest.ingest.html.tree import is_hidden, text_of
from digest.ingest.prose import TITLE_LIMIT, clean
from digest.models.story import normalise_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST, _AGREES = 30, 0.3
_DIVIDERS = re.compile(r"\s+[|»•·–—-]\s+|\s*\|\s*|\s+::\s+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The title, and the element that shows it when one does."""

    text: str
    element: HtmlElement | None


def headline(tree: HtmlElement, metas: Mapping[str, tuple[str, ...]], data: LinkedData) -> Headline:
    """The headline of a page; empty text when there is none at all."""
    site = next(iter(metas.get("og:site_name", ())), "")
    page_title = next((clean(element.text or "") for element in tree.iter("title") if element.text), "")
    witnesses = [
        text
        for text in (
            data.text(data.article, "headline"),
            next(iter(metas.get("og:title", ())), ""),
            next(iter(metas.get("twitter:title", ())), ""),
            page_title,
        )
        if text
    ]
    shown: list[tuple[float, str, HtmlElement]] = []
    for element in list(tree.iter("h1"))[:_MOST]:
        text = clean(text_of(element, 2 * TITLE_LIMIT), TITLE_LIMIT)
        if text and not _is_hidden_here(element):
            shown.append((max((_overlap(text, witness) for witness in witnesses), default=0.5), text, element))
    if shown:
        agreement, text, element = max(shown, key=lambda one: round(one[0], 1))
        # one h1 of several words is the headline even when search engines are told another one
        if agreement >= _AGREES or not witnesses or (len(shown) == 1 and len(text.split()) >= 4):
            return Headline(text, element)
    if witnesses:
        title = without_site(witnesses[0], site, also_unknown=witnesses[0] == page_title)
        return Headline(title, _shown(tree, title))
    return Headline("", None)


def _shown(tree: HtmlElement, title: str) -> HtmlElement | None:
    """The element that shows a title which no h1 shows."""
    wanted = normalise_title(title)
    for element in tree.iter("h2", "h3", "div", "span", "p", "td", "font", "strong"):
        if len(element) <= 2 and normalise_title(text_of(element, 2 * TITLE_LIMIT)) == wanted:
            return element
    return None


def _is_hidden_here(element: HtmlElement) -> bool:
    return is_hidden(element) or any(is_hidden(around) for around in element.iterancestors())


def _overlap(one: str, other: str) -> float:
    """The share of the shorter text's words that stand in both, weighed down when the lengths are far apart."""
    first, second = normalise_title(one).split(), normalise_title(other).split()
    if not first or not second:
        return 0.0
    common = len(set(first) & set(second))
    shorter = min(len(set(first)), len(set(second)))
    longer = max(len(set(first)), len(set(second)))
    return common / shorter * (0.5 + 0.5 * shorter / longer)


def without_site(title: str, site: str, also_unknown: bool = False) -> str:
    """A title without the publisher's name at its end. A name that is not known is only taken off when asked, and
    only if most of the words stay."""
    parts = _DIVIDERS.split(title)
    if len(parts) < 2:
        return title
    last = parts[-1]
    cut = title[: title.rfind(last)].rstrip(" |»•·–—:-")
    if site and normalise_title(last) in (normalise_title(site), normalise_title(site).replace(" ", "")):
        return cut
    if also_unknown and len(last.split()) <= 4 and len(cut.split()) >= 2 * len(last.split()):
        return cut
    return title
