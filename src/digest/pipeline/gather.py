"""Read the sources, keep what is new, and give each story its topics and its event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.classify import Classified, Known, classify
from digest.classify.semantic import Sense
from digest.errors import ConfigError
from digest.ingest import HttpFetcher, SourceReport, SourceState, ingest
from digest.models.story import SourceFailure
from digest.pipeline import candidates
from digest.pipeline.meaning import demand_extra, open_sense
from digest.pipeline.project import Project
from digest.settings import Settings
from digest.store import corrected, health, stories
from digest.store.health import SourceHealth
from digest.store.stories import Saved, Stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

CLUSTER_WINDOW = timedelta(hours=72)
REMEMBER = timedelta(hours=96)
TEACHING = timedelta(days=14)
FEW = 1_000
Meaning = Callable[[Settings], Sense | None]


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


def gather(project: Project, only: Sequence[str] = (), *, meaning: Meaning = open_sense) -> Iterator[Gathered]:
    """Ingest every source (or only the named ones), one result a source as it is done; then classify.

    A source that cannot be read is a result with failures; the others go on.

    `meaning` opens what weighs topics by meaning, where the settings ask for it.

    Raises:
        ConfigError: `only` names a source that is not set up, or an extra that the settings ask for is missing.
    """
    now = project.now()
    demand_extra(project.settings)
    with project.store.database.read() as connection:
        known_health = health.of_all(connection)
    states = {name: SourceState(h.etag, h.last_modified) for name, h in known_health.items()}
    reports = _read(project, only, states, now)
    changed: set[str] = set()
    for report in reports:
        saved = _keep(project, report, known_health.get(report.source), now)
        changed.update(saved.changed)
        yield Gathered(
            report.source, len(saved.new), len(saved.changed), saved.same, report.failures, report.unchanged
        )
    sort(project, now, changed, meaning=meaning)


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


def sort(project: Project, now: datetime, again: Collection[str] = (), *, meaning: Meaning = open_sense) -> None:
    """Give every new story of the last days, and those in `again`, its topics and its event; idempotent.

    A story whose event an editor decided keeps it, and events that an editor split are not merged again.
    """
    with project.store.database.begin() as connection:
        stored = stories.since(connection, now - REMEMBER)
        known = stories.placed(connection, [s.story.id for s in stored])
        held = corrected.held(connection)
        fresh = [s for s in stored if s.story.id not in known or s.story.id in again]
        if not fresh:
            return
        # A changed story is among the known too: it may gain topics, but stays in its event and is not sent again.
        recent = [
            Known(s.story, s.cluster)
            for s in stored
            if s.story.id in known and (s.story.id in again or (s.story.when or now) >= now - CLUSTER_WINDOW)
        ]
        done = _classified(project, connection, fresh, recent, {s.story.id for s in stored}, meaning)
        own = {s.story.id: s.cluster for s in fresh if s.story.id in held}
        placed = {item.story_id: (item.topics, own.get(item.story_id, item.cluster)) for item in done.items}
        stories.place(connection, placed, done.aliases, now)
        touched = {cluster for _, cluster in placed.values()} | {*done.aliases, *done.aliases.values()}
        candidates.note(connection, project, touched | {s.cluster for s in fresh})


def sort_one(project: Project, story: str, *, meaning: Meaning = open_sense) -> None:
    """Give one stored story its topics anew, however old it is; its event stays."""
    now = project.now()
    with project.store.database.begin() as connection:
        stored = stories.these(connection, [story])
        others = [s for s in stories.since(connection, now - REMEMBER) if s.story.id != story]
        recent = [Known(s.story, s.cluster) for s in others]
        done = _classified(project, connection, stored, recent, {story, *(s.story.id for s in others)}, meaning)
        placed = {s.story.id: s.cluster for s in stored}
        stories.place(connection, {i.story_id: (i.topics, placed[i.story_id]) for i in done.items}, {}, now)
        candidates.note(connection, project, set(placed.values()))


def _classified(
    project: Project,
    connection: Connection,
    fresh: Sequence[Stored],
    recent: Sequence[Known],
    seen: Collection[str],
    meaning: Meaning,
) -> Classified:
    """The stories of `fresh` under the rules and all that editors said. A small newsroom's model is also taught by
    the stories of two weeks; whatever was corrected teaches however old it is."""
    told = stories.corrections(connection)
    older = stories.these(connection, set(told) - set(seen))
    if len(seen) < FEW:
        older = (*older, *(s for s in stories.since(connection, project.now() - TEACHING) if s.story.id not in told))
    return classify(
        [s.story for s in fresh],
        topics=project.settings.topics,
        sources={source.name: source for source in project.settings.sources},
        recent=recent,
        corrections=told,
        older=[s.story for s in older],
        apart=corrected.apart(connection),
        sense=meaning(project.settings),
    )


def _keep(project: Project, report: SourceReport, before: SourceHealth | None, now: datetime) -> Saved:
    with project.store.database.begin() as connection:
        saved = stories.save(connection, report.stories, now)
        failed = bool(report.failures) and not report.stories and not report.unchanged
        health.note(
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
