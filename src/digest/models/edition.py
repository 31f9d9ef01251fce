"""What goes into one issue: pool, plan, summaries, and the rendered variants of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

LEAD = "lead"
LATEST = "latest"

Origin = Literal["takeaways", "excerpt", "extractive", "title", "editor", "model"]


class EditionState(StrEnum):
    """Where an edition stands on its way to readers."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def over(self) -> bool:
        """Whether nothing more will be sent of it."""
        return self in (EditionState.SENT, EditionState.CANCELLED, EditionState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary.

    `origin` is `takeaway:N`, `sentence:N` (both from 1), `excerpt`, `title`, `editor` or `model`.
    """

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The words about one story in an edition, with where each is from."""

    lines: tuple[Line, ...]
    origin: Origin

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story of the pool: the revision that was taken, its event, its score, and why."""

    story: str
    revision: int
    cluster: str
    topics: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one edition, best first."""

    edition: str
    cut: datetime
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """A story in its place. `update` marks news of an event that these readers had before."""

    story: str
    revision: int
    cluster: str
    title: str
    score: float
    reasons: tuple[str, ...]
    update: bool = False


@dataclass(frozen=True, slots=True)
class PlanSection:
    """A stretch of the plan: `lead`, a topic's id, or `latest`."""

    name: str
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate that did not get in, and why."""

    story: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered sections of picks for one segment (None: the edition's own order), and what was left out."""

    digest: str
    edition: str
    cut: datetime
    segment: str | None
    sections: tuple[PlanSection, ...]
    left_out: tuple[LeftOut, ...] = ()

    def picks(self) -> Iterator[Pick]:
        """Every pick, in reading order."""
        for section in self.sections:
            yield from section.picks

    @property
    def lead(self) -> Pick | None:
        """The first pick of the lead, None in an edition without one."""
        return next((s.picks[0] for s in self.sections if s.name == LEAD and s.picks), None)


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a digest. `id` is `daily/2026-11-24`, by local date in the publication's zone.

    `cut` is the moment up to which stories count; what is not accepted by `send_by` is never mailed. `hash` is
    what an approval binds to: it changes when anything a reader would see changes.
    """

    id: str
    digest: str
    date: str
    cut: datetime
    send_by: datetime
    state: EditionState = EditionState.DRAFT
    subject: str = ""
    preheader: str = ""
    hash: str = ""
    frozen_at: datetime | None = None
    previous_cut: datetime | None = None
    plans: tuple[Plan, ...] = ()

    def plan_for(self, segment: str) -> Plan | None:
        """The plan of one segment, None when the edition does not go to it."""
        return next((plan for plan in self.plans if plan.segment == segment), None)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A variant: what every reader of (segment, language, template) gets, with `{{slot}}` where they differ.

    `html` and `text` are decoded text; `slots` are the names that occur in either, sorted.
    """

    edition: str
    segment: str
    language: str
    template: str
    subject: str
    preheader: str
    html: str
    text: str
    slots: tuple[str, ...]
    stories: int
    minutes: int
    words: int
