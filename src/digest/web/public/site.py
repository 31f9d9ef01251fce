"""What every page has at hand, and how a request is led to it: forms read, work done in threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.pipeline import reader_links
from digest.pipeline.project import Project
from digest.pipeline.reader_words import preferred, words_for
from digest.render.words import Words
from digest.tokens import DEAD
from digest.web.public.clients import Proxies
from digest.web.public.counts import Counts
from digest.web.public.forms import Form, read_form
from digest.web.public.journal import Journal
from digest.web.public.limits import Limits
from digest.web.public.pages import notice


@dataclass(slots=True)
class Site:
    """One publication's pages. `stopping` is set when the server is asked to end."""

    project: Project
    journal: Journal
    proxies: Proxies
    counts: Counts = field(default_factory=Counts)
    limits: Limits = field(default_factory=Limits)
    stopping: bool = False

    @property
    def prefix(self) -> str:
        """What stands before our own addresses: the path of `base_url`, without a slash at its end."""
        return urlsplit(self.project.settings.publication.base_url).path.rstrip("/")

    def now(self) -> datetime:
        return self.project.now()


Look = Callable[[Request], Response]
Act = Callable[[Request, Form], Response]


def site_of(request: Request) -> Site:
    """The site that answers this request."""
    found: Site = request.app.state.site
    return found


def page_route(path: str, look: Look, act: Act | None = None) -> Route:
    """A page that is looked at by GET and HEAD, and acted on only by POST."""

    async def answer(request: Request) -> Response:
        if request.method != "POST" or act is None:
            return await run_in_threadpool(look, request)
        form = await read_form(request)
        return await run_in_threadpool(act, request, form)

    endpoint: Callable[[Request], Awaitable[Response]] = answer
    return Route(path, endpoint, methods=["GET", "POST"] if act else ["GET"])


def words_of(request: Request, *wanted: str) -> Words:
    """The words for this request: the reader's own language, else what their browser asks for."""
    asked = preferred(request.headers.get("accept-language", ""))
    return words_for(site_of(request).project, *wanted, *asked)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a link: the reader it was signed for, and the digest."""

    subscriber: int
    digest: str


def holder(request: Request, purpose: str) -> Holder | Response:
    """Who holds the token of this address, or the page that says why it opens nothing."""
    token = request.path_params["token"]
    if token == DEAD:
        return dead(request)
    found = reader_links.opened(site_of(request).project, purpose, token)
    if found is None:
        return unknown(request)
    return Holder(*found)


def dead(request: Request) -> Response:
    """The page of a link that acts on nothing."""
    return notice(request, words_of(request), "dead")


def unknown(request: Request) -> Response:
    """The page of a link that is not ours."""
    site_of(request).counts.add("digest_rejected_total", reason="token")
    return notice(request, words_of(request), "unknown", 404, lost=True)


def gone(request: Request, status: int = 410) -> Response:
    """The page of somebody who was forgotten."""
    return notice(request, words_of(request), "gone", status)
