"""What an address asks for: which edition, which segment, through whose eyes; or the page that says there is none."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Self
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.check import Finding
from digest.errors import UsageError
from digest.models.edition import Edition
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.web.preview.desk import Desk
from digest.web.preview.faults import desk_of, missing
from digest.web.preview.live import live_of
from digest.web.preview.looks import Look, edition_url
from digest.web.preview.proof import name_of
from digest.web.preview.rooms import pages_of
from digest.web.preview.visitors import Visitor, visitor_of
from digest.web.preview.who import Seen, see


@dataclass(frozen=True, slots=True)
class Viewed:
    """A request about an edition, answered: what is seen, how and by whom. `live` is what the page's script listens
    with, `pages` what else there is about an edition, by the last part of its address."""

    desk: Desk
    identity: Identity
    look: Look
    seen: Seen
    live: str
    visitor: Visitor
    pages: frozenset[str]

    @classmethod
    def of(cls, request: Request, segment: str | None = None) -> Self | Response:
        """What the request asks for; `segment` stands in its path, else in its query. Where there is no such edition
        or segment, or it has another address, that answer.

        Raises:
            UsageError: a way to look does not exist.
            GetsNothing: the reader gets nothing.
            DigestError: as `Desk.look`.
        """
        desk, name = desk_of(request), request.path_params["edition"]
        project = desk.project()
        identity = find(project, name)
        if identity is None:
            return no_edition(request, project, name)
        called = name_of(identity.id)
        if called != name:
            return RedirectResponse(_spelled(request, name, called), HTTPStatus.SEE_OTHER)
        named = segment or request.query_params.get("segment") or None
        look = Look.of(called, named or "", request.query_params)
        visitor = visitor_of(request)
        guest = visitor.edition is not None
        whole = guest or "whole" in request.query_params
        live = live_of(request, None if whole else identity)
        if whole:
            desk.proof(identity)
        try:
            seen = see(desk, identity, named, look.reader)
        except KeyError:
            return _no_segment(request, desk, identity, look)
        if segment is None and named is not None and seen.segment != named:
            query = {**request.query_params, "segment": seen.segment}
            return RedirectResponse(f"{request.url.path}?{urlencode(query)}", HTTPStatus.SEE_OTHER)
        return cls(desk, identity, look.but(segment=seen.segment), seen, live, visitor, pages_of(request))

    @property
    def guest(self) -> bool:
        """Whether somebody looks who was given this one edition only."""
        return self.visitor.edition is not None

    @property
    def project(self) -> Project:
        return self.seen.proof.project

    @property
    def edition(self) -> Edition:
        return self.seen.proof.edition

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks say of the segment that is looked at."""
        return self.seen.proof.findings[self.seen.segment]

    @property
    def finding(self) -> Finding | None:
        """The finding that is pointed at."""
        number = self.look.mark
        return self.findings[number] if number is not None and number < len(self.findings) else None


def find(project: Project, name: str) -> Identity | None:
    """The edition of this name, None when there can be none."""
    digest = name.partition("@")[0]
    if digest not in project.settings.digests:
        return None
    try:
        return identify(project, name)
    except UsageError:
        return None


def no_edition(request: Request, project: Project, asked: str) -> Response:
    """The page for a name that no edition can have."""
    links = tuple((edition_url(name), digest.label or name) for name, digest in project.settings.digests.items())
    return missing(request, f"There is no edition “{asked[:80]}”.", links)


def _no_segment(request: Request, desk: Desk, identity: Identity, look: Look) -> Response:
    audiences = desk.project().audiences
    names = desk.draft(identity).segments
    links = tuple((look.but(segment=name).url, audiences[name].label) for name in names if name in audiences)
    return missing(request, f"{look.edition} does not go to a segment “{look.segment[:80]}”.", links)


def _spelled(request: Request, name: str, called: str) -> str:
    """The address of the request with the edition's full name, so that it keeps its meaning."""
    parts = request.url.path.split("/")
    path = "/".join(called if part == name else part for part in parts)
    return "/" + path.lstrip("/\\") + (f"?{request.url.query}" if request.url.query else "")
