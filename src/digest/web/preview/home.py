"""The first page: every digest with its editions and where they stand, who would get the next, and how sources do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from digest.errors import DigestError
from digest.models.edition import Edition
from digest.models.mail import State
from digest.pipeline.naming import identify
from digest.pipeline.progress import Counts
from digest.pipeline.project import Project
from digest.store import editions, health, ledger
from digest.web.preview.desk import Desk, name_of
from digest.web.preview.faults import desk_of
from digest.web.preview.live import live_of
from digest.web.preview.looks import Look, edition_url
from digest.web.preview.pages import page
from digest.web.preview.wording import counted, day_in_words, moment_in_words, people, state_in_words

EARLIER: Final = 7


@dataclass(frozen=True, slots=True)
class Audience:
    """One segment of a digest, how many people it takes, and its view of the next edition."""

    label: str
    people: str
    url: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One edition as a line of the page; `sent` is what became of its mails, empty before any was planned."""

    day: str
    state: str
    subject: str
    url: str
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One digest. `problem` stands in place of what could not be found out."""

    name: str
    label: str
    next: Issue | None
    due: str
    audiences: tuple[Audience, ...]
    people: str
    left_out: str
    earlier: tuple[Issue, ...]
    problem: DigestError | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How one source does; `well` is whether its last try gave anything."""

    name: str
    kind: str
    read: str
    gave: str
    trouble: str


def home(request: Request) -> Response:
    """All digests of the publication."""
    desk = desk_of(request)
    live = live_of(request)
    project = desk.project()
    rows = [_row(desk, project, name) for name in project.settings.digests]
    sources = _sources(project)
    return page(
        "home",
        publication=project.settings.publication.name,
        live=live,
        rows=rows,
        sources=sources,
        failing=sum(bool(source.trouble) for source in sources),
    )


def _row(desk: Desk, project: Project, name: str) -> Row:
    digest = project.digest(name)
    label = digest.label or name
    try:
        identity = identify(project, name)
        with project.store.database.read() as connection:
            edition = editions.load(connection, identity.id)
            following = _issue(connection, edition) if edition else None
            past = editions.latest(connection, name, before=identity.id, limit=EARLIER)
            earlier = tuple(_issue(connection, one) for one in past)
        segments, reach = project.segments(name), desk.reach(name)
    except DigestError as problem:
        return Row(name, label, None, "", (), "", "", (), problem)
    called = name_of(identity.id)
    due = digest.schedule.after(project.now()) if digest.schedule else None
    out = [counted(number, state, state) for state, number in sorted(reach.left_out.items())]
    out += [f"{reach.nobody:,} in no segment"] if reach.nobody else []
    return Row(
        name,
        label,
        following or Issue(day_in_words(identity.date), "Not drafted yet", "", edition_url(called)),
        f"next due {day_in_words(due.date())} at {due:%H:%M}" if due else "no schedule",
        tuple(Audience(s.label, people(reach.taken[s.name]), Look(called, s.name).url) for s in segments),
        people(reach.total),
        ", ".join(out),
        earlier,
    )


def _issue(connection: Connection, edition: Edition) -> Issue:
    counts = Counts(ledger.sums(connection, edition.id))
    sent = ""
    if counts.total:
        sent = f"{counts.of(State.ACCEPTED):,} of {people(counts.total)}"
        sent += f", {counts.remaining:,} to go" if counts.remaining else ""
        sent += f", {counted(counts.of(State.UNKNOWN), 'unknown', 'unknown')}" if counts.of(State.UNKNOWN) else ""
    called = edition_url(name_of(edition.id))
    return Issue(day_in_words(edition.date), state_in_words(edition), edition.subject, called, sent)


def _sources(project: Project) -> tuple[SourceRow, ...]:
    """Each source of the settings, those in trouble first."""
    now = project.now()
    with project.store.database.read() as connection:
        known = health.of_all(connection)
    rows = [_source(known.get(source.name), source.name, source.kind, now) for source in project.settings.sources]
    return tuple(sorted(rows, key=lambda row: not row.trouble))


def _source(known: health.SourceHealth | None, name: str, kind: str, now: datetime) -> SourceRow:
    if known is None or known.tried is None:
        return SourceRow(name, kind, "never read", "", "")
    read = moment_in_words(known.succeeded, now) if known.succeeded else "never"
    failed = f"{counted(known.failures, 'try', 'tries')} failed: {known.error}" if known.failures else ""
    return SourceRow(name, kind, read, counted(known.gave, "story", "stories"), failed)
