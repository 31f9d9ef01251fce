"""What a page says of its article in JSON-LD (schema.org), with `@graph` and `@id` resolved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from digest.ingest.prose import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCK_LIMIT = 500_000
_NODES, _DEPTH = 5_000, 12
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Posting|NewsArticle|Recipe|Review|HowTo)$")
_PAGE = frozenset({"WebPage", "ItemPage", "MedicalWebPage", "AboutPage", "FAQPage", "CollectionPage"})
_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)


class LinkedData:
    """All JSON-LD blocks of a page. `article` and `page` are the nodes that speak of the article and of its page."""

    def __init__(self, tree: HtmlElement, title: str = "", url: str | None = None) -> None:
        self._by_id: dict[str, Mapping[str, Any]] = {}
        nodes: list[Mapping[str, Any]] = []
        for script in tree.iter("script"):
            if "ld+json" in (script.get("type") or "").lower():
                nodes.extend(self._nodes(_loaded(script.text or "")))
        self.article = self._best([n for n in nodes if _is_article(n)], title, url)
        self.page = self._best([n for n in nodes if _types(n) & _PAGE], title, url)

    def _nodes(self, data: Any) -> Iterator[Mapping[str, Any]]:
        """Every node of a block, walked without recursion and bounded."""
        queue: list[tuple[Any, int]] = [(data, 0)]
        seen = 0
        while queue and seen < _NODES:
            value, depth = queue.pop(0)
            seen += 1
            if isinstance(value, list) and depth < _DEPTH:
                queue.extend((item, depth + 1) for item in value[:1000])
            elif isinstance(value, Mapping):
                identifier = value.get("@id")
                if isinstance(identifier, str) and len(value) > 1:
                    self._by_id.setdefault(identifier, value)
                if _types(value):
                    yield value
                if depth < _DEPTH:
                    queue.extend((inner, depth + 1) for inner in value.values() if isinstance(inner, list | Mapping))

    def _best(self, nodes: list[Mapping[str, Any]], title: str, url: str | None) -> Mapping[str, Any]:
        """The node that is about this page: the same address or headline, else the first with a headline."""
        from digest.ingest.prose import folded

        def rank(node: Mapping[str, Any]) -> int:
            headline = folded(self.text(node, "headline") or self.text(node, "name") or "")
            addresses = {self.text(node, "url"), self.text(node, "mainEntityOfPage"), self.text(node, "@id")}
            same = bool(url) and any(address and address.partition("#")[0] == url for address in addresses)
            return 4 * (bool(headline) and headline == folded(title)) + 2 * same + bool(headline)

        return max(nodes, key=rank, default={})

    def resolved(self, value: Any) -> Any:
        """`value`, or the node it refers to when it is a bare `{"@id": …}`."""
        if isinstance(value, Mapping) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value

    def values(self, node: Mapping[str, Any], key: str) -> list[Any]:
        """What `key` holds, as a list, references resolved."""
        value = node.get(key)
        return [
            self.resolved(item) for item in (value[:100] if isinstance(value, list) else [value]) if item is not None
        ]

    def text(self, node: Mapping[str, Any], key: str) -> str:
        """The first text that `key` holds, directly or as name, value or address of a node; else empty."""
        return next(iter(self.texts(node, key)), "")

    def texts(self, node: Mapping[str, Any], key: str) -> list[str]:
        """All texts that `key` holds, cleaned."""
        found = []
        for value in self.values(node, key):
            if isinstance(value, Mapping):
                value = next(
                    (value[k] for k in ("name", "@value", "url", "@id") if isinstance(value.get(k), str)), ""
                )
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                text = clean(unescaped(str(value)))
                if text:
                    found.append(text)
        return found


def unescaped(text: str) -> str:
    """Text whose entities were escaped once too often, as it often is in JSON and attributes."""
    from html import unescape

    return unescape(text) if "&" in text else text


def types(node: Mapping[str, Any]) -> frozenset[str]:
    """The schema.org types of a node, without their prefix."""
    return _types(node)


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(name.rpartition("/")[2] for name in names if isinstance(name, str))


def _is_article(node: Mapping[str, Any]) -> bool:
    return any(_ARTICLE.search(name) for name in _types(node))


def _loaded(text: str) -> Any:
    """A block as JSON; control characters inside strings and trailing commas are forgiven. None when it is not."""
    if not text.strip() or len(text) > BLOCK_LIMIT:
        return None
    text = _COMMENT.sub("", text).strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None
