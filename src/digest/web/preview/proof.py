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
from digest.pipeline.ignoring import without_ignored
from digest.pipeline.linting import template_findings
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
    findings = _findings(project, built)
    return Proof(name_of(edition.id), project, built, segments, reach, letters, findings, approvers, whole=not only)


def _findings(project: Project, built: Built) -> dict[str, tuple[Finding, ...]]:
    """What the checks say of each variant, and what is wrong with its template as it was written; errors first. The
    templates of a frozen edition are not looked at: it no longer needs them."""
    found = {name: list(findings) for name, findings in built.findings.items()}
    if not built.draft.frozen:
        for name, rendering in built.renderings.items():
            found[name] += template_findings(project, rendering.template)
    told = without_ignored({name: tuple(each) for name, each in found.items()}, built.draft.ignored)
    return {name: tuple(sorted(dict.fromkeys(each), key=lambda f: _ORDER[f.level])) for name, each in told.items()}
