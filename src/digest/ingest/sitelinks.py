"""The links by which a front page names its feeds and its WordPress API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.ingest.links import canonical
from digest.ingest.prose import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FEED_TYPE = re.compile(
    r"application/(?:rss|atom|rdf)\+xml|application/feed\+json|application/json|text/xml|application/xml"
)
_ANSWERS = re.compile(r"comment|kommentar|respon|oembed", re.IGNORECASE)
_RSS_LINK = re.compile(r"(?:/feed|/rss|/atom|\.rss|\.atom|rss\.xml|feed\.xml|atom\.xml|feed\.json)/?$", re.IGNORECASE)


def feed_links(tree: HtmlElement | None, front: str) -> list[tuple[str, str]]:
    """Feeds that the page names, those of its own host first; comment feeds are nobody's news."""
    found: dict[str, str] = {}
    for link in list(tree.iter("link"))[:500] if tree is not None else ():
        kind, title = (link.get("type") or "").lower(), clean(link.get("title") or "", 80)
        if "alternate" not in (link.get("rel") or "").lower().split() or not _FEED_TYPE.match(kind):
            continue
        address = canonical(link.get("href"), front)
        if address and "wp-json" not in address and not _ANSWERS.search(f"{urlsplit(address).path} {title}"):
            found.setdefault(address, title)
    host = urlsplit(front).hostname
    return sorted(found.items(), key=lambda pair: urlsplit(pair[0]).hostname != host)


def feed_anchors(tree: HtmlElement | None, front: str) -> tuple[str, ...]:
    """Links of the page whose address looks like a feed's."""
    found = []
    for link in tree.iter("a") if tree is not None else ():
        address = canonical(link.get("href"), front)
        if address and _RSS_LINK.search(urlsplit(address).path) and not _ANSWERS.search(address):
            found.append(address)
        if len(found) > 50:
            break
    return tuple(dict.fromkeys(found))[:4]


def wordpress_root(tree: HtmlElement | None, front: str) -> str | None:
    """The root of the site's WordPress REST API as its pages name it (developer.wordpress.org)."""
    for link in list(tree.iter("link"))[:500] if tree is not None else ():
        if (link.get("rel") or "").strip().lower() == "https://api.w.org/":
            return canonical(link.get("href"), front)
    return None
