"""What the Word renderer of Outlook for Windows needs: balanced conditionals, sound widths, full hex colours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

_CONDITION = re.compile(r"<!--\[if [^\]]*\]>|<!\[endif\]-->")
_BLOCK = re.compile(r"<!--\[if ([^\]]*)\]>(?!<!)(.*?)<!\[endif\]-->", re.DOTALL)
_TABLE = re.compile(r"<(/?)(table|tr|td)\b([^>]*)>")
_WIDTH = re.compile(r"width\s*:\s*(\d+(?:\.\d+)?)px")
_HEX = re.compile(r'\b(?:bg)?color="(#[0-9a-fA-F]{3})"')


def _conditionals(given: Given) -> Iterator[Hit]:
    depth = 0
    for found in _CONDITION.finditer(given.html):
        depth += 1 if found[0].startswith("<!--") else -1
        if depth not in (0, 1):
            yield Hit("conditional comments are nested or closed twice", f"html: character {found.start():,}")
            return
    if depth:
        yield Hit("a conditional comment is not closed", "html")


def _tables(given: Given) -> Iterator[Hit]:
    """The tables that only Outlook sees open and close across its blocks."""
    open_tags: list[str] = []
    for block in _BLOCK.finditer(given.html):
        if "mso" not in block[1] or block[1].startswith("!"):
            continue
        for closing, tag, _rest in _TABLE.findall(block[2]):
            if not closing:
                open_tags.append(tag)
            elif not open_tags or open_tags.pop() != tag:
                yield Hit(f"Outlook's own </{tag}> closes what is not open", f"html: character {block.start():,}")
                return
    if open_tags:
        yield Hit(f"Outlook's own <{open_tags[-1]}> is never closed", "html")


def _widths(given: Given) -> Iterator[Hit]:
    """Cells that stand side by side for Outlook must not be wider together than the table around them."""
    tables: list[tuple[float, list[float]]] = []
    for block in _BLOCK.finditer(given.html):
        if "mso" not in block[1] or block[1].startswith("!"):
            continue
        for closing, tag, rest in _TABLE.findall(block[2]):
            width = _WIDTH.search(rest)
            if tag == "table" and not closing:
                tables.append((float(width[1]) if width else 0.0, []))
            elif tag == "td" and not closing and tables and width:
                tables[-1][1].append(float(width[1]))
            elif tag == "table" and closing and tables:
                own, cells = tables.pop()
                limit = own or next((outer for outer, _cells in reversed(tables) if outer), 0.0)
                if limit and sum(cells) > limit + 1:
                    yield Hit(f"columns of {sum(cells):.0f} px stand in {limit:.0f} px", "html: [if mso]")


def _hex(given: Given) -> Iterator[Hit]:
    for colour in sorted(set(_HEX.findall(given.html))):
        yield Hit(f"the colour {colour} has three digits", "html")


def _dpi(given: Given) -> Iterator[Hit]:
    if "<!--[if mso" in given.html and "PixelsPerInch" not in given.html:
        yield Hit("Outlook's resolution is not set", "html: <head>")


RULES = (
    Rule(
        "outlook.conditionals",
        "error",
        "one open comment and Outlook shows an empty mail, or shows what is not meant for it",
        "Microsoft: conditional comments",
        "close each [if] with one [endif]",
        lambda given: [*_conditionals(given), *_tables(given)],
    ),
    Rule(
        "outlook.mso-width",
        "error",
        "columns wider than their table push Outlook's layout apart",
        "MJML's Outlook tables",
        "write 0px, not 0, in paddings, and let column widths add up",
        _widths,
    ),
    Rule(
        "outlook.hex6",
        "warning",
        "Outlook does not read three-digit colours in attributes",
        "Maizzle: six-digit hex",
        "write all six digits",
        _hex,
    ),
    Rule(
        "outlook.dpi",
        "info",
        "at 120 dpi Outlook enlarges pictures and not tables unless it is told not to",
        "MJML's head",
        "keep the OfficeDocumentSettings block",
        _dpi,
    ),
)
