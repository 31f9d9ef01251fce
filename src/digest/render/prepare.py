"""From the context that was handed over to the one that templates see: cleaned, counted, nothing left to guess."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from digest.models.edition import Line
from digest.models.story import Image
from digest.render.characters import clean_line
from digest.render.context import Context, StoryView
from digest.render.links import safe_url

# Silent reading of English non-fiction, adults: 238 words a minute (Brysbaert 2019, Journal of Memory and Language
# 109); a mail is read on a phone, so a little less.
WORDS_A_MINUTE = 230
PREHEADER = 110
# Scripts written without spaces, where a reader's "word" is about two characters (UAX 29 leaves it to dictionaries).
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def prepare(context: Context) -> Context:
    """`context` with clean text, safe links, true counts, no empty sections and a preheader."""
    publication, edition = context.publication, context.edition
    lines = (clean_line(line) for line in publication.postal_address.splitlines())
    tidy = replace(
        context,
        publication=replace(
            publication,
            name=clean_line(publication.name),
            url=safe_url(publication.url),
            postal_address=", ".join(line.rstrip(",") for line in lines if line),
            city=clean_line(publication.city),
            contact=clean_line(publication.contact),
        ),
        edition=replace(edition, subject=clean_line(edition.subject), label=clean_line(edition.label)),
        segment=replace(context.segment, label=clean_line(context.segment.label)),
        lead=_story(context.lead) if context.lead else None,
        sections=tuple(
            replace(
                section,
                label=clean_line(section.label),
                url=safe_url(section.url),
                stories=tuple(map(_story, section.stories)),
            )
            for section in context.sections
            if section.stories
        ),
        latest=tuple(map(_story, context.latest)),
        related=_links(context.related),
        popular=_links(context.popular),
        weather=clean_line(context.weather),
        preheader=clean_line(context.preheader),
    )
    words = count_words(tidy)
    counted = replace(
        tidy.edition,
        stories=len({story.id for story in tidy.stories}),
        words=words,
        minutes=max(1, math.ceil(words / WORDS_A_MINUTE)),
    )
    return replace(tidy, edition=counted, preheader=tidy.preheader or _headlines(tidy))


def count_words(context: Context) -> int:
    """How many words of stories are shown."""
    rail = {id(story) for story in context.latest}
    shown = (text for story in context.stories for text in _shown(story, in_rail=id(story) in rail))
    return sum(map(_words, shown))


def _words(text: str) -> int:
    if text.isascii():
        return sum(any(map(str.isalnum, part)) for part in text.split())
    spaced = sum(any(map(str.isalnum, part)) for part in _UNSPACED.sub(" ", text).split())
    return spaced + math.ceil(len(_UNSPACED.findall(text)) / 2)


def _shown(story: StoryView, *, in_rail: bool) -> Iterator[str]:
    yield story.headline
    if in_rail:
        yield story.excerpt
    else:
        yield from story.takeaways
        yield from story.paragraphs


def _story(story: StoryView) -> StoryView:
    image = story.image
    source = safe_url(image.url) if image else None
    return replace(
        story,
        headline=clean_line(story.headline),
        url=safe_url(story.url),
        lines=tuple(Line(text, line.origin) for line in story.lines if (text := clean_line(line.text))),
        excerpt=clean_line(story.excerpt),
        image=_image(image, source) if image and source else None,
        author=clean_line(story.author) or None if story.author else None,
        source=clean_line(story.source),
        section=clean_line(story.section),
    )


def _image(image: Image, url: str) -> Image:
    credit = clean_line(image.credit) or None if image.credit else None
    return replace(image, url=url, alt=clean_line(image.alt), credit=credit)


def _links(pairs: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, safe_url(url)) for label, url in pairs if (text := clean_line(label)))


def _headlines(context: Context) -> str:
    """The headlines that the subject does not carry, as many as inboxes show: a second promise, not the first."""
    spoken = {context.edition.subject.casefold()}
    if context.lead:
        spoken.add(context.lead.headline.casefold())
    others = [story.headline for story in context.stories if story.headline.casefold() not in spoken]
    kept = ""
    for headline in others:
        longer = f"{kept} · {headline}" if kept else headline
        if kept and len(longer) > PREHEADER:
            break
        kept = longer
    return kept
