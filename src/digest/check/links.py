"""Where links lead: to the open web, over https, with an address, and each story to its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from digest.check.finding import Given, Hit, Level, Rule

# RFC 2606 and RFC 6761: names that never lead anywhere.
_RESERVED = (".example", ".test", ".invalid", ".example.com", ".example.net", ".example.org")
_LOCAL = (".localhost", ".local", ".internal")
_SHORTENERS = frozenset({"bit.ly", "t.co", "tinyurl.com", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
_SLOT = re.compile(r"\{\{ ?([a-z][a-z0-9_:]*) ?\}\}")


def _valid(given: Given) -> Iterator[Hit]:
    seen: set[str] = set()
    examples: dict[str, int] = {}
    for link in given.page.iter("a"):
        href = link.get("href")
        if href in seen:
            continue
        seen.add(href or "")
        where = f'html: the link "{_text(link)}"'
        hit = _judge(href, where, given.slots)
        if hit:
            yield hit
        elif f".{_host(href or '')}".endswith(_RESERVED):
            examples[_host(href or "")] = examples.get(_host(href or ""), 0) + 1
    for host, count in sorted(examples.items()):
        level: Level = "warning" if given.leaves else "info"
        yield Hit(f"{host} is a name reserved for examples; {count} links lead there", "html", level)


def _judge(href: str | None, where: str, slots: frozenset[str]) -> Hit | None:
    if href is None or href.strip() in ("", "#"):
        return Hit("a link leads nowhere", where)
    slot = _SLOT.match(href)
    if slot and slot[1] in slots:
        return None
    if any(sign in href for sign in ("{{", "{%", "%%", "*|", "${")):
        return Hit(f"a link still holds a placeholder: {href[:80]}", where)
    if href.startswith("#"):
        return Hit(f"a link leads to a place inside the mail: {href[:80]}", where, "warning")
    if not href.isascii() or any(c.isspace() for c in href):
        return Hit(f"a link is not percent-encoded: {href[:80]}", where)
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").lower()
    except ValueError:
        return Hit(f"a link is no address: {href[:80]}", where)
    if parts.scheme in ("mailto", "tel"):
        return None
    if not host:
        return Hit(f"a link has no site: {href[:80]}", where)
    if _is_local(host):
        return Hit(f"a link leads to this machine or network: {href[:80]}", where)
    if parts.scheme != "https":
        return Hit(f"a link is not https: {href[:80]}", where)
    return None


def _is_local(host: str) -> bool:
    if f".{host}".endswith(_LOCAL):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _shortened(given: Given) -> Iterator[Hit]:
    for link in given.page.iter("a"):
        host = _host(link.get("href", ""))
        if host in _SHORTENERS:
            yield Hit(f"a link is shortened by {host}", f'html: the link "{_text(link)}"')


def _shown(given: Given) -> Iterator[Hit]:
    """A link whose text is an address of another site."""
    for link in given.page.iter("a"):
        text, host = _text(link), _host(link.get("href", ""))
        shown = re.fullmatch(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:/\S*)?", text, re.IGNORECASE)
        if shown and host and not f".{host}".endswith("." + shown[1].lower().removeprefix("www.")):
            yield Hit(f"a link says {shown[1]} and leads to {host}", f'html: the link "{text}"')


def _stories(given: Given) -> Iterator[Hit]:
    """Headlines without a link: each h3, and the lead's h2. In a mail that leaves the machine that is an error."""
    lead = [heading for heading in given.page.iter("h2") if "lead" in heading.get("class", "").split()]
    level: Level = "error" if given.leaves else "warning"
    for heading in (*lead, *given.page.iter("h3")):
        if heading.find(".//a") is None and heading.getparent().tag != "a":
            yield Hit("a story has no link to its source", f'html: the headline "{_text(heading)}"', level)


def _host(href: str) -> str:
    try:
        return (urlsplit(href).hostname or "").lower()
    except ValueError:
        return ""


def _text(element: object) -> str:
    return " ".join("".join(element.itertext()).split())[:60]  # type: ignore[attr-defined]


RULES = (
    Rule(
        "link.valid",
        "error",
        "a reader's click must arrive, and must not be readable on the way",
        "RFC 3986; Gmail marks http links",
        "give the story its https address, or leave the link out",
        _valid,
    ),
    Rule(
        "link.shortened",
        "warning",
        "filters distrust shorteners, because they hide where a link leads",
        "SpamAssassin URI_SHORTENER rules",
        "link to the address itself",
        _shortened,
    ),
    Rule(
        "link.shown",
        "error",
        "a text that names another site than the link's is what phishing looks like",
        "SpamAssassin; Thunderbird's scam warning",
        "let the text say what the link leads to",
        _shown,
    ),
    Rule(
        "story.link",
        "warning",
        "every story must lead to its source",
        "newsroom practice",
        "give the story its address, or leave it out",
        _stories,
    ),
)
