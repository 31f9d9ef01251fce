"""Who wrote it: authors from JSON-LD and meta elements, else the line under the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from digest.ingest.jsonld import LinkedData, types
from digest.ingest.links import is_web
from digest.ingest.prose import clean
from digest.ingest.tree import ancestors, is_hidden, text_of, tokens

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_METAS = ("author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
          "byl", "cxenseparse:author", "article.author", "authors", "citation_author", "twitter:data1", "dc.author",
          "article:author_name", "cre", "rbauthors", "article_author", "vr:author")  # fmt: skip
_BY = re.compile(
    r"^(?:(?:written|story|words|article|posted|published|report|reported|updated|text|reviewed)?\s*by:?|von:?|par:?|por:?|di|door:?|"
    r"af:?|av:?|autor(?:in)?:?|author:?|auteur:?|text:?|tekst:?|opinion by|analysis by)\s+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\(@|@|,?\s*(?:updated|published|posted|last updated|aktualisiert|veröffentlicht|staff writer|"
    r"senior writer|contributor|correspondent|reporter|editor|for |special to)\b|\b\d{1,2}[:.]\d{2}|\d{4}).*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:admin\w*|editor\w*|redaktion|staff|webmaster|root|guest|unknown|none|null|n/?a|redacción|rédaction|newsroom|"
    r"author|user|home|min(?:ute)?s?|read|about|more|share|follow)$|\bmin(?:ute)?s? read\b|https?:",
    re.IGNORECASE,
)
_NAMED = re.compile(r"author|byline|by-line|writer|autor|creator|contributor", re.IGNORECASE)
_NOT_THE_LINE = frozenset({"related", "bio", "comments", "comment", "footer", "nav", "menu", "avatar", "image", "social", "share",
                           "recirc", "popular", "newsletter", "date", "timestamp", "job", "role"})  # fmt: skip
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
    inside = set(heading.iterancestors()) if heading is not None else set()
    for element in tree.iter("a", "span", "div", "p", "address", "cite", "strong", "b", "li", "td", "h3", "h4"):
        marks = " ".join(element.get(name) or "" for name in ("class", "id", "itemprop", "data-testid"))
        named = bool(_NAMED.search(marks))
        if not named and not (len(element) <= 3 and _BY.match(clean(text_of(element, 80)))):
            continue
        if element in inside or is_hidden(element) or tokens(element) & _NOT_THE_LINE:
            continue
        if any(
            tokens(around) & {"related", "comments", "footer", "recirc"}
            for around in ancestors(element)
            if around not in inside
        ):
            continue
        text = text_of(element, 300)
        if (
            (named or _BY.match(text))
            and len(text) < 200
            and (found := joined([text]))
            and (_BY.match(text) or _person(found))
        ):
            return found
    return None


def _person(text: str) -> bool:
    """Whether a line reads as one or more names: two to four capitalised words each."""
    return all(
        2 <= len(part.split()) <= 4
        and all(word[:1].isupper() or word.islower() and len(word) <= 3 for word in part.split())
        for part in text.split(", ")
    )


def joined(offered: Iterable[str]) -> str | None:
    """Names, each once, without "By", addresses, roles and dates; None when nobody is left."""
    kept: dict[str, str] = {}
    for text in offered:
        text = _BY.sub("", clean(text, 300))
        parts = re.split(
            r"\s*;\s*|\s+(?:and|und|et|y|&)\s+(?=[A-ZÀ-Þ])|\s*,\s+(?=[A-ZÀ-Þ][\w.'’-]+\s+[A-ZÀ-Þ])", text
        )
        for part in parts:
            part = _TAIL.sub("", _BY.sub("", part)).strip(" ,.:;|")
            if not part or is_web(part) or "@" in part or "/" in part or _NOBODY.search(part):
                continue
            if len(part) <= 80 and len(part.split()) <= 7:
                kept.setdefault(part.casefold(), part)
    return ", ".join(list(kept.values())[:MOST]) or None
