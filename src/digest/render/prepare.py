"""From the context that was handed over to the one that templates see: cleaned, counted, nothing left to guess."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from operator import attrgetter

from digest.models.edition import Line
from digest.models.story import Image
from digest.render.characters import clean_line
from digest.render.context import Context, StoryView
from digest.render.links import safe_url

# Silent reading of English non-fiction, adults: 238 words a minute (Brysbaert 2019, Journal of Memory and Language
# 109); a mail is read on a phone, so a little less.
WORDS_A_MINUTE = 230
PREHEADER = (40, 110)
SEPARATOR = " · "
_own = attrgetter("headline", "url", "excerpt", "author", "source", "section")
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
        minutes=reading_minutes(words),
    )
    return replace(tidy, edition=counted, preheader=tidy.preheader or _second_promise(tidy))


def reading_minutes(words: int) -> int:
    """How long so many words take to read, in whole minutes, at least 1."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))


def count_words(context: Context) -> int:
    """How many words of stories are shown."""
    above = sum(map(words_of, context.stories[: len(context.stories) - len(context.latest)]))
    return above + sum(_words(story.headline) + _words(story.excerpt) for story in context.latest)


def words_of(story: StoryView) -> int:
    """How many words of `story` are shown where it stands in full."""
    return sum(map(_words, (story.headline, *story.takeaways, *story.paragraphs)))


def _words(text: str) -> int:
    if text.isascii():
        parts = text.split()
        odd = [part for part in parts if not part[0].isalnum()]
        return len(parts) - sum(not any(map(str.isalnum, part)) for part in odd) if odd else len(parts)
    spaced = sum(any(map(str.isalnum, part)) for part in _UNSPACED.sub(" ", text).split())
    return spaced + math.ceil(len(_UNSPACED.findall(text)) / 2)


def _story(story: StoryView) -> StoryView:
    """`story` made safe: itself when it is, as nearly every one is, for copying takes longer than looking."""
    image = story.image
    where = safe_url(image.url) if image else None
    said = [clean_line(line.text) for line in story.lines]
    headline, url = clean_line(story.headline), safe_url(story.url)
    excerpt = clean_line(story.excerpt) if story.excerpt else ""
    picture = _image(image, where) if image and where else None
    author = clean_line(story.author) or None if story.author else None
    source = clean_line(story.source) if story.source else ""
    section = clean_line(story.section) if story.section else ""
    same = said == [line.text for line in story.lines] and all(said) and picture == image
    if same and (headline, url, excerpt, author, source, section) == _own(story):
        return story
    lines = tuple([Line(text, line.origin) for text, line in zip(said, story.lines, strict=True) if text])
    return replace(
        story,
        headline=headline,
        url=url,
        lines=lines,
        excerpt=excerpt,
        image=picture,
        author=author,
        source=source,
        section=section,
    )


def _image(image: Image, url: str) -> Image:
    credit = clean_line(image.credit) or None if image.credit else None
    alt = clean_line(image.alt)
    same = (url, alt, credit) == (image.url, image.alt, image.credit)
    return image if same else replace(image, url=url, alt=alt, credit=credit)


def _links(pairs: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, safe_url(url)) for label, url in pairs if (text := clean_line(label)))


def _second_promise(context: Context) -> str:
    """The headlines that the subject does not carry, as many as inboxes show; failing them, the lead's words."""
    lead = context.lead
    spoken = {context.edition.subject.casefold(), lead.headline.casefold() if lead else ""}
    promises = [story.headline for story in context.stories]
    promises += [*lead.takeaways, *lead.paragraphs] if lead else []
    kept: list[str] = []
    for promise in (*promises, context.publication.name):
        shown = len(SEPARATOR.join(kept))
        fits = shown + len(SEPARATOR) + len(promise) <= PREHEADER[1]
        if promise.casefold() not in spoken and (not kept or fits):
            kept.append(promise)
        elif shown >= PREHEADER[0]:
            break
    return SEPARATOR.join(kept)
