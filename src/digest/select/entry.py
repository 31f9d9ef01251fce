"""What the selection is given: stored stories in their places, what readers already got, and the editor's hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.models.edition import LeftOut, Pool
from digest.models.story import Story, TopicScore


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored story: its revision, its event, its topics (surest first), and an editor's boost in half-lives."""

    story: Story
    revision: int
    cluster: str
    topics: tuple[TopicScore, ...] = ()
    boost: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """That an audience already got an event: in which edition, when, and how many sources had it then."""

    edition: str
    at: datetime | None = None
    sources: int = 0


@dataclass(frozen=True, slots=True)
class EditorsHand:
    """What an editor decided about an edition.

    `sections` gives a section exactly these stories in this order (`lead` and `latest` are sections too, and their
    order is the order of the edition); `pins` puts a story (by id) at the head of a section and leaves the rest to
    the selection; `drop` keeps stories out; `updates` marks events that may be sent again.
    """

    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    updates: frozenset[str] = frozenset()

    def placed(self, section: str) -> tuple[str, ...]:
        """The stories that the editor put into a section, in order."""
        listed = self.sections.get(section, ())
        return listed + tuple(story for story, name in self.pins.items() if name == section and story not in listed)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The candidates of an edition, best first, and every story that is none of them, with the reason in words."""

    pool: Pool
    left_out: tuple[LeftOut, ...]
