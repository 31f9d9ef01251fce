"""An opened publication: settings, store, audiences and clock in one hand, passed to everything on the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.audiences import load_audiences
from digest.errors import ConfigError, Refused
from digest.models.people import Segment
from digest.settings import Digest, Settings
from digest.settings.load import MAIN, locate
from digest.store.opening import Store, open_store
from digest.tokens import Signer


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that a stage may need, opened once by a face. `clock` gives the aware time in the
    publication's zone."""

    settings: Settings
    store: Store
    audiences: Mapping[str, Segment]
    clock: Callable[[], datetime]
    environ: Mapping[str, str]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.publication.timezone)

    @property
    def root(self) -> Path:
        return self.settings.root

    @property
    def signer(self) -> Signer:
        return Signer(self.settings.publication.id, (("1", self.store.signing_key),))

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
        named = self.digest(name).segments
        if not named:
            raise Refused(
                f'the digest "{name}" goes to nobody: it names no segment',
                where=self._line("digests", name, "segments"),
                hint=f"write segments = [{', '.join(repr(s) for s in self.audiences) or 'NAME'}]",
            )
        for segment in named:
            if segment not in self.audiences:
                known = ", ".join(sorted(self.audiences)) or "none"
                raise ConfigError(
                    f'there is no audience "{segment}"',
                    where=self._line("digests", name, "segments"),
                    hint=f"audiences/ has: {known}",
                )
        return tuple(self.audiences[segment] for segment in named)

    def _line(self, *path: str) -> str:
        file = self.root / MAIN
        return f"{file}:{locate(file.read_text(encoding='utf-8'), path) or 1}"


def open_project(
    settings: Settings, clock: Callable[[], datetime], environ: Mapping[str, str], *, create: bool = True
) -> Project:
    """Open the publication that `settings` describe.

    Raises:
        ConfigError: an audience is wrong.
        StoreError: the store cannot be opened.
        Stale: the store is another publication's.
    """
    audiences = load_audiences(settings.root)
    store = open_store(settings.store.url, settings.root, settings.publication.id, create=create)
    return Project(settings, store, audiences, clock, environ)
