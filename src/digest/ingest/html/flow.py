"""The text of a page as a flow of blocks, in one pass over the tree: what a reader sees between two block borders,
with the element that holds it. Text that stands bare between blocks, or is divided by empty lines, counts as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ingest.html.tree import BLOCKS, SILENT, is_hidden, tag
from digest.ingest.prose import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_EMPTY_LINE = re.compile(r"\x0b[\s\xa0]*\x0b\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text inside `holder`, its nearest block-level element. `linked` is how many of its characters are
    links that lead away; `hidden` says that it, or something around it, is not shown."""

    text: str
    holder: HtmlElement
    linked: int
    hidden: bool

    @property
    def link_share(self) -> float:
        return min(1.0, self.linked / max(1, len(self.text)))


class _Writer:
    """Collects text between borders."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.holders: list[HtmlElement] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.hidden = 0

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.links:
                self.linked += len(text.strip())

    def close(self) -> None:
        """End the block that is being written, divided where an empty line stands in it."""
        text = "".join(self.pieces)
        linked = self.linked
        self.pieces, self.linked = [], 0
        if not text.strip() or not self.holders:
            return
        parts = [part for part in _EMPTY_LINE.split(text) if part.strip()] if "\x0b" in text else [text]
        for part in parts:
            cleaned = clean(part, 20_000)
            if cleaned:
                share = round(linked * len(part) / len(text))
                self.blocks.append(Block(cleaned, self.holders[-1], share, self.hidden > 0))


def flow(root: HtmlElement) -> list[Block]:
    """All blocks with text under `root`, in the order of the page."""
    from lxml import etree

    writer = _Writer()
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = tag(element)
        if event == "start":
            if not name or name in SILENT:
                walker.skip_subtree()
                continue
            writer.hidden += is_hidden(element)
            if name == "br":
                writer.pieces.append("\x0b")
            elif name in BLOCKS:
                writer.close()
                writer.holders.append(element)
            elif name == "a" and not (element.get("href") or "#").startswith("#"):
                writer.links += 1
            writer.add(_unbroken(element.text))
            continue
        if name and name not in SILENT:
            if name in BLOCKS and name != "br":
                writer.close()
                writer.holders.pop()
            elif name == "a" and not (element.get("href") or "#").startswith("#"):
                writer.links -= 1
            writer.hidden -= is_hidden(element)
        if element is not root:
            writer.add(_unbroken(element.tail))
    return writer.blocks


def _unbroken(text: str | None) -> str | None:
    """Text without its own line breaks, which mean nothing in HTML."""
    return text.replace("\n", " ").replace("\r", " ").replace("\x0b", " ") if text else text
