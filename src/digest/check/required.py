"""What the law and readers require of every mail: a way out, an address, a way to read it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule


def _unsubscribe(given: Given) -> Iterator[Hit]:
    yield from _needed(
        given, "unsubscribe_url", "no way to unsubscribe", r"unsubscribe|abbestell|abmeld|désabonn|baja"
    )


def _browser(given: Given) -> Iterator[Hit]:
    yield from _needed(given, "browser_url", "no link to view it in a browser", r"browser|navigat|navegador|online")


def _needed(given: Given, slot: str, what: str, pattern: str) -> Iterator[Hit]:
    """In a rendering the slot itself must stand in both parts; a filled message is judged by its links' words."""
    mark = "{{" + slot + "}}"
    if given.message is None and given.rendering.slots:
        linked = any(mark in link.get("href", "") for link in given.page.iter("a"))
        written = not given.text or mark in given.text
    else:
        said = re.compile(pattern, re.IGNORECASE)
        linked = any(said.search("".join(a.itertext()) + a.get("href", "")) for a in given.page.iter("a"))
        written = not given.text or bool(said.search(given.text))
    if not linked:
        yield Hit(f"there is {what}", "html")
    if not written:
        yield Hit(f"there is {what}", "text")


def _address(given: Given) -> Iterator[Hit]:
    if given.postal_address is None:
        return
    wanted = _letters(given.postal_address)
    if not wanted:
        yield Hit(
            "the publication has no postal address", "[publication] postal_address", fix="set it in digest.toml"
        )
        return
    for where, text in (("html", given.words), ("text", given.text)):
        if wanted not in _letters(text):
            yield Hit("the postal address is missing", where)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


RULES = (
    Rule(
        "body.unsubscribe",
        "error",
        "every mail must let its reader leave, visibly",
        "RFC 8058; CAN-SPAM 16 CFR 316.5; Gmail sender guidelines",
        "link {{ slots.unsubscribe_url }} in the template",
        _unsubscribe,
    ),
    Rule(
        "body.postal-address",
        "error",
        "commercial mail must name a physical address",
        "CAN-SPAM, 15 USC 7704(a)(5)",
        "show {{ publication.postal_address }} in the template",
        _address,
    ),
    Rule(
        "body.browser-view",
        "error",
        "a reader whose client cannot show the mail needs another way to read it",
        "newsletter practice",
        "link {{ slots.browser_url }} in the template",
        _browser,
    ),
)
