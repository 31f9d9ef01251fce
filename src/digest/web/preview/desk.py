"""What the preview has at hand: the publication as its files are now, and editions kept until something changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from digest.audiences import load_audiences
from digest.models.edition import Edition, Rendering
from digest.pipeline.audience import Reach, reach
from digest.pipeline.build import Built, build
from digest.pipeline.draft import draft
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project, open_project
from digest.pipeline.sampling import sample
from digest.settings import load_settings
from digest.store import editions
from digest.web.preview.letter import Letter
from digest.web.preview.marks import Marks, edition_marks, setup_marks

# A draft counts stories up to now, so that a kept one grows old even when no file changes.
FRESH = timedelta(minutes=1)
KEPT = 12

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """An edition as it would go out now: built, who would get it, one opened sample message a segment."""

    name: str
    project: Project
    built: Built
    reach: Reach
    letters: Mapping[str, Letter]
    approvers: tuple[str, ...]

    @property
    def edition(self) -> Edition:
        return self.built.draft.edition

    @property
    def renderings(self) -> Mapping[str, Rendering]:
        return self.built.renderings

    def largest(self) -> str:
        """The segment that most people are in; of equals, the first."""
        return max(self.renderings, key=lambda name: self.reach.taken.get(name, 0))


@dataclass(frozen=True, slots=True)
class _Kept:
    marks: Marks
    at: datetime
    value: object


class Desk:
    """One publication on show. Safe to use from several threads: one builds, the others wait and get the same."""

    def __init__(self, project: Project) -> None:
        self._last = project
        # Read again at first use: the files may have changed since somebody opened the publication.
        self._setup: Marks = ()
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """The publication's name as last known, also while its settings cannot be read."""
        return self._last.settings.publication.name

    def project(self) -> Project:
        """The publication; its settings and audiences are read again when their files changed.

        Raises:
            ConfigError: they cannot be used as they stand.
        """
        with self._lock:
            marks = setup_marks(self._last.root)
            if marks != self._setup:
                self._last = _reread(self._last)
                self._setup = marks
            return self._last

    def proof(self, identity: Identity) -> Proof:
        """The edition, built anew when anything that it is made from changed.

        Raises:
            Refused: there is nothing to send.
            TemplateError: a template cannot be rendered.
            ConfigError: the settings or an audience cannot be used.
            StoreError: the store cannot be read or written.
        """
        return self._keep("proof", identity.id, lambda project: _proof(project, identity))

    def reach(self, digest: str) -> Reach:
        """Who a digest would reach now; raises as `pipeline.audience.reach`."""
        return self._keep("reach", digest, lambda project: reach(project, digest))

    def _keep(self, kind: str, key: str, make: Callable[[Project], T]) -> T:
        with self._lock:
            project = self.project()
            now = project.now()
            known = self._kept.get((kind, key))
            if known and known.marks == edition_marks(project) and abs(now - known.at) < FRESH:
                return cast(T, known.value)
            made = make(project)
            # Taken afterwards: building keeps the selection in the store, which is no change to build again for.
            self._kept[kind, key] = _Kept(edition_marks(project), now, made)
            while len(self._kept) > KEPT:
                del self._kept[min(self._kept, key=lambda held: self._kept[held].at)]
            return made


def name_of(edition_id: str) -> str:
    """An edition as the command line and our addresses write it: `daily@2026-11-24`."""
    return edition_id.replace("/", "@", 1)


def _proof(project: Project, identity: Identity) -> Proof:
    built = build(project, draft(project, identity, keep=False), keep=False)
    letters = {
        name: Letter.opened(sample(project, built.draft.edition, rendering))
        for name, rendering in built.renderings.items()
    }
    with project.store.database.read() as connection:
        approvers = editions.approvers(connection, built.draft.edition)
    return Proof(name_of(identity.id), project, built, reach(project, identity.digest), letters, approvers)


def _reread(project: Project) -> Project:
    settings = load_settings(project.root, project.environ)
    before = project.settings
    if (settings.store, settings.publication.id) != (before.store, before.publication.id):
        return open_project(settings, project.clock, project.environ)
    return replace(project, settings=settings, audiences=load_audiences(settings.root, tuple(settings.topics)))
