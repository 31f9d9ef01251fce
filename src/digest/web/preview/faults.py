"""What went wrong, as a page in words with a way on; never a traceback."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.errors import ConfigError, DigestError, Refused, Stale, StoreError, TemplateError, UsageError
from digest.web.preview.desk import Desk
from digest.web.preview.pages import apart, page
from digest.web.preview.visitors import Visitor, heard


class GetsNothing(DigestError):
    """A reader gets nothing of an edition."""


_STATUS: tuple[tuple[type[DigestError], HTTPStatus, str], ...] = (
    (GetsNothing, HTTPStatus.NOT_FOUND, "This reader gets nothing"),
    (TemplateError, HTTPStatus.INTERNAL_SERVER_ERROR, "A template cannot be rendered"),
    (ConfigError, HTTPStatus.INTERNAL_SERVER_ERROR, "The settings cannot be used as they stand"),
    (UsageError, HTTPStatus.BAD_REQUEST, "This view does not exist"),
    (Refused, HTTPStatus.CONFLICT, "There is no edition to show"),
    (Stale, HTTPStatus.SERVICE_UNAVAILABLE, "The store cannot be used now"),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE, "The store cannot be read"),
)


def desk_of(request: Request) -> Desk:
    """The desk that this app shows."""
    desk: Desk = request.app.state.desk
    return desk


def fault(request: Request, problem: Exception) -> Response:
    """The page for an error that `digest` raised on purpose."""
    if not isinstance(problem, DigestError):
        return broken(request, problem)
    found = (entry[1:] for entry in _STATUS if isinstance(problem, entry[0]))
    status, title = next(found, (HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed"))
    return _page(request, status, title, problem.what, problem.where, problem.hint)


def not_found(request: Request, problem: Exception) -> Response:
    """The page for an address that nothing stands at."""
    status = problem.status_code if isinstance(problem, HTTPException) else HTTPStatus.NOT_FOUND
    if status != HTTPStatus.NOT_FOUND:
        return _page(request, status, "This cannot be shown", HTTPStatus(status).phrase, None, None)
    return missing(request, "There is no page at this address.")


def missing(request: Request, what: str, links: tuple[tuple[str, str], ...] = ()) -> Response:
    """A page that says what there is not, with links (address, words) to what there is."""
    return _page(request, HTTPStatus.NOT_FOUND, "Not here", what, None, None, links)


def broken(request: Request, _problem: Exception) -> Response:
    """The page for a bug; what it was is written to the terminal by the server."""
    hint = "The terminal where the preview runs says more. The other pages still work."
    return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke", "This page failed.", None, hint)


def _page(
    request: Request,
    status: HTTPStatus | int,
    title: str,
    what: str,
    where: str | None,
    hint: str | None,
    links: tuple[tuple[str, str], ...] = (),
) -> Response:
    again = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    visitor: Visitor | None = request.scope.get("state", {}).get("visitor")
    ours = visitor is not None and visitor.edition is None
    if not ours:
        # What is wrong in whose file is the newsroom's own matter.
        where, hint, links = None, None, ()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            title, what = "This cannot be shown just now", "Somebody is working on it. Look again in a moment."
    values = {
        "publication": desk_of(request).name,
        "guest": not ours,
        "title": title,
        "what": what,
        "where": where,
        "hint": hint,
        "links": links,
        "again": again if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.CONFLICT else None,
        "home": "All digests" if ours else "The edition" if visitor else "",
    }
    if visitor is None:
        return apart("fault", status, **values)
    return page("fault", status, live=urlencode({"since": desk_of(request).stamp(heard(request))}), **values)
