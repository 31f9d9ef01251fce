"""What the preview has at hand: the publication as its files are now, and editions kept until something changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from digest.audiences import load_audiences
from digest.errors import ConfigError, DigestError, TemplateError
from digest.pipeline import readers_copy
from digest.pipeline.audience import Reach, reach
from digest.pipeline.draft import Draft, draft
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project, open_project
from digest.pipeline.readers_copy import Place
from digest.settings import load_settings
from digest.store.lookup import Person
from digest.web.preview.marks import Marks, draft_marks, edition_marks, people_marks, setup_marks, stamp
from digest.web.preview.proof import Proof, name_of, prove

__all__ = ["Desk", "Proof", "name_of"]

# A draft counts stories up to now, so that a kept one grows old even when no file changes.
FRESH = timedelta(minutes=1)
KEPT = 12
_WHOLE, _PART = "proof", "part"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    marks: Marks
    stamp: str
    at: datetime
    value: object


class Desk:
    """One publication on show. Safe to use from several threads: one builds, the others wait and get the same; what
    is at hand is handed out meanwhile.

    A `swift` desk answers with the one segment that is asked for when the whole edition is not at hand; whoever can
    wait asks for the `proof`.
    """

    def __init__(self, project: Project, *, swift: bool = False) -> None:
        self._last = project
        self._swift = swift
        # Read again at first use: the files may have changed since somebody opened the publication.
        self._setup: Marks = ()
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._reading = threading.RLock()
        self._building: dict[tuple[str, str], threading.RLock] = {}

    @property
    def last(self) -> Project:
        """The publication as last known, also while its settings cannot be read."""
        return self._last

    @property
    def name(self) -> str:
        """The publication's name as last known, also while its settings cannot be read."""
        return self._last.settings.publication.name

    def stamp(self, edition: str | None = None) -> str:
        """A word that changes with every saved file, or only with those that `edition` is made from; it is to be had
        also while the settings cannot be read."""
        return stamp(self._last, edition)

    def project(self) -> Project:
        """The publication; its settings and audiences are read again when their files changed.

        Raises:
            ConfigError: they cannot be used as they stand.
        """
        with self._reading:
            marks = setup_marks(self._last.root)
            if marks != self._setup:
                self._last = _reread(self._last)
                self._setup = marks
            return self._last

    def draft(self, identity: Identity) -> Draft:
        """What stands in the edition; raises as `pipeline.draft.draft`."""
        return self._keep("draft", identity.id, draft_marks, lambda project: draft(project, identity, keep=False))

    def proof(self, identity: Identity) -> Proof:
        """The whole edition, built anew when anything that it is made from changed.

        Raises:
            Refused: there is nothing to send.
            TemplateError: a template cannot be rendered.
            ConfigError: the settings or an audience cannot be used.
            StoreError: the store cannot be read or written.
        """
        found = self._keep(_WHOLE, identity.id, edition_marks, lambda project: self._proved(project, identity))
        if isinstance(found, DigestError):
            raise found
        return found

    def look(self, identity: Identity, segment: str) -> Proof:
        """The edition with at least this segment: the whole when it is at hand, else, on a swift desk, this alone.
        Raises as `proof`."""
        if not self.waits(identity):
            try:
                return self.proof(identity)
            except (TemplateError, ConfigError) as problem:
                if not self._swift:
                    raise
                trouble: DigestError | None = problem
        else:
            trouble = None
        part = self._keep(
            _PART,
            f"{identity.id} {segment}",
            edition_marks,
            lambda project: prove(project, self.draft(identity), self.reach(identity.digest), (segment,)),
        )
        return replace(part, trouble=trouble)

    def reader(self, identity: Identity, number: int) -> tuple[Person, Place | None]:
        """A subscriber, and where they stand in the edition.

        Raises:
            UsageError: there is none of this number.
            DigestError: as `draft`.
        """

        def placed(project: Project) -> tuple[Person, Place | None]:
            person = readers_copy.find(project, number, identity.digest)
            return person, readers_copy.place(project, self.draft(identity).edition, person)

        return self._keep("reader", f"{identity.id} {number}", draft_marks, placed)

    def copy(self, identity: Identity, place: Place) -> tuple[readers_copy.Copy | None]:
        """The mail of a reader who stands there; raises as `look` and `pipeline.readers_copy.copy`."""
        segment, number = place.recipient.segment, place.recipient.subscriber

        def copied(project: Project) -> tuple[readers_copy.Copy | None]:
            return (readers_copy.copy(project, self.look(identity, segment).built, place),)

        return self._keep("copy", f"{identity.id} {number}", edition_marks, copied)

    def waits(self, identity: Identity) -> bool:
        """Whether the whole edition was not built since a file was saved: a swift desk then shows a part at once."""
        known = self._kept.get((_WHOLE, identity.id))
        return self._swift and (known is None or known.stamp != self.stamp())

    def reach(self, digest: str) -> Reach:
        """Who a digest would reach now; raises as `pipeline.audience.reach`."""
        return self._keep("reach", digest, people_marks, lambda project: reach(project, digest))

    def _proved(self, project: Project, identity: Identity) -> Proof | DigestError:
        """What is wrong in a file is kept too: asked again before anything changed, it would be the same."""
        try:
            return prove(project, self.draft(identity), self.reach(identity.digest))
        except (TemplateError, ConfigError) as problem:
            return problem

    def _held(self, kind: str, key: str, marks: Callable[[Project], Marks]) -> object | None:
        project = self.project()
        known = self._kept.get((kind, key))
        if known and known.marks == marks(project) and abs(project.now() - known.at) < FRESH:
            return known.value
        return None

    def _age(self, key: tuple[str, str]) -> datetime:
        return self._kept[key].at

    def _keep(self, kind: str, key: str, marks: Callable[[Project], Marks], make: Callable[[Project], T]) -> T:
        held = self._held(kind, key, marks)
        if held is not None:
            return cast(T, held)
        with self._reading:
            building = self._building.setdefault((kind, key), threading.RLock())
        # A lock for each: the segment on the screen does not wait until the whole edition is built.
        with building:
            held = self._held(kind, key, marks)
            if held is not None:
                return cast(T, held)
            project = self.project()
            before, saved = marks(project), self.stamp()
            made = make(project)
            # Reading may move the store's own mark; a file that was saved meanwhile must not be missed.
            after = marks(project) if self.stamp() == saved else before
            with self._reading:
                self._kept[kind, key] = _Kept(after, saved, project.now(), made)
                while sum(one == kind for one, _ in self._kept) > KEPT:
                    oldest = min((k for k in self._kept if k[0] == kind), key=self._age)
                    del self._kept[oldest]
                    self._building.pop(oldest, None)
            return made


def _reread(project: Project) -> Project:
    settings = load_settings(project.root, project.environ)
    before = project.settings
    if (settings.store, settings.publication.id) != (before.store, before.publication.id):
        return open_project(settings, project.clock, project.environ)
    return replace(project, settings=settings, audiences=load_audiences(settings.root, tuple(settings.topics)))
