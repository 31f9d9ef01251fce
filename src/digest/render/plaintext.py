"""The text part, written from the same model as the HTML: same stories, same order, nothing stripped from markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.render.context import Context, StoryView
from digest.render.counted import Counted
from digest.render.labels import labels
from digest.render.slots import Slots
from digest.render.words import Words

# RFC 3676, section 4.2, asks for lines of 78 characters or fewer and 72 by preference, so that quoting still fits.
COLUMNS = 72
GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Plain:
    """The parts of a text mail, for a `NAME.txt.j2` to put in its own order; each ends without a newline."""

    _context: Context
    _words: Words
    _slots: Slots
    _counts: Counted

    @property
    def masthead(self) -> str:
        """Name, date, city, weather, counts and the address of the mail in a browser."""
        return _masthead(self._context, self._words, self._slots, self._counts)

    @property
    def footer(self) -> str:
        """Feedback, why, preferences, unsubscribe, contact and postal address."""
        return GAP.join(_footer(self._context, self._words, self._slots))

    def wrap(self, text: str, first: str = "", rest: str = "") -> str:
        """Text in lines of 72 columns; `first` and `rest` open the first line and the others."""
        return wrap(text, first, rest)

    def label(self, text: str) -> str:
        """The label of a section, underlined."""
        return label(text)

    def story(self, story: StoryView, heading: str = "") -> str:
        """A story with its labels, byline, words and address; `heading` stands above its takeaways."""
        return piece(story, self._words, heading)

    def teaser(self, story: StoryView) -> str:
        """A story of the Latest rail: headline, excerpt, address."""
        return _teaser(story, self._words)

    def links(self, title: str, pairs: tuple[tuple[str, str | None], ...]) -> str:
        """A list of (text, address) under a title, as `related` and `popular` are."""
        return _list(title, pairs)


def write(shown: Context, words: Words, slots: Slots, counts: Counted) -> str:
    """The text of one variant in lines of at most 72 columns; only an address may be longer."""
    return "".join(block + GAP for block in blocks(shown, words, slots, counts)).rstrip("\n") + "\n"


def blocks(shown: Context, words: Words, slots: Slots, counts: Counted) -> Iterator[str]:
    """The stretches of the text in reading order; a `GAP` stands between them."""
    yield from opening(shown, words, slots, counts)
    for section in shown.sections:
        yield label(section.label)
        yield from (piece(story, words) for story in section.stories)
    yield from closing(shown, words, slots)


def opening(shown: Context, words: Words, slots: Slots, counts: Counted) -> Iterator[str]:
    """What stands before the sections: masthead and lead."""
    yield _masthead(shown, words, slots, counts)
    if shown.lead:
        yield piece(shown.lead, words, heading=words.say("takeaways"))
        if shown.related:
            yield _list(words.say("related"), shown.related)


def closing(shown: Context, words: Words, slots: Slots) -> Iterator[str]:
    """What stands behind the sections: the Latest rail, popular categories, footer."""
    if shown.latest:
        yield label(words.say("latest"))
        yield from (_teaser(story, words) for story in shown.latest)
    if shown.popular:
        yield _list(words.say("popular"), shown.popular)
    yield wrap(f"-- {words.say('end')} --")
    yield from _footer(shown, words, slots)


def wrap(text: str, first: str = "", rest: str = "") -> str:
    """`text` in lines of at most 72 columns; addresses and long words are never broken.

    As `textwrap.fill` does it for words and spaces, which is all that clean text has, at a tenth of its time.
    """
    if len(first) + len(text) <= COLUMNS and "  " not in text and text.isprintable():
        return first + text if text else ""
    words = text if "  " not in text else " ".join([word for word in text.split(" ") if word])
    words = words.strip(" ")
    lines: list[str] = []
    at, end, indent = 0, len(words), first
    while end - at > (room := COLUMNS - len(indent)):
        cut = words.rfind(" ", at, at + room + 1)
        if cut < 0:
            # A word longer than the line stands alone in one.
            cut = words.find(" ", at + room + 1)
            if cut < 0:
                break
        lines.append(indent + words[at:cut])
        at, indent = cut + 1, rest
    return "\n".join([*lines, indent + words[at:]] if at < end else lines)


def _masthead(shown: Context, words: Words, slots: Slots, counts: Counted) -> str:
    edition = shown.edition
    name = shown.publication.name
    facts = " · ".join(filter(None, (words.date(edition.date), shown.publication.city, shown.weather)))
    titles = [
        f"{name}: {edition.label}" if edition.label else name,
        wrap(facts),
        wrap(f"{counts.stories} · {counts.words} · {counts.minutes}"),
    ]
    return "\n".join([*titles, f"{words.say('view_in_browser')}: {slots.tokens['browser_url']}"])


def label(text: str) -> str:
    """The label of a section, underlined."""
    return f"{text}\n{'-' * min(max(len(text), 3), COLUMNS)}"


def piece(story: StoryView, words: Words, heading: str = "") -> str:
    """One story: labels, headline, its words, its address."""
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


def _list(title: str, pairs: tuple[tuple[str, str | None], ...]) -> str:
    lines = [title]
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
