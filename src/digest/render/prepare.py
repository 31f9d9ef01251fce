"""From the context that was handed over to the one that templates see: cleaned, counted, nothing left to guess."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import is_

from digest.models.edition import Line
from digest.models.story import Image
from digest.render.characters import clean_line
from digest.render.context import Context, PublicationView, SectionView, SegmentView, StoryView
from digest.render.links import safe_url

# Silent reading of English non-fiction, adults: 238 words a minute (Brysbaert 2019, Journal of Memory and Language
# 109); a mail is read on a phone, so a little less.
WORDS_A_MINUTE = 230
PREHEADER = (40, 110)
SEPARATOR = " · "
# A sign for every sign that is neither a letter nor a digit, for every letter and digit itself.
_SIGNS = {code: "." for code in range(33, 127) if not chr(code).isalnum()}
# Scripts written without spaces, where a reader's "word" is about two characters (UAX 29 leaves it to dictionaries).
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def prepare(context: Context) -> Context:
    """`context` with clean text, safe links, true counts, no empty sections and a preheader."""
    lead = _story(context.lead) if context.lead else None
    sections = tuple([_section(section) for section in context.sections if section.stories])
    latest = tuple(map(_story, context.latest))
    full = [lead] if lead else []
    for section in sections:
        full += section.stories
    words = _count(full, latest)
    edition = replace(
        context.edition,
        subject=clean_line(context.edition.subject),
        label=clean_line(context.edition.label),
        stories=len({story.id for story in (*full, *latest)}),
        words=words,
        minutes=reading_minutes(words),
    )
    publication = _publication(context.publication)
    preheader = clean_line(context.preheader)
    return replace(
        context,
        publication=publication,
        edition=edition,
        segment=_segment(context.segment),
        lead=lead,
        sections=sections,
        latest=latest,
        related=_links(context.related),
        popular=_links(context.popular),
        weather=clean_line(context.weather),
        preheader=preheader or _second_promise(edition.subject, lead, (*full, *latest), publication.name),
    )


def reading_minutes(words: int) -> int:
    """How long so many words take to read, in whole minutes, at least 1."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))


def count_words(context: Context) -> int:
    """How many words of stories are shown."""
    return _count(context.stories[: len(context.stories) - len(context.latest)], context.latest)


def _count(full: Iterable[StoryView], latest: Iterable[StoryView]) -> int:
    return sum(map(words_of, full)) + sum(_words(story.headline) + _words(story.excerpt) for story in latest)


def words_of(story: StoryView) -> int:
    """How many words of `story` are shown where it stands in full."""
    texts = (story.headline, *story.takeaways, *story.paragraphs)
    whole = " ".join(texts)
    # Where words stand between spaces, those of all the texts can be counted at once.
    return _words(whole) if whole.isascii() else sum(map(_words, texts))


def _words(text: str) -> int:
    if text.isascii():
        # Each word by its first character: only one that begins with a sign may be no word.
        if " ." not in f" {text}".translate(_SIGNS):
            return len(text.split())
        return sum(any(map(str.isalnum, part)) for part in text.split())
    unspaced = len(_UNSPACED.findall(text))
    parts = (_UNSPACED.sub(" ", text) if unspaced else text).split()
    return sum(part[0].isalnum() or any(map(str.isalnum, part)) for part in parts) + math.ceil(unspaced / 2)


def _publication(publication: PublicationView) -> PublicationView:
    lines = (clean_line(line) for line in publication.postal_address.splitlines())
    return replace(
        publication,
        name=clean_line(publication.name),
        url=safe_url(publication.url),
        postal_address=", ".join(line.rstrip(",") for line in lines if line),
        city=clean_line(publication.city),
        contact=clean_line(publication.contact),
    )


def _segment(segment: SegmentView) -> SegmentView:
    label = clean_line(segment.label)
    return segment if label == segment.label else replace(segment, label=label)


def _section(section: SectionView) -> SectionView:
    label, url, stories = clean_line(section.label), safe_url(section.url), tuple(map(_story, section.stories))
    if label == section.label and url == section.url and all(map(is_, stories, section.stories)):
        return section
    return replace(section, label=label, url=url, stories=stories)


def _story(story: StoryView) -> StoryView:
    """`story` made safe: itself when it is, as nearly every one is, for copying takes longer than looking."""
    image = story.image
    where = safe_url(image.url) if image else None
    url = safe_url(story.url)
    if url == story.url and (image.url if image else None) == where and _is_clean(story):
        return story
    said = [clean_line(line.text) for line in story.lines]
    headline = clean_line(story.headline)
    excerpt = clean_line(story.excerpt) if story.excerpt else ""
    picture = _image(image, where) if image and where else None
    author = clean_line(story.author) or None if story.author else None
    source = clean_line(story.source) if story.source else ""
    section = clean_line(story.section) if story.section else ""
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


def _is_clean(story: StoryView) -> bool:
    """Whether no text of `story` needs cleaning. All are looked at as one line: each is clean when that is."""
    texts = [story.headline, *[line.text for line in story.lines]]
    if not all(texts):
        return False
    for text in (story.excerpt, story.author, story.source, story.section):
        if text:
            texts.append(text)
    if story.author == "":
        return False
    image = story.image
    if image is not None:
        if image.credit == "":
            return False
        if image.alt:
            texts.append(image.alt)
        if image.credit:
            texts.append(image.credit)
    whole = " ".join(texts)
    return clean_line(whole) == whole


def _image(image: Image, url: str) -> Image:
    credit = clean_line(image.credit) or None if image.credit else None
    alt = clean_line(image.alt)
    same = (url, alt, credit) == (image.url, image.alt, image.credit)
    return image if same else replace(image, url=url, alt=alt, credit=credit)


def _links(pairs: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, safe_url(url)) for label, url in pairs if (text := clean_line(label)))


def _second_promise(subject: str, lead: StoryView | None, stories: Sequence[StoryView], name: str) -> str:
    """The headlines that the subject does not carry, as many as inboxes show; failing them, the lead's words."""
    spoken = {subject.casefold(), lead.headline.casefold() if lead else ""}
    promises = [story.headline for story in stories]
    promises += [*lead.takeaways, *lead.paragraphs] if lead else []
    kept: list[str] = []
    for promise in (*promises, name):
        shown = len(SEPARATOR.join(kept))
        fits = shown + len(SEPARATOR) + len(promise) <= PREHEADER[1]
        if promise.casefold() not in spoken and (not kept or fits):
            kept.append(promise)
        elif shown >= PREHEADER[0]:
            break
    return SEPARATOR.join(kept)
