"""The selection that an edition file was written from, remembered in the store, so that what an editor changed can be
told from what was proposed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.errors import Stale, at
from digest.models.edition import Plan
from digest.pipeline.edition_file import EditionFile, file_path
from digest.pipeline.edition_lines import line_of
from digest.pipeline.naming import spelled
from digest.pipeline.project import Project
from digest.store import remembered

NAME = "proposal"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One story that was proposed: which revision of it, and the reason that it stood there."""

    story: str
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `digest select` wrote by itself: subject, preheader, and the stories of each section. `edited` are
    sections that were the editor's already, and stay so; they hold what stood in the file."""

    cut: str
    subject: str
    preheader: str
    sections: Mapping[str, tuple[Proposed, ...]]
    edited: frozenset[str] = frozenset()

    @property
    def base(self) -> str:
        """The hash that stands in the file as `base`."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def revisions(self) -> dict[str, int]:
        """Story → the revision that was proposed."""
        return {one.story: one.revision for picks in self.sections.values() for one in picks}

    @property
    def reasons(self) -> dict[tuple[str, str], str]:
        """(section, story) → why it was proposed there."""
        return {(name, one.story): one.reason for name, picks in self.sections.items() for one in picks}

    def ids(self, section: str) -> tuple[str, ...]:
        """The proposed stories of a section, in order."""
        return tuple(one.story for one in self.sections.get(section, ()))

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "cut": self.cut,
            "subject": self.subject,
            "preheader": self.preheader,
            "sections": [
                {"name": name, "stories": [[one.story, one.revision, one.reason] for one in picks]}
                for name, picks in self.sections.items()
            ],
            "edited": sorted(self.edited),
        }

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Proposal:
        """The proposal that `as_json` wrote."""
        sections = {s["name"]: tuple(Proposed(*one) for one in s["stories"]) for s in doc["sections"]}
        return cls(doc["cut"], doc["subject"], doc["preheader"], sections, frozenset(doc["edited"]))


@dataclass(frozen=True, slots=True)
class Edits:
    """What in a file is the editor's. `touched` are sections whose list differs from the proposed one, that hold
    words of the editor's, or that were the editor's before; `deleted` are proposed stories that stand nowhere."""

    touched: frozenset[str]
    deleted: frozenset[str]
    subject: bool
    preheader: bool


def proposed_sections(
    plan: Plan, known: Mapping[tuple[str, str], str] | None = None
) -> dict[str, tuple[Proposed, ...]]:
    """The sections of a plan as a proposal keeps them; `known` are reasons by (section, story) that still hold."""
    reasons = known or {}
    return {
        section.name: tuple(
            Proposed(p.story, p.revision, reasons.get((section.name, p.story)) or next(iter(p.reasons), ""))
            for p in section.picks
        )
        for section in plan.sections
    }


def edits(file: EditionFile, proposal: Proposal | None) -> Edits:
    """What the editor changed; everything, where it is not known what had been proposed."""
    if proposal is None:
        return Edits(frozenset(file.lists()), frozenset(), bool(file.subject), bool(file.preheader))
    lists = file.lists()
    worded = {
        s.name for s in file.sections if any(one.title is not None or one.lines is not None for one in s.stories)
    }
    names = {*lists, *(name for name, picks in proposal.sections.items() if picks)}
    differing = {name for name in names if name in worded or lists.get(name, ()) != proposal.ids(name)}
    changed = differing | proposal.edited
    standing = {story.id for story in file.every()}
    deleted = {story for name in changed for story in proposal.ids(name) if story not in standing}
    return Edits(
        frozenset(changed),
        frozenset(deleted),
        file.subject not in ("", proposal.subject),
        file.preheader not in ("", proposal.preheader),
    )


def remembered_proposal(project: Project, edition: str) -> Proposal | None:
    """What was last proposed for an edition; None when its file was never written here."""
    with project.store.database.read() as connection:
        doc = remembered.recall(connection, edition, NAME)
    return Proposal.from_json(doc) if doc else None


def matching(project: Project, file: EditionFile, text: str) -> Proposal:
    """The proposal that a file was written from.

    Raises:
        Stale: the file's `base` is another selection's.
    """
    proposal = remembered_proposal(project, file.edition)
    if proposal is not None and proposal.base == file.base:
        return proposal
    raise Stale(
        f"this file was written from another selection ({file.base}) than the store keeps for {file.edition}"
        + (f" ({proposal.base})" if proposal else ""),
        where=at(file_path(project, file.edition), line_of(text, ("base",))),
        hint=f"`digest select {spelled(file.edition)} --refresh` keeps all that stands in it and makes it fit this "
        "store; or put the newer file back",
    )
