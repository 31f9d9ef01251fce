"""The plain case of a feed, read with lxml: well-formed RSS, RDF or Atom that uses nothing unusual. What comes out is
what feedparser would say, for the fields that stories are made of; anything else is declined, for feedparser to read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.ingest.quickparts import ATOM, ATOM_PARTS, DC, RSS1, RSS_PARTS, Declined, Entry, Part, text_in

if TYPE_CHECKING:
    from lxml.etree import _Element

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGES = frozenset({"language", f"{RSS1}language", f"{DC}language"})
_NEVER = frozenset({"item", "entry", "language", "source", "channel", "rss", "feed", "base"})
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")


@dataclass(frozen=True, slots=True)
class QuickFeed:
    """A feed, as feedparser names its parts."""

    entries: list[Entry]
    feed: Mapping[str, str] = field(default_factory=dict)


def quick_feed(text: str) -> QuickFeed | None:
    """The items of a feed, or None when it is not of the plain kind."""
    from lxml import etree

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    declared = _DECLARATION.match(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring((text[declared.end() :] if declared else text).strip().encode(), parser)
        return _read(root)
    except (etree.XMLSyntaxError, ValueError, Declined):
        return None


def _read(root: _Element) -> QuickFeed:
    language = root.get(_LANG)
    # In RSS, what xml:lang at the root means depends on what else stands in the channel: the whole parser knows.
    stated = {"version", _LANG} if root.tag == f"{ATOM}feed" else {"version"}
    if language == "" or not set(root.keys()) <= stated:
        raise Declined
    lang = language.replace("_", "-") if language else None
    if root.tag == "rss":
        if len(root) != 1 or root[0].tag != "channel" or root[0].keys():
            raise Declined
        holder, item, readers = root[0], "item", RSS_PARTS
    elif root.tag == f"{_RDF}RDF":
        holder, item, readers = root, f"{RSS1}item", RSS_PARTS
    elif root.tag == f"{ATOM}feed":
        holder, item, readers = root, f"{ATOM}entry", ATOM_PARTS
    else:
        raise Declined
    entries: list[Entry] = []
    said = {"language": lang} if lang else {}
    for child in holder:
        if child.tag == item:
            entries.append(_entry(child, lang, readers))
        elif child.tag in _LANGUAGES:
            said["language"] = text_in(child)
        else:
            _beside(child, said)
    if not entries:
        raise Declined
    return QuickFeed(entries, {key: value for key, value in said.items() if value})


def _beside(element: _Element, said: dict[str, str]) -> None:
    """A part of the feed that is no item, such as its picture; the channel of an RDF feed may name the language."""
    channel = element.tag == f"{RSS1}channel"
    if not channel and _local(element) in _NEVER:
        raise Declined
    for inner in element.iterdescendants():
        if channel and inner.tag in _LANGUAGES and inner.getparent() is element:
            said["language"] = text_in(inner)
        elif _local(inner) in _NEVER:
            raise Declined


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _entry(item: _Element, lang: str | None, readers: Mapping[str, Part]) -> Entry:
    entry = Entry()
    stated = item.keys()
    if stated:
        about = item.get(f"{_RDF}about")
        if len(stated) > 1 or not about:
            raise Declined
        entry["id"] = about
    for child in item:
        reader = readers.get(child.tag)
        if reader is None:
            raise Declined
        reader(entry, child)
    if not entry.get("title") or (stated and not entry.get("link")):
        raise Declined
    entry["title_detail"] = {"language": lang}
    if "summary" not in entry and "content" in entry:
        entry["summary"] = entry["content"][0]["value"]
    return entry
