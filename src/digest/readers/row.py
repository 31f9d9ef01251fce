"""One line of a subscriber file: what it says about a person, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.models.people import Consent, Frequency


@dataclass(frozen=True, slots=True)
class RowSubscription:
    """What the line says about one digest. `paused_until` is set at most when paused."""

    digest: str
    state: Consent
    topics: tuple[str, ...] = ()
    frequency: Frequency = Frequency.DAILY
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Everything to store about one person.

    `consent` is the wording or proof as the file has it, `consented` the time when it gives one. `suppression` is
    set when the address must never be written to again: `bounced`, `complained` or `blocked`. `status_since` and
    `status_reason` are when and why that came about, or when and why they left. `warnings` say in words what was
    left out of an otherwise good line. `joined` and `text_only` are None when the file does not say.
    """

    line: int
    address: str
    key: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    joined: datetime | None = None
    subscriptions: tuple[RowSubscription, ...] = ()
    consent: str = ""
    consented: datetime | None = None
    suppression: str | None = None
    status_since: datetime | None = None
    status_reason: str = ""
    text_only: bool | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """That a line was not taken. `email` is what stood there for the address, shortened and printable; `file` the
    file within an archive."""

    line: int
    what: str
    hint: str | None = None
    email: str = ""
    file: str = ""
