"""RSS 0.9x to 2.0, RDF and Atom feeds, read by feedparser; each item becomes a story, or a failure of its own.

The HTML that feeds carry (`content:encoded`, Atom `content`) goes through the same readers as pages, so a story's
own takeaways are found in it.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from digest.ingest.context import Context
from digest.ingest.crowding import is_crowded
from digest.ingest.dates import moment
from digest.ingest.feedimage import item_image
from digest.ingest.html.byline import joined
from digest.ingest.html.fragment import excerpt_of, first_image, read_fragment
from digest.ingest.kind import kind_of
from digest.ingest.links import is_web
from digest.ingest.metadata import primary_language
from digest.ingest.prose import clean
from digest.ingest.quickfeed import quick_feed
from digest.ingest.xmltext import fit_for_xml
from digest.models.story import SourceFailure, Story

ENTITY_LIMIT, ENTITY_LENGTH = 300, 60
BODY_FROM = 700
MOST_ITEMS = 2_000
_ENTITY = re.compile(r"<!ENTITY\s+(%?)\s*(\S+)\s+(?:(SYSTEM|PUBLIC)\b|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]")


def read_feed(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """A story or a failure for every item of an XML feed; one failure when it is no feed."""
    bomb = unsafe_entities(text)
    if bomb:
        return (context.failure(bomb, "ask the publisher for a feed without a document type"),)
    text, total = _first_items(text)
    feed = _parsed(text)
    if feed is None:
        return (context.failure("is too ill-formed to be read as a feed", "the publisher has to mend it"),)
    if not feed.entries:
        if feed.get("version") and not feed.get("bozo"):
            return ()
        problem = feed.get("bozo_exception")
        line = problem.getLineNumber() if hasattr(problem, "getLineNumber") else None
        where = f"{context.where}:{line}" if line else None
        return (context.failure("is not a feed that can be read", "is this the address of the feed itself?", where),)
    language = primary_language(feed.feed.get("language"))
    found = [_read(entry, number, language, context) for number, entry in enumerate(feed.entries[:MOST_ITEMS], 1)]
    if total > MOST_ITEMS:
        found.append(context.failure(f"holds {total} items; the first {MOST_ITEMS} were read"))
    return tuple(found)


def _first_items(text: str) -> tuple[str, int]:
    """The text up to the last item that is read, closed again, and how many items there are in all."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) <= MOST_ITEMS:
        return text, len(starts)
    opened = re.findall(r"<(rss|feed|channel|[\w.-]+:RDF)[\s>]", text[: starts[0]])
    closing = "".join(f"</{name}>" for name in reversed(opened))
    return text[: starts[MOST_ITEMS]] + closing, len(starts)


def unsafe_entities(text: str) -> str | None:
    """Why the document's entity declarations are refused, or None. Plain character names are harmless; external,
    nested, long and very many entities are how a small file becomes an endless one (CWE-776, CWE-611)."""
    for number, match in enumerate(_ENTITY.finditer(text), 1):
        parameter, name, external, double, single = match.groups()
        value = double if double is not None else single or ""
        if parameter or external:
            return f"declares the external or parameter entity {name[:40]}, which is refused"
        if len(value) > ENTITY_LENGTH or re.search(r"&(?!#)", value) or number > ENTITY_LIMIT:
            return f"declares entities that expand without bound ({name[:40]}), which is refused"
    return None


def _parsed(text: str) -> Any:
    """What the feed holds: read quickly when it is of the plain kind, else by feedparser; None when that gives up."""
    if (quick := quick_feed(text)) is not None:
        return quick
    import feedparser

    if is_crowded(text):
        return None
    try:
        # always a stream: given text or bytes, feedparser would try them as an address or a file name first
        return feedparser.parse(
            io.BytesIO(fit_for_xml(text).encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:
        # a lenient reader of ill-formed text has no list of what it raises, and none of it is about this program
        return None


def _read(entry: Any, number: int, language: str | None, context: Context) -> Story | SourceFailure:
    try:
        return _story(entry, language, context) or context.failure(f"item {number} has no title")
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as problem:
        return context.failure(f"item {number} cannot be read: {problem}")


def _story(entry: Any, language: str | None, context: Context) -> Story | None:
    title = excerpt_of(_string(entry.get("title")), 400)
    if not title:
        return None
    url = _link(entry)
    summary = _string(entry.get("summary"))
    content = max((_string(part.get("value")) for part in entry.get("content") or ()), key=len, default="")
    if summary == content:
        summary = ""
    excerpt = excerpt_of(summary, 10_000)
    if not content and len(excerpt) > BODY_FROM:
        content, excerpt = summary, ""
    inside = read_fragment(content, title, context.url)
    picture = inside.image if content else first_image(summary, context.url)
    tags = tuple(
        dict.fromkeys(text for tag in entry.get("tags") or () if (text := clean(_string(tag.get("term")), 80)))
    )
    kind, evidence = kind_of(title, url, (), tags)
    published, updated = _moment(entry, "published", context), _moment(entry, "updated", context)
    return context.story(
        title,
        url=url,
        language=primary_language(_language(entry)) or language,
        takeaways=inside.takeaways,
        excerpt=clean(excerpt, 600),
        body=inside.body,
        sections=inside.sections,
        author=joined(_authors(entry)),
        image=item_image(entry, picture, context.url),
        tags=tags[:30],
        published=published or updated,
        updated=updated if published and updated != published else None,
        kind=kind,
        kind_evidence=evidence,
    )


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _link(entry: Any) -> str | None:
    link = _string(entry.get("link"))
    if link:
        return link
    identifier = _string(entry.get("id"))
    return identifier if is_web(identifier) else None


def _language(entry: Any) -> str | None:
    for key in ("title_detail", "summary_detail"):
        detail = entry.get(key)
        if isinstance(detail, Mapping) and isinstance(detail.get("language"), str):
            return str(detail["language"])
    return None


def _authors(entry: Any) -> list[str]:
    names = [_string(author.get("name")) for author in entry.get("authors") or () if isinstance(author, Mapping)]
    return [name for name in names if name] or [_string(entry.get("author"))]


def _moment(entry: Any, key: str, context: Context) -> datetime | None:
    """The date as written, with its own zone; what feedparser makes of it only when we cannot read it."""
    if not entry.has_key(key):
        return None
    found = moment(_string(entry.get(key)), context.zone)
    if found:
        return found
    parsed = entry.get(f"{key}_parsed")
    try:
        made = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return made if made and 1990 <= made.year <= 2100 else None
