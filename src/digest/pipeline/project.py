"""An opened publication: settings, store, audiences and clock in one hand, passed to everything on the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from logging import getLogger
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.audiences import load_audiences
from digest.errors import ConfigError, Refused, at
from digest.models.people import Segment
from digest.pipeline.wording import open_wording
from digest.settings import Digest, Settings
from digest.settings.load import MAIN, locate
from digest.store.opening import Store, open_store
from digest.summarise import Summariser
from digest.tokens import Signer

_LOG = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that a stage may need, opened once by a face. `clock` gives the aware time in the
    publication's zone."""

    settings: Settings
    store: Store
    audiences: Mapping[str, Segment]
    clock: Callable[[], datetime]
    environ: Mapping[str, str]
    summariser: Summariser

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.publication.timezone)

    @property
    def root(self) -> Path:
        return self.settings.root

    @property
    def signer(self) -> Signer:
        return Signer(self.settings.publication.id, self.store.signing_keys)

    def now(self) -> datetime:
        """The time, in the publication's zone."""
        return self.clock().astimezone(self.zone)

    def digest(self, name: str) -> Digest:
        """The settings of a digest.

        Raises:
            ConfigError: there is no digest of that name.
        """
        if name not in self.settings.digests:
            known = ", ".join(self.settings.digests)
            raise ConfigError(f'there is no digest "{name}"', where=MAIN, hint=f"known: {known}")
        return self.settings.digests[name]

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of a digest, in the order in which they take people.

        Raises:
            Refused: the digest names no segment.
            ConfigError: it names one that has no file in `audiences/`.
        """
        return digest_segments(self.settings, self.audiences, name, self.digest(name))


def digest_segments(
    settings: Settings, audiences: Mapping[str, Segment], name: str, digest: Digest
) -> tuple[Segment, ...]:
    """The segments that a digest names, in order; raises as `Project.segments`."""
    if not digest.segments:
        raise Refused(
            f'the digest "{name}" goes to nobody: it names no segment',
            where=_line(settings, name),
            hint=f"write segments = [{', '.join(repr(s) for s in audiences) or 'NAME'}]",
        )
    for segment in digest.segments:
        if segment not in audiences:
            known = ", ".join(sorted(audiences)) or "none"
            raise ConfigError(
                f'there is no audience "{segment}"', where=_line(settings, name), hint=f"audiences/ has: {known}"
            )
    return tuple(audiences[segment] for segment in digest.segments)


def _line(settings: Settings, digest: str) -> str:
    file = settings.root / MAIN
    return at(file, locate(file.read_text(encoding="utf-8"), ("digests", digest, "segments")))


def check_setup(settings: Settings, audiences: Mapping[str, Segment]) -> None:
    """Refuses settings and audiences that do not go together; raises as `Project.segments`."""
    for name, digest in settings.digests.items():
        digest_segments(settings, audiences, name, digest)
    archive = settings.publication.archive
    if archive and archive not in audiences:
        file = settings.root / MAIN
        line = locate(file.read_text(encoding="utf-8"), ("publication", "archive"))
        raise ConfigError(f'there is no audience "{archive}"', where=at(file, line))


def open_project(
    settings: Settings,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    *,
    create: bool = True,
    note: Callable[[str], None] = _LOG.warning,
) -> Project:
    """Open the publication that `settings` describe. `note` is told what went otherwise than asked, in words.

    Raises:
        ConfigError: an audience is wrong.
        StoreError: the store cannot be opened.
        Stale: the store is another publication's.
    """
    audiences = load_audiences(settings.root, tuple(settings.topics))
    store = open_store(settings.store.url, settings.root, settings.publication.id, create=create)
    wording = open_wording(settings, environ, note)
    return Project(settings, store, audiences, clock, environ, wording)
