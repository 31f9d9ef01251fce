"""A page saved as plain text: bullets are "•" lines, blocks are divided by blank lines, and menus, rails and the alt
texts of ad slots stand around the story as they stood on the page.

The body is the longest run of prose; the headline is found upward from it, the takeaways under their heading, and
the rails below it give teasers. A date over the headline is when the page was captured, never when it was published.
"""

from __future__ import annotations

from datetime import datetime

from digest.ingest.context import Context
from digest.ingest.dumps.lines import numbered_lines
from digest.ingest.dumps.parts import Parts, taken_apart
from digest.ingest.dumps.teasers import Teaser, read_teasers
from digest.ingest.kind import kind_of
from digest.ingest.prose import paragraphs, words
from digest.models.story import Section, SourceFailure, Story, normalise_title

_LEAST_WORDS = 25


def read_dump(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The story of a dump and the teasers of its rails, or why there is no story."""
    lines = numbered_lines(text)
    parts = taken_apart(lines, context.zone)
    made: list[Story | SourceFailure] = []
    known: set[str] = set()
    if parts.title and (parts.takeaways or sum(map(words, parts.body)) >= _LEAST_WORDS):
        made.append(_story(parts, context))
        known.add(normalise_title(parts.title))
    else:
        parts = Parts()
    for teaser in read_teasers(lines[parts.end :]):
        key = normalise_title(teaser.title)
        if key not in known:
            known.add(key)
            made.append(_teaser(teaser, parts.captured, context))
    return tuple(made) or (
        context.failure(
            "no story is found in this text",
            "a dump needs a headline and running text; Markdown files start with a line +++",
        ),
    )


def _story(parts: Parts, context: Context) -> Story:
    kind, evidence = kind_of(parts.title)
    return context.story(
        parts.title,
        takeaways=parts.takeaways,
        body=paragraphs(parts.body),
        sections=tuple(Section(heading, text) for heading, texts in parts.sections if (text := paragraphs(texts))),
        author=parts.author,
        published=parts.published or parts.updated,
        updated=parts.updated if parts.published else None,
        seen=parts.captured,
        kind=kind,
        kind_evidence=evidence,
    )


def _teaser(teaser: Teaser, captured: datetime | None, context: Context) -> Story:
    kind, evidence = kind_of(teaser.title)
    return context.story(
        teaser.title,
        teaser=True,
        excerpt=teaser.excerpt,
        rails=teaser.rails,
        rail_order=teaser.order,
        seen=captured,
        kind=kind,
        kind_evidence=evidence,
    )
