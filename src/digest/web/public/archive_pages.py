"""`/archive/`, `/latest` and what belongs to them: pages that everybody may read, keep and link to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from digest.archive import Entry, atom, gone_page, issue_page, list_page, rss, sheet, sitemap, topic_page
from digest.archive import places as at
from digest.pipeline.archiving import Archive, open_archive
from digest.pipeline.project import Project

# Pictures come from where the stories have them; nothing else does, and nothing runs.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HTML, _ATOM, _RSS, _XML, _CSS = (
    "text/html; charset=utf-8",
    "application/atom+xml; charset=utf-8",
    "application/rss+xml; charset=utf-8",
    "application/xml; charset=utf-8",
    "text/css; charset=utf-8",
)
Give = Callable[[Archive, Request], Response | None]


def routes(project: Project) -> list[BaseRoute]:
    """The archive's addresses; none where the publication has no archive."""
    archive = open_archive(project)
    if archive is None:
        return []
    given: dict[str, Give] = {
        f"/{at.LIST}": _list,
        f"/{at.LATEST}": _latest,
        f"/{at.ATOM}": partial(_feed, write=atom, kind=_ATOM),
        f"/{at.RSS}": partial(_feed, write=rss, kind=_RSS),
        f"/{at.SITEMAP}": _sitemap,
        f"/{at.SHEET}": _sheet,
        f"/{at.LIST}topic/{{name}}/": _topic,
        f"/{at.LIST}{{edition:path}}/": _issue,
    }
    return [Route(path, _answer(archive, give), methods=["GET"]) for path, give in given.items()]


def _answer(archive: Archive, give: Give) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        found = await run_in_threadpool(give, archive, request)
        return found if found is not None else Response("Nothing is here.\n", 404, media_type="text/plain")

    return answer


def _list(archive: Archive, request: Request) -> Response:
    return _given(request, list_page(archive.paper(), archive.places, archive.entries()), _HTML)


def _latest(archive: Archive, _request: Request) -> Response | None:
    newest = next(iter(_readable(archive)), None)
    return RedirectResponse(archive.places.here(at.issue(newest.id)), 302) if newest else None


def _issue(archive: Archive, request: Request) -> Response | None:
    found = archive.issue(request.path_params["edition"])
    if found is None:
        return None
    if isinstance(found, Entry):
        return _given(request, gone_page(archive.paper(), archive.places, found), _HTML, 410)
    older, newer = _beside(_readable(archive), found.entry.id)
    page = issue_page(archive.paper(), archive.places, found, older=older, newer=newer)
    return _given(request, page, _HTML)


def _topic(archive: Archive, request: Request) -> Response | None:
    name = request.path_params["name"]
    paper = archive.paper()
    if name not in paper.topics:
        return None
    return _given(request, topic_page(paper, archive.places, name, archive.topic(name, archive.entries(200))), _HTML)


def _feed(archive: Archive, request: Request, *, write: Callable[..., str], kind: str) -> Response:
    return _given(request, write(archive.paper(), archive.places, archive.newest()), kind)


def _sitemap(archive: Archive, request: Request) -> Response:
    return _given(request, sitemap(archive.places, archive.entries(), archive.paper().topics), _XML)


def _sheet(archive: Archive, request: Request) -> Response:
    return _given(request, sheet(archive.paper()), _CSS)


def _readable(archive: Archive) -> list[Entry]:
    return [entry for entry in archive.entries() if entry.withdrawn is None]


def _beside(entries: Sequence[Entry], key: str) -> tuple[Entry | None, Entry | None]:
    place = next((number for number, entry in enumerate(entries) if entry.id == key), None)
    if place is None:
        return None, None
    older = entries[place + 1] if place + 1 < len(entries) else None
    return older, entries[place - 1] if place else None


def _given(request: Request, content: str, kind: str, status: int = 200) -> Response:
    """The content with its ETag, or 304 when the caller has it already (RFC 9110, sections 8.8.3 and 13.1.2)."""
    octets = content.encode()
    tag = f'"{hashlib.sha256(octets).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60", "Content-Security-Policy": POLICY}
    asked = request.headers.get("if-none-match", "")
    if status == 200 and tag in (part.strip().removeprefix("W/") for part in asked.split(",")):
        return Response(None, 304, headers)
    return Response(octets, status, headers | {"Content-Type": kind})
