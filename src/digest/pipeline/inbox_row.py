"""Subject and preheader of an edition: what its plan proposes for the row in the reader's inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from digest.models.edition import LATEST, Plan
from digest.models.story import Story
from digest.pipeline.basis import Basis
from digest.select import preheader, subject


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Up to three subjects, best first, and the line beside the first."""

    subjects: tuple[str, ...]
    preheader: str

    @property
    def subject(self) -> str:
        return self.subjects[0] if self.subjects else ""


def inbox_row(
    plan: Plan, basis: Basis, titles: Mapping[str, str] | None = None, *, typed: tuple[str, str] = ("", "")
) -> InboxRow:
    """The row for a plan; `titles` are an editor's own headlines, `typed` an editor's own subject and preheader."""
    picks = [pick for section in plan.sections if section.name != LATEST for pick in section.picks]
    ordered = [retitled(basis.entries[pick.story].story, titles or {}) for pick in picks or plan.picks()]
    if not ordered:
        return InboxRow((typed[0],) if typed[0] else (), typed[1])
    last = basis.before.subject if basis.before else None
    subjects = subject(ordered[0], ordered[1:], typed[0] or None, last=last)
    return InboxRow(subjects, preheader(ordered[0], ordered[1:], subjects[0], typed[1] or None))


def retitled(story: Story, titles: Mapping[str, str]) -> Story:
    """A story under its editor's headline, which also stands before the short ones of its source."""
    return replace(story, title=titles[story.id], short_titles=()) if story.id in titles else story
