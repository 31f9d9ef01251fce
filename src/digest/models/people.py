"""Who reads: subscribers, what they agreed to, and the segment they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Consent(StrEnum):
    """The state of one subscription."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Frequency(StrEnum):
    """How often a reader wants a digest."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    BIG = "big"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person. `email` is the address as it is written to; None once the person was forgotten. `engaged` is when
    they last clicked or answered, as far as that is counted. `plain`: they want mail as text only."""

    id: int
    email: str | None
    name: str = ""
    language: str = ""
    timezone: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    joined: datetime | None = None
    engaged: datetime | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """That a person gets a digest: state, frequency, topics, and the consent it rests on."""

    subscriber: int
    digest: str
    state: Consent
    frequency: Frequency = Frequency.DAILY
    topics: tuple[str, ...] = ()
    paused_until: datetime | None = None
    consent: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A named audience of `audiences/NAME.toml`: a filter, and what differs for the people in it.

    None means "as the publication has it". `topics` bounds the sections, `languages` the stories.
    """

    name: str
    label: str
    filter: str
    personal: bool = False
    languages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    template: str | None = None
    subject: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    from_: str | None = None
    where: str = ""

    @property
    def language(self) -> str | None:
        """The language that the edition's own words take for this segment."""
        return self.languages[0] if self.languages else None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person frozen for one run: everything that the message to them needs. `plain`: as text only."""

    delivery: str
    subscriber: int
    email: str
    name: str
    segment: str
    language: str
    since: datetime | None = None
    stories: tuple[str, ...] | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must never be written to again, for one digest or (`*`) for all."""

    email: str
    scope: str
    reason: str
    at: datetime
