"""The HTML inside a feed item: takeaways, body and plain excerpt. There is no furniture in it to be told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from digest.ingest.html.bullets import HEADINGS, is_promotion
from digest.ingest.html.flow import Block, flow
from digest.ingest.html.layout import Layout
from digest.ingest.html.tree import TooDeep, parsed, tag, text_of
from digest.ingest.links import canonical
from digest.ingest.prose import clean, folded, paragraphs, words
from digest.ingest.takeaways import Takeaways, find_takeaways
from digest.models.story import Image, Section

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
_APPEARED = re.compile(
    r"\s*(?:The post .{1,300} (?:first appeared|appeared first) on .{1,120}\.?|"
    r"Der Beitrag .{1,300} erschien zuerst auf .{1,120}\.?|"
    r"L[’']article .{1,300} est apparu en premier sur .{1,120}\.?|Continue reading.{0,200}|Read more.{0,100}|"
    r"Weiterlesen.{0,100})\s*$"
)
_CUT = re.compile(r"\s*(?:\[(?:…|\.\.\.|&hellip;)\]|\(more…\)|\[\s*read more\s*\])\s*$", re.IGNORECASE)
_PIXEL = re.compile(r"(?:pixel|spacer|blank|/count|feedburner|doubleclick|1x1)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a piece of HTML holds. `image` is the first picture that is no counting pixel."""

    takeaways: tuple[str, ...] = ()
    body: str = ""
    sections: tuple[Section, ...] = ()
    image: Image | None = None


def read_fragment(markup: str, title: str, base: str | None = None) -> Fragment:
    """Takeaways, body, sections and first picture of the HTML of a feed item, whose addresses are relative to `base`;
    empty when it has none or is nested too deeply."""
    if not markup.strip():
        return Fragment()
    try:
        tree = parsed(f"<html><body><article><h1>{escape(title)}</h1><div>{markup}</div></article></body></html>")
    except TooDeep:
        return Fragment()
    if tree is None:
        return Fragment()
    heading = next(tree.iter("h1"), None)
    image = _first_image(tree, base) if "<img" in markup else None
    blocks = flow(tree)
    takeaways = find_takeaways(tree, Layout(blocks, heading))
    if takeaways.nodes:
        for element in takeaways.nodes:
            if element.getparent() is not None:
                element.drop_tree()
        blocks = flow(tree)
    return _body(blocks, takeaways, title, image)


def _body(blocks: Sequence[Block], takeaways: Takeaways, title: str, image: Image | None) -> Fragment:
    said = {folded(text) for text in (title, *takeaways.items)}
    plain: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for block in blocks:
        text = _APPEARED.sub("", block.text)
        name = tag(block.holder)
        if not text or block.hidden or folded(text) in said or name == "figcaption":
            continue
        if words(text) < 12 and is_promotion(text):
            continue
        if name in HEADINGS:
            sections.append((clean(text, 300), []))
            continue
        plain.append(text)
        if sections:
            sections[-1][1].append(text)
    made = tuple(Section(heading, joined) for heading, texts in sections if (joined := paragraphs(texts)))
    return Fragment(takeaways.items, paragraphs(plain), made, image)


def excerpt_of(markup: str, limit: int = 600) -> str:
    """HTML or plain text as one plain line, without the marks that feeds put at its end."""
    text = markup
    if "<" not in markup:
        text = unescape(markup) if "&" in markup else markup
    elif _MARKUP.search(markup):
        try:
            tree = parsed(f"<div>{markup[:200_000]}</div>")
        except TooDeep:
            return ""
        text = text_of(tree) if tree is not None else ""
    text = _APPEARED.sub("", clean(text, 20_000))
    cut = _CUT.sub("…", text)
    return clean(cut, limit)


def first_image(markup: str, base: str | None) -> Image | None:
    """The first picture in the HTML that is no counting pixel."""
    if "<img" not in markup:
        return None
    try:
        tree = parsed(f"<div>{markup}</div>")
    except TooDeep:
        return None
    return _first_image(tree, base) if tree is not None else None


def _first_image(tree: HtmlElement, base: str | None) -> Image | None:
    for element in tree.iter("img"):
        url = canonical(element.get("src"), base)
        if not url or _PIXEL.search(url) or element.get("width") in ("0", "1"):
            continue
        return Image(url, clean(element.get("alt") or "", 500))
    return None
