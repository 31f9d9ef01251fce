"""Which element of a mail a finding is about, and the mail with that element marked."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

ANCHOR: Final = "digest-mark"
_SAYS = re.compile(r'html: the (link|headline) "(.*?)"(?: to (\S+))?', re.DOTALL)
_TO = re.compile(r"html: the link to (\S*)")
_PICTURE = re.compile(r"html: the picture (.+)", re.DOTALL)
_WORDS = re.compile(r'html: "(.+)"', re.DOTALL)
_TAGGED = re.compile(r"html: <([a-z][a-z0-9-]*)>")
_START = re.compile(r"<!--.*?-->|<([a-zA-Z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>", re.DOTALL)
_ID = re.compile(r"\sid\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_UNSEEN: Final = frozenset({"html", "head", "style", "title", "meta", "link", "script", "base", "body"})
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_STYLE: Final = (
    "<style>[data-digest-mark]{outline:3px solid #c2410c!important;outline-offset:2px!important;"
    "scroll-margin-top:40px}</style>"
)


class Spot(NamedTuple):
    """An element: the `number`th (from 0) of its tag."""

    tag: str
    number: int


def spot_of(html: str, where: str) -> Spot | None:
    """The element that the `where` of a finding names, None when it names none that can be seen."""
    if not html or not where.startswith("html: "):
        return None
    from digest.check.given import parse

    page = parse(html)
    for element in _wanted(page, where):
        if element.tag in _UNSEEN:
            return None
        return Spot(element.tag, next(n for n, other in enumerate(page.iter(element.tag)) if other is element))
    return None


def _wanted(page: Any, where: str) -> list[Any]:
    """The elements that fit, in reading order."""
    if says := _SAYS.match(where):
        tags = ("a",) if says[1] == "link" else _HEADINGS
        found = [e for e in page.iter(*tags) if _text(e)[:60] == says[2]]
        return [e for e in found if not says[3] or e.get("href", "").strip().startswith(says[3])]
    if to := _TO.fullmatch(where):
        return [e for e in page.iter("a") if e.get("href", "")[:60] == to[1]]
    if picture := _PICTURE.fullmatch(where):
        return [e for e in page.iter("img") if e.get("src", "").strip().startswith(picture[1].strip(' "'))]
    if words := _WORDS.fullmatch(where):
        own = ((e, " ".join(filter(None, (e.text, *(child.tail for child in e))))) for e in page.iter())
        return [e for e, text in own if isinstance(e.tag, str) and " ".join(text.split())[:40] == words[1]]
    if tagged := _TAGGED.fullmatch(where):
        return list(page.iter(tagged[1]))
    return []


def marked(html: str, spot: Spot) -> tuple[str, str]:
    """(the mail with an outline round the element, the fragment that leads to it). A mail in which the element cannot
    be found stays as it is."""
    number = -1
    for found in _START.finditer(html):
        if found[1] is None or found[1].lower() != spot.tag:
            continue
        number += 1
        if number == spot.number:
            own = _ID.search(found[2])
            name = (own[1] or own[2]) if own else ANCHOR
            label = " data-digest-mark" if own else f' id="{ANCHOR}" data-digest-mark'
            at = found.start() + 1 + len(found[1])
            shown = html[:at] + label + html[at:]
            return _HEAD.sub(lambda head: head[0] + _STYLE, shown, count=1), name
    return html, ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
