"""What a file or answer is, judged by its first bytes and, where these say nothing, by its name."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath


class Form(StrEnum):
    """The forms that can be read."""

    FEED = "feed"
    SITEMAP = "sitemap"
    JSON = "json"
    JSON_LINES = "jsonlines"
    PAGE = "page"
    MARKDOWN = "markdown"
    DUMP = "dump"


_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|div|p|h[1-6]|ul|ol|li|article|section|main|table|a|span|img)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_FEEDS = frozenset({"rss", "feed", "rdf"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})


def sniffed(text: str, name: str) -> Form | None:
    """The form of a text, or None when it is no text that people read."""
    head = text[:20_000].lstrip("\ufeff \t\r\n")
    if head.count("\ufffd") + sum(head.count(chr(code)) for code in (1, 2, 3, 4, 5, 6, 14, 15, 16)) > len(head) // 20:
        return None
    suffix = _suffix(name)
    if head.startswith("+++"):
        return Form.MARKDOWN
    if head[:1] == "{" and suffix in ("jsonl", "ndjson"):
        return Form.JSON_LINES
    if head[:1] in "{[" and (suffix in ("json", "jsonl", "ndjson") or re.match(r"\{\s*\"|\[\s*[\{\]]|\{\s*\}", head)):
        return Form.JSON
    root = _root(head)
    if root in _FEEDS:
        return Form.FEED
    if root in _SITEMAPS:
        return Form.SITEMAP
    if root == "html" or suffix in ("html", "htm", "xhtml"):
        return Form.PAGE
    if suffix in ("md", "markdown"):
        return Form.MARKDOWN
    if suffix in ("xml", "rss", "atom", "rdf") and head.startswith("<"):
        return Form.FEED
    if len(_TAG.findall(head)) >= (3 if not head.startswith("<") else 1):
        return Form.PAGE
    return Form.DUMP if head else None


def _suffix(name: str) -> str:
    path = PurePosixPath(name.lower().split("?")[0])
    if path.suffix == ".gz":
        path = path.with_suffix("")
    return path.suffix.lstrip(".")


def _root(head: str) -> str:
    """The name of the first element, after declarations, comments and document type."""
    doctype = re.search(r"<!DOCTYPE\s+([\w:.-]+)", head[:2000], re.IGNORECASE)
    position = 0
    while match := _PROLOG.match(head, position):
        position = match.end()
    root = _ROOT.match(head, position)
    if root:
        return root[1].lower()
    return doctype[1].lower() if doctype else ""
