"""An edition as it would go out now: built, checked, who would get it, one opened sample message a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.check import Finding
from digest.errors import DigestError
from digest.models.edition import Edition, Rendering
from digest.models.people import Segment
from digest.pipeline.approval import leaves_by_settings
from digest.pipeline.audience import Reach
from digest.pipeline.build import Built, build
from digest.pipeline.draft import Draft
from digest.pipeline.project import Project
from digest.pipeline.sampling import sample
from digest.store import editions
from digest.web.preview.letter import Letter

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Proof:
    """An edition, whole or only some of its segments. One that is not `whole` has no state of its own and no
    approvers; `trouble` is why the others could not be built, when that was tried."""

    name: str
    project: Project
    built: Built
    segments: tuple[Segment, ...]
    reach: Reach
    letters: Mapping[str, Letter]
    findings: Mapping[str, tuple[Finding, ...]]
    approvers: tuple[str, ...]
    whole: bool
    trouble: DigestError | None = None

    @property
    def edition(self) -> Edition:
        return self.built.draft.edition

    @property
    def draft(self) -> Draft:
        return self.built.draft

    @property
    def renderings(self) -> Mapping[str, Rendering]:
        return self.built.renderings


def name_of(edition_id: str) -> str:
    """An edition as the command line and our addresses write it: `daily@2026-11-24`."""
    return edition_id.replace("/", "@", 1)


def prove(project: Project, made: Draft, reach: Reach, only: Sequence[str] = ()) -> Proof:
    """The proof of a draft, of all its segments or of the named ones; nothing is kept in the store.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    built = build(project, made, only, leaves=leaves_by_settings(project), keep=False)
    edition = built.draft.edition
    letters = {
        name: Letter.opened(sample(project, edition, rendering)) for name, rendering in built.renderings.items()
    }
    approvers: tuple[str, ...] = ()
    if not only:
        with project.store.database.read() as connection:
            approvers = editions.approvers(connection, edition)
    segments = tuple(s for s in project.segments(edition.digest) if s.name in made.segments)
    findings = _findings(built)
    return Proof(name_of(edition.id), project, built, segments, reach, letters, findings, approvers, whole=not only)


def _findings(built: Built) -> dict[str, tuple[Finding, ...]]:
    """What the checks say of each variant and of its template as it was written, each once; errors first."""
    return {
        name: tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER[one.level]))
        for name, found in built.findings.items()
    }
