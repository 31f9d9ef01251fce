"""The parts of a plain feed's item, each put where feedparser puts it; what is not plain declines the whole feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from digest.ingest.dates import moment

if TYPE_CHECKING:
    from lxml.etree import _Element

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
RSS1 = "{http://purl.org/rss/1.0/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SLASH, _WFW = "{http://purl.org/rss/1.0/modules/slash/}", "{http://wellformedweb.org/CommentAPI/}"
_PERSON = frozenset({f"{ATOM}name", f"{ATOM}uri", f"{ATOM}email"})
_ADDRESS = re.compile(r"https?://[^\s/&;<>\"][^\s&;<>\"]*(?:&[^\s&;<>\"]*)*")
_NAME = re.compile(r"(?:tag|urn):[\w:.,/@#-]+", re.ASCII)
# Dates that exist in every month, as RFC 5322 and RFC 3339 write them.
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?:0[1-9]|1\d|2[0-8]) "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"20\d\d (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-2])[03]0)|"
    r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(?:Z|[+-](?:0\d|1[0-2]):[03]0)",
    re.ASCII,
)
_CONTROLS = re.compile("[\x80-\x9f]")
_HTML = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_PLAIN = frozenset({None, "", "text", "html", "text/html", "text/plain"})


class Entry(dict[str, Any]):
    """One item, as feedparser names its parts."""

    def has_key(self, key: str) -> bool:
        return key in self


Part = Callable[[Entry, "_Element"], None]


class Declined(Exception):
    """Something here is not plain."""


def text_in(element: _Element) -> str:
    """The stripped text of an element that holds nothing else."""
    if len(element):
        raise Declined
    return _mended((element.text or "").strip())


def _mended(text: str) -> str:
    """`text`, unless feedparser would mend it: a control character that was meant for Windows-1252, or UTF-8 that was
    encoded twice."""
    if not text.isascii():
        if _CONTROLS.search(text):
            raise Declined
        try:
            text.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            return text
        raise Declined
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise Declined
    return text


def _once(entry: Entry, key: str, value: object) -> None:
    if key in entry:
        raise Declined
    entry[key] = value


def _ignored(entry: Entry, child: _Element) -> None:  # noqa: ARG001
    if len(child):
        raise Declined


def _title(entry: Entry, child: _Element) -> None:
    _once(entry, "title", text_in(child))


def _summary(entry: Entry, child: _Element) -> None:
    _once(entry, "summary", text_in(child))


def _content(entry: Entry, child: _Element) -> None:
    _once(entry, "content", [{"value": text_in(child)}])


def _plain(reader: Part) -> Part:
    """The reader of an Atom text (RFC 4287, 3.1), for those of type text or html."""

    def read(entry: Entry, child: _Element) -> None:
        if (child.get("type") or "").lower() not in _PLAIN or child.get("src"):
            raise Declined
        reader(entry, child)

    return read


def _link(entry: Entry, child: _Element) -> None:
    if child.keys():
        raise Declined
    if entry.pop("by_guid", None):
        del entry["link"]
    _once(entry, "link", _address(text_in(child)))


def _at(key: str) -> Part:
    """The reader of a date that we read ourselves; one that we cannot read, feedparser may."""

    def read(entry: Entry, child: _Element) -> None:
        text = text_in(child)
        if text and not _USUAL.fullmatch(text) and moment(text, UTC) is None:
            raise Declined
        _once(entry, key, text)

    return read


def _guid(entry: Entry, child: _Element) -> None:
    text = text_in(child)
    stated = {str(name).lower(): value for name, value in child.items()}
    if stated.get("ispermalink", "true") != "true":
        _once(entry, "id", text)
        return
    _once(entry, "id", _address(text))
    if "link" not in entry:
        entry["link"] = text
        entry["by_guid"] = True


def _atom_id(entry: Entry, child: _Element) -> None:
    identifier = text_in(child)
    if not _ADDRESS.fullmatch(identifier) and not _NAME.fullmatch(identifier):
        raise Declined
    _once(entry, "id", identifier)
    entry.setdefault("link", identifier)


def _category(entry: Entry, child: _Element) -> None:
    if term := text_in(child):
        entry.setdefault("tags", []).append({"term": term})


def _atom_category(entry: Entry, child: _Element) -> None:
    if text_in(child):
        raise Declined
    if term := child.get("term"):
        entry.setdefault("tags", []).append({"term": term})


def _author(entry: Entry, child: _Element) -> None:
    name = text_in(child)
    if "@" in name:
        raise Declined
    entry.setdefault("authors", []).append({"name": name} if name else {})
    entry["author"] = name


def _person(entry: Entry, child: _Element) -> None:
    """An Atom person (RFC 4287, 3.2)."""
    names = [inner for inner in child if inner.tag == f"{ATOM}name"]
    if len(names) != 1 or any(inner.tag not in _PERSON or len(inner) for inner in child):
        raise Declined
    name = text_in(names[0])
    if not name or "@" in name:
        raise Declined
    entry.setdefault("authors", []).append({"name": name})
    entry["author"] = name


def _atom_link(entry: Entry, child: _Element) -> None:
    relation = (child.get("rel") or "alternate").lower()
    kind = (child.get("type") or "text/html").lower()
    address = _address(child.get("href") or "")
    if (
        len(child)
        or (child.text or "").strip()
        or any(child.get(name) is not None for name in ("url", "uri", "base"))
    ):
        raise Declined
    if relation == "alternate" and kind in _HTML:
        entry["link"] = address
    elif relation == "enclosure":
        entry.setdefault("enclosures", []).append({"href": address, "type": kind})


def _enclosure(entry: Entry, child: _Element) -> None:
    if (
        len(child)
        or (child.text or "").strip()
        or any(child.get(name) is not None for name in ("uri", "href", "base"))
    ):
        raise Declined
    kind = (child.get("type") or "").lower()
    entry.setdefault("enclosures", []).append({"href": child.get("url"), "type": kind})


def _media(key: str) -> Part:
    def read(entry: Entry, child: _Element) -> None:
        stated = {str(name).lower(): value for name, value in child.items()}
        if "url" not in stated or "base" in stated or "lang" in stated or (child.text or "").strip():
            raise Declined
        if "type" in stated:
            stated["type"] = stated["type"].lower()
        entry.setdefault(key, []).append(stated)
        for inner in child:
            if inner.tag != f"{_MEDIA}credit":
                raise Declined
            _credit(entry, inner)

    return read


def _credit(entry: Entry, child: _Element) -> None:
    text = text_in(child)
    entry.setdefault("media_credit", []).append({"content": text} if text else {})


_SHARED: dict[str, Part] = {
    f"{_MEDIA}content": _media("media_content"),
    f"{_MEDIA}thumbnail": _media("media_thumbnail"),
    # elements that say nothing about the story and change nothing around them
    f"{_SLASH}comments": _ignored,
    f"{_SLASH}section": _ignored,
    f"{_WFW}commentRss": _ignored,
    f"{_WFW}comment": _ignored,
    "{com-wordpress:feed-additions:1}post-id": _ignored,
    "{http://purl.org/syndication/thread/1.0}total": _ignored,
}
_NAMED: dict[str, Part] = {
    "title": _title,
    "link": _link,
    "description": _summary,
    "pubDate": _at("published"),
    "guid": _guid,
    "category": _category,
    "author": _author,
    "enclosure": _enclosure,
    "comments": _ignored,
}
RSS_PARTS: dict[str, Part] = {
    **_SHARED,
    **_NAMED,
    **{f"{RSS1}{name}": reader for name, reader in _NAMED.items()},
    f"{_CONTENT}encoded": _content,
    f"{DC}date": _at("updated"),
    f"{DC}subject": _category,
    f"{DC}creator": _author,
    f"{_MEDIA}credit": _credit,
}
ATOM_PARTS: dict[str, Part] = {
    **_SHARED,
    f"{ATOM}title": _plain(_title),
    f"{ATOM}summary": _plain(_summary),
    f"{ATOM}content": _plain(_content),
    f"{ATOM}published": _at("published"),
    f"{ATOM}updated": _at("updated"),
    f"{ATOM}id": _atom_id,
    f"{ATOM}link": _atom_link,
    f"{ATOM}category": _atom_category,
    f"{ATOM}author": _person,
}
