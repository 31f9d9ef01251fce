"""The text part, written from the same model as the HTML: same stories, same order, nothing stripped from markup."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from digest.render.context import Context, StoryView
from digest.render.labels import labels
from digest.render.slots import Slots
from digest.render.words import Words

# RFC 3676, section 4.2, asks for lines of 78 characters or fewer and 72 by preference, so that quoting still fits.
COLUMNS = 72


def write(shown: Context, words: Words, slots: Slots) -> str:
    """The text of one variant in lines of at most 72 columns; only an address may be longer."""
    blocks = [_masthead(shown, words, slots)]
    if shown.lead:
        blocks.append(_story(shown.lead, words, heading=words.say("takeaways")))
        if shown.related:
            blocks.append(_list(words.say("related"), shown.related))
    for section in shown.sections:
        blocks.append(_heading(section.label))
        blocks += [_story(story, words) for story in section.stories]
    if shown.latest:
        blocks.append(_heading(words.say("latest")))
        blocks += [_teaser(story, words) for story in shown.latest]
    if shown.popular:
        blocks.append(_list(words.say("popular"), shown.popular))
    blocks += [wrap(f"-- {words.say('end')} --"), *_footer(shown, words, slots)]
    return "\n\n".join(blocks) + "\n"


def wrap(text: str, first: str = "", rest: str = "") -> str:
    """`text` in lines of at most 72 columns; addresses and long words are never broken."""
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _masthead(shown: Context, words: Words, slots: Slots) -> str:
    edition = shown.edition
    facts = [
        words.date(edition.date),
        shown.publication.city,
        shown.weather,
        words.plural("stories", edition.stories),
        words.plural("minutes", edition.minutes),
    ]
    name = shown.publication.name
    titles = [f"{name}: {edition.label}" if edition.label else name, wrap(" · ".join(filter(None, facts)))]
    return "\n".join([*titles, f"{words.say('view_in_browser')}: {slots.tokens['browser_url']}"])


def _heading(label: str) -> str:
    return f"{label}\n{'-' * min(max(len(label), 3), COLUMNS)}"


def _story(story: StoryView, words: Words, heading: str = "") -> str:
    lines = [*_above(story, words), wrap(story.headline), *_byline(story, words)]
    if story.takeaways:
        lines += ["", *([heading] if heading else [])]
        lines += [wrap(takeaway, "* ", "  ") for takeaway in story.takeaways]
    for paragraph in story.paragraphs:
        lines += ["", wrap(paragraph)]
    if story.url:
        lines += ["", story.url]
    return "\n".join(lines)


def _teaser(story: StoryView, words: Words) -> str:
    lines = [*_above(story, words), wrap(story.headline)]
    return "\n".join(lines + [wrap(story.excerpt)] * bool(story.excerpt) + [story.url or ""] * bool(story.url))


def _above(story: StoryView, words: Words) -> Iterator[str]:
    told = labels(words, story)
    if told:
        yield f"[{', '.join(told)}]"


def _byline(story: StoryView, words: Words) -> Iterator[str]:
    known = [
        story.section,
        story.source,
        words.say("by", author=story.author) if story.author else "",
        words.plural("reading", story.minutes) if story.minutes else "",
    ]
    if any(known):
        yield wrap(" · ".join(filter(None, known)))


def _list(label: str, pairs: tuple[tuple[str, str | None], ...]) -> str:
    lines = [label]
    for text, url in pairs:
        lines += [wrap(text, "* ", "  "), *([f"  {url}"] if url else [])]
    return "\n".join(lines)


def _footer(shown: Context, words: Words, slots: Slots) -> Iterator[str]:
    token = slots.tokens
    yield f"{words.say('useful')} {words.say('feedback')}:\n{token['feedback_url']}"
    yield f"{token['why']}\n{words.say('sent_to', email=token['email'])}"
    links = ("preferences", "unsubscribe")
    yield "\n".join(f"{words.say(name)}: {token[f'{name}_url']}" for name in links)
    publication = shown.publication
    contact = words.say("contact", address=publication.contact) if publication.contact else ""
    address = " · ".join(filter(None, (publication.name, publication.postal_address)))
    yield "\n".join(filter(None, (contact, wrap(address), publication.url)))
