"""One HTML page to one story: the tree is parsed once and shared by metadata, takeaways and body."""

from __future__ import annotations

from typing import Any

from digest.ingest.body import Body, read_body
from digest.ingest.capture import Capture, captured
from digest.ingest.context import Context
from digest.ingest.html.flow import flow
from digest.ingest.html.jsonld import types
from digest.ingest.html.layout import Layout
from digest.ingest.html.tree import TooDeep, parsed
from digest.ingest.kind import kind_of
from digest.ingest.metadata import Metadata, first, read_metadata
from digest.ingest.prose import folded
from digest.ingest.takeaways import Takeaways, find_takeaways
from digest.models.story import SourceFailure, Story

PAGE_LIMIT = 12_000_000


def read_page(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The story of a page, or why there is none."""
    if len(text) > PAGE_LIMIT:
        return (
            context.failure(
                f"is a page of more than {PAGE_LIMIT // 1_000_000} million characters, which is not read"
            ),
        )
    try:
        tree = parsed(text)
    except TooDeep:
        return (
            context.failure(
                "is larger, more deeply nested or has more attributes in one tag than any page that people read"
            ),
        )
    if tree is None:
        return (context.failure("is an empty page"),)
    saved = captured(text, context.zone)
    blocks = flow(tree)
    found = read_metadata(tree, blocks, context)
    if not found.title:
        return (context.failure("has no headline", "a story needs an h1, an og:title or a title element"),)
    layout = Layout(blocks, found.heading)
    takeaways = find_takeaways(tree, layout)
    body = read_body(layout, takeaways.nodes, (found.title, *takeaways.items, takeaways.note or ""))
    return (_story(found, takeaways, body, saved, context),)


def _story(found: Metadata, takeaways: Takeaways, body: Body, saved: Capture, context: Context) -> Story:
    labels = [label for label in (found.section, *found.tags) if label]
    kind, evidence = kind_of(found.title, found.url, types(found.data.article), labels)
    return context.story(
        found.title,
        url=found.url or saved.url,
        seen=saved.seen,
        language=found.language,
        short_titles=found.short_titles,
        takeaways=takeaways.items,
        excerpt=found.excerpt if folded(found.excerpt) != folded(found.title) else "",
        body=body.text,
        sections=body.sections,
        author=found.author,
        image=found.image,
        section=found.section,
        tags=found.tags,
        published=found.published,
        updated=found.updated,
        kind=kind,
        kind_evidence=evidence,
        paywalled=is_paywalled(found),
    )


def is_paywalled(found: Metadata) -> bool:
    """Whether the page says that it is for subscribers: schema.org `isAccessibleForFree`, or the content tier that
    publishers set for readers of Facebook and Apple."""
    free = {found.data.text(node, "isAccessibleForFree").lower() for node in (found.data.article, found.data.page)}
    raw: list[Any] = [node.get("isAccessibleForFree") for node in (found.data.article, found.data.page)]
    if "false" in free or any(value is False for value in raw):
        return True
    return first(found.metas, "article:content_tier", "content_tier").lower() in ("locked", "premium", "paid")
