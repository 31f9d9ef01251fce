"""Read the sources, keep what is new, and give each story its topics and its event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.classify import Known, classify
from digest.errors import ConfigError
from digest.ingest import HttpFetcher, SourceReport, SourceState, ingest
from digest.models.story import SourceFailure
from digest.pipeline.project import Project
from digest.store import stories
from digest.store.stories import Saved, SourceHealth

CLUSTER_WINDOW = timedelta(hours=72)
REMEMBER = timedelta(hours=96)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one source gave: how many stories were new, changed or known, and what could not be read."""

    source: str
    new: int
    changed: int
    same: int
    failures: tuple[SourceFailure, ...]
    unchanged: bool

    @property
    def gave(self) -> int:
        return self.new + self.changed + self.same


def gather(project: Project, only: Sequence[str] = ()) -> Iterator[Gathered]:
    """Ingest every source (or only the named ones), one result a source as it is done; then classify.

    A source that cannot be read is a result with failures; the others go on.

    Raises:
        ConfigError: `only` names a source that is not set up.
    """
    now = project.now()
    with project.store.database.read() as connection:
        health = stories.health(connection)
    states = {name: SourceState(h.etag, h.last_modified) for name, h in health.items()}
    reports = _read(project, only, states, now)
    changed: set[str] = set()
    for report in reports:
        saved = _keep(project, report, health.get(report.source), now)
        changed.update(saved.changed)
        yield Gathered(
            report.source, len(saved.new), len(saved.changed), saved.same, report.failures, report.unchanged
        )
    sort(project, now, changed)


def peek(project: Project, only: Sequence[str] = ()) -> Iterator[SourceReport]:
    """What each source gives now; nothing is kept. Raises as `gather`."""
    return _read(project, only, {}, project.now())


def _read(
    project: Project, only: Sequence[str], states: Mapping[str, SourceState], now: datetime
) -> Iterator[SourceReport]:
    settings = project.settings
    names = [source.name for source in settings.sources]
    for name in only:
        if name not in names:
            raise ConfigError(f'there is no source "{name}"', hint=f"known: {', '.join(names) or 'none'}")
    wanted = [source for source in settings.sources if not only or source.name in only]
    return ingest(
        wanted,
        root=project.root,
        fetch=HttpFetcher(settings.fetch),
        now=now,
        zone=project.zone,
        states=states,
        most=settings.fetch.max_stories,
    )


def sort(project: Project, now: datetime, again: Collection[str] = ()) -> None:
    """Give every new story of the last days, and those in `again`, its topics and its event; idempotent."""
    settings = project.settings
    with project.store.database.begin() as connection:
        stored = stories.since(connection, now - REMEMBER)
        corrections = stories.corrections(connection)
        known = stories.placed(connection, [s.story.id for s in stored])
        fresh = [s.story for s in stored if s.story.id not in known or s.story.id in again]
        recent = [
            Known(s.story, s.cluster)
            for s in stored
            if s.story.id in known and s.story.id not in again and (s.story.when or now) >= now - CLUSTER_WINDOW
        ]
        if not fresh:
            return
        done = classify(
            fresh,
            topics=settings.topics,
            sources={source.name: source for source in settings.sources},
            recent=recent,
            corrections=corrections,
        )
        placed = {item.story_id: (item.topics, item.cluster) for item in done.items}
        stories.place(connection, placed, done.aliases, now)


def _keep(project: Project, report: SourceReport, before: SourceHealth | None, now: datetime) -> Saved:
    with project.store.database.begin() as connection:
        saved = stories.save(connection, report.stories, now)
        failed = bool(report.failures) and not report.stories and not report.unchanged
        stories.note_source(
            connection,
            SourceHealth(
                report.source,
                tried=now,
                succeeded=(before.succeeded if before else None) if failed else now,
                gave=len(report.stories) if not report.unchanged else (before.gave if before else 0),
                failures=(before.failures if before else 0) + 1 if failed else 0,
                error=report.failures[0].what if report.failures else None,
                etag=report.etag,
                last_modified=report.last_modified,
            ),
        )
    return saved
