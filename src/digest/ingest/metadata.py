"""What a page says about its story: title, dates, author, image, section, tags, language.

Each value has its witnesses in order of trust: JSON-LD, Open Graph and other meta elements, the address, the page
itself. A value that is nonsense is passed over and the next witness is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.ingest.context import Context
from digest.ingest.dates import in_path, moment
from digest.ingest.html.byline import byline, names
from digest.ingest.html.flow import Block
from digest.ingest.html.headline import Headline, headline, without_site
from digest.ingest.html.jsonld import LinkedData, unescaped
from digest.ingest.html.picture import picture
from digest.ingest.html.tree import is_hidden, tag, text_of
from digest.ingest.links import canonical
from digest.ingest.prose import clean, folded, words
from digest.ingest.stamps import stamped
from digest.models.story import Image

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PUBLISHED = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "publishdate",
    "pubdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publication-date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "date",
    "article.published",
    "originalpublicationdate",
    "article_date_original",
    "published_at",
    "release_date",
    "rnews:datepublished",
    "ptime",
    "lastpublished",
    "iso-8601-publish-date",
    "citation_publication_date",
    "vr:published_time",
]
_MODIFIED = [
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "modified",
    "utime",
    "revision_date",
    "article.updated",
]
_SECTIONS = ("article:section", "og:section", "section", "parsely-section", "dc.subject.section", "article.section",
             "cxenseparse:section", "sailthru.section")  # fmt: skip
_TAGS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "keywords", "sailthru.tags")
_TAG_LIMIT = 30
_AFTER, _BEFORE = 40, 8


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about its story. `heading` is the element that shows the title, None when none does."""

    title: str
    heading: HtmlElement | None
    short_titles: tuple[str, ...]
    url: str | None
    published: datetime | None
    updated: datetime | None
    author: str | None
    image: Image | None
    section: str | None
    tags: tuple[str, ...]
    language: str | None
    excerpt: str
    metas: Mapping[str, tuple[str, ...]]
    data: LinkedData


def read_metadata(tree: HtmlElement, blocks: Sequence[Block], context: Context) -> Metadata:
    """Everything the page says about its story; empty and None where it says nothing. `blocks` are its flow."""
    metas = _metas(tree)
    url = context.url or own_address(tree, metas)
    og_title = first(metas, "og:title")
    data = LinkedData(tree, og_title, url)
    found = headline(tree, metas, data)
    stamps = stamped(_around(blocks, found.element), context.zone)
    updated = (
        moment(data.text(data.article, "dateModified"), context.zone)
        or _moment(metas, _MODIFIED, context)
        or stamps[1]
    )
    # a page that only says when it was changed came out then at the latest; "now" would make old pages news
    published = _published(tree, metas, data, url, found, context) or stamps[0] or updated
    return Metadata(
        title=found.text,
        heading=found.element,
        short_titles=_short_titles(found.text, metas, data),
        url=url,
        published=published,
        updated=updated if updated != published else None,
        author=names(data) or byline(tree, metas, found.element),
        image=picture(tree, metas, data, url),
        section=next(iter(data.texts(data.article, "articleSection")), "") or first(metas, *_SECTIONS) or None,
        tags=_tags(metas, data),
        language=_language(tree, metas, data),
        excerpt=first(metas, "og:description", "description", "twitter:description")
        or data.text(data.article, "description"),
        metas=metas,
        data=data,
    )


def _metas(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    """Meta elements by lower-case name, property or itemprop; every content, in order."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if not content or not name or len(content) > 10_000:
            continue
        value = clean(unescaped(content))
        if value:
            found.setdefault(name.strip().lower(), []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def first(metas: Mapping[str, tuple[str, ...]], *names: str) -> str:
    """The first content of the first of these meta elements that there is; else empty."""
    return next((metas[name][0] for name in names if name in metas), "")


def own_address(tree: HtmlElement, metas: Mapping[str, tuple[str, ...]]) -> str | None:
    """The address a saved page gives itself: rel=canonical, else og:url, when absolute."""
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            address = canonical(element.get("href"))
            if address:
                return address
    return canonical(first(metas, "og:url"))


def _short_titles(title: str, metas: Mapping[str, tuple[str, ...]], data: LinkedData) -> tuple[str, ...]:
    offered = [
        *data.texts(data.article, "alternativeHeadline"),
        first(metas, "og:title"),
        data.text(data.article, "headline"),
    ]
    kept: dict[str, str] = {}
    for text in offered:
        text = without_site(text, first(metas, "og:site_name"))
        if text and folded(text) != folded(title):
            kept.setdefault(folded(text), text)
    return tuple(kept.values())


def _moment(metas: Mapping[str, tuple[str, ...]], keys: Sequence[str], context: Context) -> datetime | None:
    return next((found for key in keys for text in metas.get(key, ()) if (found := moment(text, context.zone))), None)


def _published(
    tree: HtmlElement, metas: Mapping[str, tuple[str, ...]], data: LinkedData, url: str | None, found: Headline,
    context: Context,
) -> datetime | None:  # fmt: skip
    for node in (data.article, data.page):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            when = moment(data.text(node, key), context.zone)
            if when:
                return when
    return _moment(metas, _PUBLISHED, context) or in_path(url, context.zone) or _shown(tree, found.element, context)


def _around(blocks: Sequence[Block], heading: HtmlElement | None) -> list[str]:
    """The short lines near the headline: between it and the first paragraphs, then the few before it."""
    place = next((i for i, b in enumerate(blocks) if heading is not None and _within(b.holder, heading)), None)
    if place is None:
        return []
    after: list[str] = []
    paragraphs = 0
    for block in blocks[place + 1 : place + _AFTER]:
        paragraphs += words(block.text) >= 30
        if paragraphs >= 2:
            break
        after.append(block.text)
    return after + [block.text for block in reversed(blocks[max(0, place - _BEFORE) : place])]


def _within(element: HtmlElement, outer: HtmlElement) -> bool:
    return element is outer or outer in element.iterancestors()


def _shown(tree: HtmlElement, heading: HtmlElement | None, context: Context) -> datetime | None:
    """A time element, or one marked datePublished, in the smallest block around the headline that has one."""
    places = [heading, *heading.iterancestors()][:8] if heading is not None else [tree]
    for place in places:
        for element in place.iter("time", "span", "div", "p", "abbr"):
            if tag(element) != "time" and "datepublished" not in (element.get("itemprop") or "").lower():
                continue
            if is_hidden(element):
                continue
            text = element.get("datetime") or element.get("content") or element.get("title") or text_of(element, 200)
            when = moment(text, context.zone)
            if when:
                return when
    return None


def _tags(metas: Mapping[str, tuple[str, ...]], data: LinkedData) -> tuple[str, ...]:
    offered = [*metas.get("article:tag", ()), *data.texts(data.article, "keywords")]
    if not offered:
        offered = [text for key in _TAGS for text in metas.get(key, ())]
    kept: dict[str, str] = {}
    for text in offered:
        for part in re.split(r"[,;|]", text):
            part = clean(part, 80)
            if part and len(part.split()) <= 6:
                kept.setdefault(part.casefold(), part)
    return tuple(kept.values())[:_TAG_LIMIT]


def _language(tree: HtmlElement, metas: Mapping[str, tuple[str, ...]], data: LinkedData) -> str | None:
    """The primary language subtag (BCP 47) of `html lang`, else of what the page says elsewhere."""
    offered = (tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), tree.get("xml:lang"),
               first(metas, "content-language"), data.text(data.article, "inLanguage"))  # fmt: skip
    return next((found for text in offered if (found := primary_language(text))), None)


def primary_language(text: str | None) -> str | None:
    """`en` of `en-US` or `en_GB`; None for what is no language tag."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_].*)?\s*$", text or "")
    return match[1].lower() if match else None
