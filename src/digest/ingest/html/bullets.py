"""List-like parts of a page as separate texts: real lists, runs of equal blocks, lines that start with a glyph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.ingest.html.tree import BLOCKS, SILENT, is_hidden, tag, text_of
from digest.ingest.prose import bullet, clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LISTS = frozenset({"ul", "ol"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MOST_ITEMS = 200
_GLYPH = re.compile(r"^\s*(?:[•◦▪‣●■►▶➤➔✓✔→·]\s*|[*–—-]\s+(?=\S)|\d{1,2}[.)]\s+(?=\S))")
_PROMO = re.compile(
    r"^(?:read (?:more|next|also|our|the full)|see also|see more|related|more on|more:|sign up|subscribe|"
    r"click here|watch:|"
    r"listen:|scroll down|follow us|share|download|continue reading|full story|also read|mehr (?:zum|dazu|lesen)|"
    r"lesen sie|lies auch|lire aussi|à lire|lee también|leggi anche|lees ook|les også|læs også|läs även|show more|"
    r"see less|"
    r"advertisement|anzeige|jump to|skip to|save for later|print)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"\b(?:generated|created|written|produced|summari[sz]ed|compiled|made) (?:by|with|using|"
    r"from .{1,40} by) (?:an? )?(?:ai\b|artificial "
    r"intelligence|chat-?gpt|openai|a (?:large )?language model|machine)|^ai[- ](?:generated|assisted|powered|"
    r"written)\b(?=\s+(?:summary|"
    r"content|by|text|using|with|$)|$)|^(?:this |the )?(?:ai )?summary (?:was|is|may|has been)\b|"
    r"may contain (?:errors|mistakes|inaccuracies)|"
    r"(?:mit|von|durch) (?:hilfe )?(?:von |einer |der )?(?:ki|chat-?gpt|"
    r"künstlicher? intelligenz)\b.{0,40}(?:erstellt|generiert|zusammengefasst)|"
    r"^ki-(?:generiert|zusammenfassung)|généré(?:e|s)? (?:par|avec) (?:une |l['’])?(?:ia|intelligence artificielle)|"
    r"generad[oa]s? (?:por|con) (?:ia|inteligencia artificial)|generat[oa] (?:da|con) (?:ia|"
    r"intelligenza artificiale)|"
    r"(?:laget|generert|skrevet|oppsummert) (?:av|med|ved hjelp av) (?:ai|ki|chat-?gpt|kunstig intelligens)|"
    r"gerad[oa] (?:por|com) (?:ia|inteligência artificial)|(?:gegenereerd|gemaakt) (?:door|met) (?:ai|chat-?gpt)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Texts that stand as a list, the elements that hold them, and which share of their characters is linked."""

    items: tuple[str, ...]
    nodes: tuple[HtmlElement, ...]
    linked: float
    note: str | None = None


def is_list(element: HtmlElement) -> bool:
    """Whether the element is a list, by name or by role."""
    return tag(element) in LISTS or element.get("role") == "list"


def listing(element: HtmlElement) -> Listing | None:
    """The items of a list element, or None when it has none with text."""
    items = [child for child in element if tag(child) == "li" or child.get("role") == "listitem"]
    if not items and tag(element) in LISTS:
        # broken mark-up and list items wrapped in components: one level deeper
        items = [inner for child in element if tag(child) for inner in child if tag(inner) == "li"]
    return from_elements(items, (element,))


def from_elements(elements: list[HtmlElement], nodes: tuple[HtmlElement, ...]) -> Listing | None:
    """A listing of one text per element; promotional links and notes about machines are no items. Of very many
    elements the first `MOST_ITEMS` are looked at, which is far more than takeaways ever are."""
    texts: list[tuple[str, float]] = []
    note: str | None = None
    for element in elements[:MOST_ITEMS]:
        for part in _parts(element)[:MOST_ITEMS]:
            text = bullet(text_of(part))
            if not text:
                continue
            share = min(1.0, len(_linked(part)) / len(text))
            texts.append((text, share))
    if len(texts) > 1:
        some_plain = any(share < 0.9 for _, share in texts)
        kept = []
        for text, share in texts:
            if _MACHINE.search(text) and len(text) < 200:
                note = text
            elif not ((share >= 0.9 and some_plain) or _PROMO.match(text)):
                kept.append((text, share))
        texts = kept
    if not texts:
        return None
    characters = sum(len(text) for text, _ in texts)
    linked = sum(len(text) * share for text, share in texts) / characters
    return Listing(tuple(text for text, _ in texts), nodes, linked, note)


def is_note(text: str) -> bool:
    """Whether a line only says that a machine wrote what is around it."""
    return len(text) < 250 and bool(_MACHINE.search(text))


def is_promotion(text: str) -> bool:
    """Whether a line only leads elsewhere."""
    return bool(_PROMO.match(text))


def _parts(item: HtmlElement) -> list[HtmlElement]:
    """The item itself, or the items of a list inside it when it has next to no text of its own."""
    inner = [child for child in item.iter("li") if child is not item]
    if (
        inner
        and len(clean((item.text or "") + "".join(child.text or "" for child in item if tag(child) not in LISTS))) < 3
    ):
        return inner
    return [item]


def _linked(element: HtmlElement) -> str:
    """The linked text of an element, links inside the page left out."""
    if tag(element) == "a":
        return text_of(element)
    return " ".join(text_of(a) for a in element.iter("a") if not (a.get("href") or "#").count("#"))


def leaves(element: HtmlElement, most: int = 40) -> list[HtmlElement]:
    """The innermost blocks with text, in order; reading stops after `most` of them."""
    found: list[HtmlElement] = []
    for number, block in enumerate(element.iter()):
        if number > 40 * most:
            break
        if tag(block) not in BLOCKS or tag(block) == "br" or is_hidden(block):
            continue
        if any(
            tag(inner) in BLOCKS and tag(inner) not in ("br", "hr") and text_of(inner, 5)
            for inner in block
            if tag(inner)
        ):
            continue
        if any(
            tag(inner) in BLOCKS and tag(inner) not in ("br", "hr") for inner in block.iterdescendants()
        ) and not text_of(block, 5):
            continue
        if text_of(block, 5):
            found.append(block)
            if len(found) > most:
                break
    return found


def unmarked(line: str) -> str | None:
    """A line without the glyph, number or pictogram that marks it as an item; None when nothing does."""
    match = _GLYPH.match(line)
    if match:
        return line[match.end() :].strip() or None
    head, _, rest = line.strip().partition(" ")
    if rest and len(head) <= 3 and all(unicodedata.category(c) in ("So", "Mn", "Me", "Cf", "Sk") for c in head):
        return rest.strip()
    return None


def glyph_lines(element: HtmlElement) -> tuple[str, ...]:
    """The lines of a block, divided by br, that are marked as items; empty unless there are at least two."""
    marked = [text for line in _lines(element) if (text := unmarked(" ".join(line.split())))]
    return tuple(map(clean, marked)) if len(marked) >= 2 else ()


def marked_paragraphs(elements: list[HtmlElement]) -> Listing | None:
    """Paragraphs that are each marked as an item, as a listing without the marks."""
    found = from_elements(elements, tuple(elements))
    if found is None:
        return None
    return replace(found, items=tuple(unmarked(text) or text for text in found.items))


def _lines(element: HtmlElement) -> Iterator[str]:
    from lxml import etree

    pieces: list[str] = []
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        quiet = tag(node) in SILENT
        if event == "start":
            silent += quiet
            if tag(node) == "br":
                yield "".join(pieces)
                pieces = []
            elif node.text and not silent:
                pieces.append(node.text)
            continue
        silent -= quiet
        if node is not element and node.tail and not silent:
            pieces.append(node.tail)
    yield "".join(pieces)
