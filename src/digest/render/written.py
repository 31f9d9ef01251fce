"""Every text of a context in one string: to see at once what occurs nowhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from digest.render.context import Context, StoryView

_of_story = attrgetter("id", "headline", "url", "excerpt", "author", "source", "section", "language")
_of_image = attrgetter("url", "alt", "credit")
_of_publication = attrgetter("name", "url", "postal_address", "city", "contact")
_of_edition = attrgetter("id", "subject", "label")


def written(context: Context) -> str:
    """The texts of `context`, a line each, in no order that means anything."""
    pieces: list[str | None] = [context.weather, context.preheader, context.subject, *context.slots]
    pieces += [
        *_of_publication(context.publication),
        *_of_edition(context.edition),
        context.segment.name,
        context.segment.label,
    ]
    for section in context.sections:
        pieces += (section.name, section.label, section.url)
    for pair in (*context.related, *context.popular):
        pieces += pair
    for story in context.stories:
        pieces += _of_story(story)
        pieces += _within(story)
    return "\n".join(filter(None, pieces))


def _within(story: StoryView) -> Iterator[str | None]:
    for line in story.lines:
        yield line.text
        yield line.origin
    if story.image:
        yield from _of_image(story.image)
