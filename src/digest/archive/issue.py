"""An edition as everybody may read it: whole, without a word that is anybody's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.models.story import Image
from digest.settings import Theme

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Paper:
    """Who publishes, and how pages speak. `word` gives a phrase by its key, `date` a moment as a day in words, `join`
    is where the sign-up form posts to ("" leaves it out) and `agree` what people agree to by it."""

    name: str
    home: str
    language: str
    direction: str
    postal_address: str
    theme: Theme
    word: Say
    date: Callable[[datetime], str]
    join: str = ""
    agree: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One story: its own `takeaways`, its other lines as `paragraphs`, and `labels`, what a reader must be told."""

    id: str
    headline: str
    url: str | None
    takeaways: tuple[str, ...]
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...] = ()
    author: str | None = None
    source: str = ""
    language: str | None = None
    published: datetime | None = None
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an issue: its name (a topic's id, `lead` or `latest`), its label for readers ("" for the lead)."""

    name: str
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right after an edition had been sent."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An edition in a list: its id, its digest's name for readers, day, subject, and when it was sent. `withdrawn` is
    why it can no longer be read, None when it can."""

    id: str
    digest: str
    label: str
    date: str
    title: str
    sent: datetime
    withdrawn: str | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def changed(self) -> datetime:
        """When it last changed."""
        return max([self.sent, *(one.at for one in self.corrections)])


@dataclass(frozen=True, slots=True)
class Issue:
    """A whole edition. `counts` is the line of numbers under its title; `description` its preheader."""

    entry: Entry
    description: str
    counts: str
    parts: tuple[Part, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All stories in reading order."""
        return tuple(piece for part in self.parts for piece in part.pieces)

    @property
    def image(self) -> Image | None:
        """The first picture that it shows."""
        return next((piece.image for piece in self.pieces if piece.image), None)


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A story in the list of its topic, with the edition it stood in."""

    story: str
    headline: str
    entry: Entry
