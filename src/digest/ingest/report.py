"""What one source gave: its stories, its failures, and how to ask it again without being told twice."""

from __future__ import annotations

from dataclasses import dataclass

from digest.models.story import SourceFailure, Story


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the source said last time, for a conditional request (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source gave. `unchanged` means it said so itself: no story was read, and none is missing."""

    source: str
    stories: tuple[Story, ...] = ()
    failures: tuple[SourceFailure, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
