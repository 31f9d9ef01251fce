"""The first page: every digest with its next edition, where that stands, and who would get it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import DigestError
from digest.models.edition import Edition
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.store import editions
from digest.web.preview.desk import Desk, name_of
from digest.web.preview.faults import desk_of
from digest.web.preview.looks import Look, edition_url
from digest.web.preview.pages import page
from digest.web.preview.wording import day_in_words, people, state_in_words

EARLIER = 5


@dataclass(frozen=True, slots=True)
class Audience:
    """One segment of a digest, how many people it takes, and its view of the next edition."""

    label: str
    people: str
    url: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One edition as a line of the page."""

    day: str
    state: str
    subject: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One digest. `problem` stands in place of what could not be found out."""

    name: str
    label: str
    next: Issue | None
    due: str
    audiences: tuple[Audience, ...]
    people: str
    earlier: tuple[Issue, ...]
    problem: DigestError | None = None


def home(request: Request) -> Response:
    """All digests of the publication."""
    desk = desk_of(request)
    project = desk.project()
    rows = [_row(desk, project, name) for name in project.settings.digests]
    return page("home", publication=project.settings.publication.name, rows=rows)


def _row(desk: Desk, project: Project, name: str) -> Row:
    digest = project.digest(name)
    label = digest.label or name
    try:
        identity = identify(project, name)
        with project.store.database.read() as connection:
            edition = editions.load(connection, identity.id)
            past = editions.latest(connection, name, before=identity.id, limit=EARLIER)
        segments, reach = project.segments(name), desk.reach(name)
    except DigestError as problem:
        return Row(name, label, None, "", (), "", (), problem)
    called = name_of(identity.id)
    due = digest.schedule.after(project.now()) if digest.schedule else None
    return Row(
        name,
        label,
        _issue(edition)
        if edition
        else Issue(day_in_words(identity.date), "Not drafted yet", "", edition_url(called)),
        f"next due {day_in_words(due.date())} at {due:%H:%M}" if due else "no schedule",
        tuple(Audience(s.label, people(reach.taken[s.name]), Look(called, s.name).url) for s in segments),
        people(reach.total),
        tuple(_issue(one) for one in past),
    )


def _issue(edition: Edition) -> Issue:
    return Issue(
        day_in_words(edition.date), state_in_words(edition), edition.subject, edition_url(name_of(edition.id))
    )
