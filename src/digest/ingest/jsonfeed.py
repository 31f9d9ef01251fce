"""JSON Feed 1.0 and 1.1 (jsonfeed.org), and lists of posts from the WordPress REST API (`/wp-json/wp/v2/posts`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from digest.ingest.context import Context
from digest.ingest.dates import moment
from digest.ingest.feed import MOST_ITEMS
from digest.ingest.html.byline import joined
from digest.ingest.html.fragment import excerpt_of, read_fragment
from digest.ingest.kind import kind_of
from digest.ingest.links import canonical, is_web
from digest.ingest.metadata import primary_language
from digest.ingest.prose import clean, paragraphs
from digest.models.story import Image, SourceFailure, Story


def read_json(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """A story or a failure for every item of a JSON Feed or WordPress list; one failure when it is neither."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as problem:
        return (context.failure("is not well-formed JSON", str(problem)[:200]),)
    if isinstance(data, Mapping) and isinstance(data.get("items"), list):
        language = primary_language(_string(data.get("language")))
        authors = data.get("authors") or data.get("author")
        return _each(data["items"], context, lambda item: _feed_story(item, context, language, authors))
    posts = data if isinstance(data, list) else [data]
    if all(isinstance(post, Mapping) and isinstance(post.get("title"), Mapping) for post in posts):
        return _each(posts, context, lambda post: _post_story(post, context))
    return (context.failure("is JSON, but neither a JSON Feed nor a list of WordPress posts"),)


def _each(
    items: list[Any], context: Context, read: Callable[[Mapping[str, Any]], Story | None]
) -> tuple[Story | SourceFailure, ...]:
    found: list[Story | SourceFailure] = []
    for number, item in enumerate(items[:MOST_ITEMS], 1):
        if isinstance(item, Mapping):
            found.append(read(item) or context.failure(f"item {number} has no title"))
        else:
            found.append(context.failure(f"item {number} is no object"))
    if len(items) > MOST_ITEMS:
        found.append(context.failure(f"holds {len(items)} items; the first {MOST_ITEMS} were read"))
    return tuple(found)


def _feed_story(item: Mapping[str, Any], context: Context, language: str | None, everyone: Any) -> Story | None:
    title = excerpt_of(_string(item.get("title")), 400)
    if not title:
        return None
    url = _string(item.get("url")) or _string(item.get("external_url"))
    if not url and is_web(_string(item.get("id"))):
        url = _string(item.get("id"))
    markup = _string(item.get("content_html"))
    inside = read_fragment(markup, title, context.url)
    plain = _string(item.get("content_text"))
    tags = tuple(dict.fromkeys(text for tag in _list(item.get("tags")) if (text := clean(_string(tag), 80))))
    kind, evidence = kind_of(title, url, (), tags)
    published, updated = (moment(_string(item.get(key)), context.zone) for key in ("date_published", "date_modified"))
    picture = canonical(_string(item.get("image")) or _string(item.get("banner_image")), context.url)
    return context.story(
        title,
        url=url or None,
        language=primary_language(_string(item.get("language"))) or language,
        takeaways=inside.takeaways,
        excerpt=excerpt_of(_string(item.get("summary"))),
        body=inside.body or paragraphs(plain.replace("\r\n", "\n").split("\n\n")),
        sections=inside.sections,
        author=joined(_names(item.get("authors") or item.get("author") or everyone)),
        image=Image(picture) if picture else inside.image,
        tags=tags[:30],
        published=published or updated,
        updated=updated if published and updated != published else None,
        kind=kind,
        kind_evidence=evidence,
    )


def _post_story(post: Mapping[str, Any], context: Context) -> Story | None:
    title = excerpt_of(_rendered(post, "title"), 400)
    if not title:
        return None
    url = _string(post.get("link"))
    markup = _rendered(post, "content")
    inside = read_fragment(markup, title, context.url)
    embedded = post.get("_embedded")
    embedded = embedded if isinstance(embedded, Mapping) else {}
    terms = [term for group in _list(embedded.get("wp:term")) for term in _list(group) if isinstance(term, Mapping)]
    categories = [clean(_string(t.get("name")), 80) for t in terms if t.get("taxonomy") == "category"]
    tags = [clean(excerpt_of(_string(t.get("name"))), 80) for t in terms if _string(t.get("name"))]
    kind, evidence = kind_of(title, url, (), tags)
    published, updated = _gmt(post, "date", context), _gmt(post, "modified", context)
    return context.story(
        title,
        url=url or None,
        takeaways=inside.takeaways,
        excerpt=excerpt_of(_rendered(post, "excerpt")),
        body=inside.body,
        sections=inside.sections,
        author=joined(_names(embedded.get("author"))),
        image=_featured(embedded, context) or inside.image,
        section=next(filter(None, categories), None),
        tags=tuple(dict.fromkeys(tags))[:30],
        published=published or updated,
        updated=updated if published and updated != published else None,
        kind=kind,
        kind_evidence=evidence,
    )


def _featured(embedded: Mapping[str, Any], context: Context) -> Image | None:
    media = next((m for m in _list(embedded.get("wp:featuredmedia")) if isinstance(m, Mapping)), None)
    url = canonical(_string(media.get("source_url")), context.url) if media else None
    return Image(url, clean(_string(media.get("alt_text")), 500)) if media and url else None


def _gmt(post: Mapping[str, Any], key: str, context: Context) -> Any:
    from datetime import UTC

    return moment(_string(post.get(f"{key}_gmt")), UTC) or moment(_string(post.get(key)), context.zone)


def _rendered(post: Mapping[str, Any], key: str) -> str:
    value = post.get(key)
    return _string(value.get("rendered")) if isinstance(value, Mapping) else _string(value)


def _names(value: Any) -> list[str]:
    return [
        _string(item.get("name")) for item in _list(value) if isinstance(item, Mapping) and _string(item.get("name"))
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
