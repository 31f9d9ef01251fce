"""The template contract: everything that a template may name, field by field. It holds words and links, no layout.

What templates see beside these fields stands in `reference.py`, and in docs/templates.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from digest.models.edition import Line
from digest.models.story import Image, Kind


@dataclass(frozen=True, slots=True)
class PublicationView:
    """Who is speaking."""

    name: str
    """The masthead."""
    url: str | None = None
    """The front page, linked from the footer."""
    postal_address: str = ""
    """Where post reaches the publication; lines are divided by newlines."""
    city: str = ""
    """For the line under the masthead; empty leaves it out."""
    contact: str = ""
    """The address that answers readers; empty leaves it out."""


@dataclass(frozen=True, slots=True)
class EditionView:
    """Which issue this is. `stories`, `words` and `minutes` are counted from what is shown: whatever stands here
    before rendering is replaced."""

    id: str
    """`daily/2026-11-24`."""
    date: date
    """The local date in the publication's zone."""
    subject: str
    """The subject of this edition, plain text."""
    label: str = ""
    """What readers call this digest, for example "Morning briefing"; empty leaves it out."""
    stories: int = 0
    """How many different stories are shown: lead, sections and the Latest rail."""
    words: int = 0
    """How many words of them are shown: headlines, takeaways, paragraphs and excerpts."""
    minutes: int = 0
    """How long they take to read, in whole minutes, at least 1."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    """For whom."""

    name: str
    """The name of the audience file."""
    label: str = ""
    """Its label, as the newsroom calls it; readers do not see it unless a template shows it."""


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story in its place."""

    id: str
    """The story's id."""
    headline: str
    """What stands as its headline."""
    url: str | None = None
    """Where it leads, with any `utm` values; None for a teaser without a link, which is shown as plain text."""
    lines: tuple[Line, ...] = ()
    """The lines of its summary, each with where it is from."""
    excerpt: str = ""
    """Title and excerpt are what the Latest rail shows; elsewhere it stands in when there are no lines."""
    image: Image | None = None
    """A picture, which is never needed to understand the story."""
    author: str | None = None
    """Who wrote it, None when unknown."""
    source: str = ""
    """Who published it, as readers know them; empty for the publication's own stories."""
    section: str = ""
    """The label of the newsroom's section, for example "Asia"; empty leaves it out."""
    published: datetime | None = None
    """When it was published, None when unknown."""
    language: str | None = None
    """Its language; None when it is the edition's."""
    kind: Kind = Kind.NEWS
    """What sort of piece it is; opinion, analysis and sponsored pieces are labelled."""
    paywalled: bool = False
    """Whether only subscribers can read it all, which readers are told."""
    update: bool = False
    """Whether readers had its event before and this is what is new of it, which they are told."""
    minutes: int | None = None
    """How long the whole story takes to read, None when unknown."""
    _takeaways: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _paragraphs: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Told apart once: a variant asks for each of them half a dozen times.
        lines = self.lines
        takeaways = tuple([line.text for line in lines if line.origin.startswith("takeaway:")])
        others = () if len(takeaways) == len(lines) else tuple([line.text for line in lines if _is_said(line)])
        if not others and self.excerpt and not takeaways:
            others = (self.excerpt,)
        object.__setattr__(self, "_takeaways", takeaways)
        object.__setattr__(self, "_paragraphs", others)

    @property
    def takeaways(self) -> tuple[str, ...]:
        """The story's own takeaways, verbatim: the only lines that may stand under "Key takeaways"."""
        return self._takeaways

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The other lines, each a paragraph; the excerpt when there are no lines at all."""
        return self._paragraphs


def _is_said(line: Line) -> bool:
    """Whether a line is neither a takeaway nor the title over again."""
    return not line.origin.startswith(("takeaway:", "title"))


@dataclass(frozen=True, slots=True)
class SectionView:
    """A stretch of the edition under one label."""

    name: str
    """The topic's id."""
    label: str
    """What readers see."""
    stories: tuple[StoryView, ...]
    """In reading order."""
    url: str | None = None
    """Where the topic lives on the publication's site, None when nowhere."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything about one edition for one segment."""

    publication: PublicationView
    """Who is speaking."""
    edition: EditionView
    """Which issue this is."""
    segment: SegmentView
    """For whom."""
    lead: StoryView | None = None
    """The story that opens the edition; None in an edition without one."""
    sections: tuple[SectionView, ...] = ()
    """In reading order; a section without stories is left out."""
    latest: tuple[StoryView, ...] = ()
    """The Latest rail, newest first; only headline and excerpt are shown."""
    related: tuple[tuple[str, str | None], ...] = ()
    """Other coverage of the lead's event: (title, link)."""
    popular: tuple[tuple[str, str | None], ...] = ()
    """Popular categories: (label, link)."""
    weather: str = ""
    """One short phrase, for example "6 °C"; empty leaves it out."""
    preheader: str = ""
    """What inboxes show behind the subject; empty takes the headlines that follow the lead."""
    subject: str = "{{ edition.subject }}"
    """The subject line of this segment: a line of template over publication, edition, segment and slots."""
    slots: tuple[str, ...] = ()
    """Further slots by name, beside the standard ones, that the template may use as `slots.NAME`."""

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """Every story that is shown, in reading order."""
        lead = (self.lead,) if self.lead else ()
        return lead + tuple(story for section in self.sections for story in section.stories) + self.latest


VIEWS = (PublicationView, EditionView, SegmentView, StoryView, SectionView, Context)
