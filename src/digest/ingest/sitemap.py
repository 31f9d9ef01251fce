"""Sitemaps (sitemaps.org 0.9) and news sitemaps: the latter give stories, the former addresses of pages to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.ingest.context import Context
from digest.ingest.dates import moment
from digest.ingest.feed import unsafe_entities
from digest.ingest.kind import kind_of
from digest.ingest.links import canonical
from digest.ingest.metadata import primary_language
from digest.ingest.prose import clean
from digest.ingest.xmltext import fit_for_xml
from digest.models.story import SourceFailure, Story

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a sitemap. `story` is set when the news extension says enough of it."""

    url: str
    modified: datetime | None
    story: Story | None
    is_map: bool = False


def read_places(text: str, context: Context) -> tuple[Place, ...] | SourceFailure:
    """The addresses of a sitemap or sitemap index, newest first; a failure when it is neither."""
    from lxml import etree

    bomb = unsafe_entities(text)
    if bomb:
        return context.failure(bomb)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(fit_for_xml(text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    broken = bool(parser.error_log) and (root is None or not len(root))
    if root is None or broken or _name(root) not in ("urlset", "sitemapindex"):
        return context.failure("is not a sitemap that can be read", "is this the address of the sitemap itself?")
    is_index = _name(root) == "sitemapindex"
    try:
        found = [place for element in list(root)[:MOST] if (place := _place(element, context, is_index))]
    except UnicodeDecodeError:
        # what the recovering parser keeps of ill-formed text need not be UTF-8
        return context.failure("holds characters that cannot be read", "the publisher has to mend it")
    return tuple(sorted(found, key=lambda p: -(_when(p).timestamp() if _when(p) else 0)))  # type: ignore[union-attr]


def read_sitemap(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The stories of a news sitemap; entries that only give an address are named in one failure."""
    places = read_places(text, context)
    if isinstance(places, SourceFailure):
        return (places,)
    bare = sum(place.story is None for place in places)
    made: list[Story | SourceFailure] = [place.story for place in places if place.story]
    if bare:
        made.append(
            context.failure(f"{bare} addresses of this sitemap come without a title", "read their pages instead")
        )
    return tuple(made)


def _when(place: Place) -> datetime | None:
    return (place.story.published if place.story else None) or place.modified


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _place(element: _Element, context: Context, is_map: bool) -> Place | None:
    fields: dict[str, str] = {}
    for node in element.iter():
        if node.text and node.text.strip():
            fields.setdefault(_name(node), clean(node.text))
    url = canonical(fields.get("loc"), context.url)
    if not url:
        return None
    modified = moment(fields.get("lastmod"), context.zone)
    title = fields.get("title")
    if is_map or not title:
        return Place(url, modified, None, is_map)
    published = moment(fields.get("publication_date"), context.zone)
    tags = tuple(dict.fromkeys(t for t in (clean(part, 80) for part in fields.get("keywords", "").split(",")) if t))[
        :30
    ]
    kind, evidence = kind_of(title, url, (), tags)
    made = context.story(
        title, url=url, language=primary_language(fields.get("language")), tags=tags, published=published,
        updated=modified if modified != published else None, kind=kind, kind_evidence=evidence,
    )  # fmt: skip
    return Place(url, modified, made)
