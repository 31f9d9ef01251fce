"""Who wrote it: authors from JSON-LD and meta elements, else the line under the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from digest.ingest.html.flow import flow
from digest.ingest.html.jsonld import LinkedData, types
from digest.ingest.html.tree import ancestors, is_hidden, text_of, tokens
from digest.ingest.links import is_web
from digest.ingest.prose import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_METAS = [
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "article.author",
    "authors",
    "citation_author",
    "twitter:data1",
    "dc.author",
    "article:author_name",
    "cre",
    "rbauthors",
    "article_author",
    "vr:author",
]
BY = re.compile(
    r"^(?:(?:(?:written|story|words|article|posted|published|reported|text|opinion|analysis)\s+)?by:?\s+|"
    r"(?:author|autor(?:in)?|auteur|text|tekst):\s*|"
    # in other languages the word is also a part of names ("von der Leyen"): a whole name has to follow
    r"(?:von|par|por|di|door|af|av):?\s+(?=(?-i:[A-ZÀ-Þ])[\w.'’-]*\s+(?-i:[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\(@|@|,?\s*(?:updated|published|posted|last updated|aktualisiert|veröffentlicht|"
    r"staff writer|senior writer|contributor|correspondent|reporter|editor|for |special to)\b|"
    r"\b\d{1,2}[:.]\d{2}|\d{4}).*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:admin\w*|editor\w*|redaktion|staff|webmaster|root|guest|unknown|none|null|n/?a|redacción|rédaction|newsroom|"
    r"author|user|home|min(?:ute)?s?|read|about|more|share|follow)$|\bmin(?:ute)?s? read\b|https?:",
    re.IGNORECASE,
)
_NAMED = re.compile(r"author|byline|by-line|writer|autor|creator|contributor", re.IGNORECASE)
_NOT_THE_LINE = frozenset(
    [
        "related",
        "bio",
        "comments",
        "comment",
        "footer",
        "nav",
        "menu",
        "avatar",
        "image",
        "social",
        "share",
        "recirc",
        "popular",
        "newsletter",
        "date",
        "timestamp",
        "job",
        "role",
    ]
)
_NOT_AROUND = frozenset({"related", "comments", "footer", "recirc", "overlay", "modal", "popular"})
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
        "zu",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
        "y",
        "e",
        "af",
        "av",
    ]
)
MOST = 8


def names(data: LinkedData) -> str | None:
    """The authors of the article in JSON-LD, persons before organisations, joined with commas."""
    people: list[str] = []
    bodies: list[str] = []
    for key in ("author", "creator"):
        for value in data.values(data.article, key):
            if isinstance(value, Mapping):
                text = _name(data, value)
                (bodies if types(value) & {"Organization", "NewsMediaOrganization"} else people).append(text)
            elif isinstance(value, str):
                people.append(value)
        if found := joined(people):
            return found
    return joined(bodies)


def _name(data: LinkedData, node: Mapping[str, Any]) -> str:
    name = data.texts(node, "name")
    if len(name) > 1:
        return ", ".join(name)
    return name[0] if name else " ".join(filter(None, (data.text(node, "givenName"), data.text(node, "familyName"))))


def byline(tree: HtmlElement, metas: Mapping[str, tuple[str, ...]], heading: HtmlElement | None) -> str | None:
    """The author from meta elements, else from the byline nearest to the headline."""
    for key in _METAS:
        if key == "twitter:data1" and "written" not in " ".join(metas.get("twitter:label1", ())).lower():
            continue
        if found := joined(metas.get(key, ())):
            return found
    return _written(tree, heading)


def _written(tree: HtmlElement, heading: HtmlElement | None) -> str | None:
    for element in tree.iter("a"):
        if "author" in (element.get("rel") or "").lower().split() and (found := joined([text_of(element, 200)])):
            return found
    inside = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    for element in tree.iter("a", "span", "div", "p", "address", "cite", "strong", "b", "li", "ul", "td", "h3", "h4"):
        marks = " ".join(element.get(name) or "" for name in ("class", "id", "itemprop", "data-testid"))
        named = bool(_NAMED.search(marks))
        if not named and not (len(element) <= 3 and BY.match(text_of(element, 80))):
            continue
        if element in inside or is_hidden(element) or tokens(element) & _NOT_THE_LINE:
            continue
        if any(tokens(around) & _NOT_AROUND for around in ancestors(element) if around not in inside):
            continue
        if found := _in_line(element, named):
            return found
    return None


def _in_line(element: HtmlElement, named: bool) -> str | None:
    """The names in a line about the author: linked ones, else the first block of it that reads as names."""
    linked = [text for link in element.iter("a") if (text := text_of(link, 120)) and is_person(text)]
    if named and linked:
        return joined(linked)
    for block in flow(element)[:6]:
        found = joined([block.text]) if len(block.text) < 200 else None
        if found and (BY.match(block.text) or named) and all(map(is_person, found.split(", "))):
            return found
    return None


def is_person(text: str) -> bool:
    """Whether a text reads as one person's name: two to five words, capitalised but for particles, no digits."""
    parts = text.replace(",", " ").split()
    return 2 <= len(parts) <= 5 and all(
        (part[0].isupper() or part.lower() in _PARTICLES) and not any(c.isdigit() for c in part) for part in parts
    )


def is_byline(text: str) -> bool:
    """Whether a line only names an author: "By Ann Lee", or the word "By" before the name on the next line."""
    return len(text) <= 120 and (bool(BY.match(text)) or text.strip(" :").lower() in ("by", "von", "par", "por"))


def joined(offered: Iterable[str]) -> str | None:
    """Names, each once, without "By", addresses, roles and dates; None when nobody is left."""
    kept: dict[str, str] = {}
    for text in offered:
        text = BY.sub("", clean(text, 300))
        parts = re.split(
            r"\s*;\s*|\s+(?:and|und|et|y|&)\s+(?=[A-ZÀ-Þ])|\s*,\s+(?=[A-ZÀ-Þ][\w.'’-]+\s+[A-ZÀ-Þ])", text
        )
        for part in parts:
            part = _TAIL.sub("", BY.sub("", part)).strip(" ,.:;|")
            if not part or is_web(part) or "@" in part or "/" in part or _NOBODY.search(part):
                continue
            if len(part) <= 80 and len(part.split()) <= 7:
                kept.setdefault(part.casefold(), part)
    return ", ".join(list(kept.values())[:MOST]) or None
