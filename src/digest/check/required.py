"""What the law and readers require of every mail: a way out, an address, a way to read it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

# What these links are called in the languages that we have words for, for mails that are not our own.
_LEAVING = re.compile(
    "unsubscribe|abbestell|abmeld|désabonn|désinscri|baja|cancelar|إلغاء الاشتراك|सदस्यता रद्द", re.IGNORECASE
)
_ELSEWHERE = re.compile("browser|navigat|navegador|online|im web|متصفح|ब्राउज़र", re.IGNORECASE)


def _unsubscribe(given: Given) -> Iterator[Hit]:
    yield from _needed(given, "unsubscribe_url", "no way to unsubscribe", _LEAVING)


def _browser(given: Given) -> Iterator[Hit]:
    yield from _needed(given, "browser_url", "no link to view it in a browser", _ELSEWHERE)


def _needed(given: Given, slot: str, what: str, said: re.Pattern[str]) -> Iterator[Hit]:
    """In our own rendering the slot must stand in both parts, in any language; another mail is judged by words."""
    mark = "{{" + slot + "}}"
    if given.rendering.slots:
        linked = bool(re.search(r"<a\s[^<>]*\bhref\s*=[^<>]*" + re.escape(mark), given.rendering.html))
        written = not given.rendering.text or mark in given.rendering.text
    else:
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
