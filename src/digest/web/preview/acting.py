"""Everything that the preview can do beside showing: its addresses, each with the right that it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.errors import Declined, DigestError, Refused, Stale, UsageError
from digest.web.preview import entering
from digest.web.preview.door import ENTER
from digest.web.preview.faults import desk_of
from digest.web.preview.forms import TOKEN_FIELD, Forged, Form, read
from digest.web.preview.later import later
from digest.web.preview.pages import page
from digest.web.preview.visitors import visitor_of

Act = Callable[[Request, Form], Response]
Show = Callable[[Request], Response]

# Address, the module whose `show` answers a GET and whose `act` a POST, and the right for each.
PLACES: Final = (
    ("/e/{edition}/edit", "hand", "edit", "edit"),
    ("/e/{edition}/approve", "approving", "approve", "approve"),
    ("/e/{edition}/remarks", "remarking", "view", "comment"),
    ("/e/{edition}/test", "rehearsing", "edit", "edit"),
    ("/e/{edition}/shares", "shares", "edit", "edit"),
    ("/e/{edition}/send", "sending_board", "edit", "edit"),
    ("/me", "signing", "edit", "edit"),
)


def routes() -> list[Route]:
    """The routes of all that acts."""
    made = [Route("/e/{edition}/report", _shown(later("reports", "show"), "edit"), methods=["GET"])]
    for path, module, looking, doing in PLACES:
        made += [
            Route(path, _shown(later(module, "show"), looking), methods=["GET"]),
            Route(path, _done(later(module, "act"), doing), methods=["POST"]),
        ]
    return [
        *made,
        Route("/share/{token}", entering.shared, methods=["GET"]),
        Route("/share/{token}", entering.enter_share, methods=["POST"]),
        Route(ENTER, entering.form, methods=["GET"]),
        Route(ENTER, entering.enter, methods=["POST"]),
        Route("/hand.css", later("hand", "style"), methods=["GET"]),
    ]


def _shown(show: Show, right: str) -> Show:
    def endpoint(request: Request) -> Response:
        if not visitor_of(request).may(right):
            return _declined(request, Refused("your link does not have the right to this page"), HTTPStatus.FORBIDDEN)
        return show(request)

    return endpoint


def _done(act: Act, right: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does something: only with the right to it, and for a form that was made for this session."""

    async def endpoint(request: Request) -> Response:
        from digest.pipeline.editing import Clash

        visitor = visitor_of(request)
        try:
            if not visitor.may(right):
                raise Forged("your link does not have the right to this")
            form = await read(request)
            if not visitor.wrote(form.fields.get(TOKEN_FIELD, "")):
                raise Forged("this form is not of this session", hint="open the page again, and send it from there")
            return await run_in_threadpool(act, request, form)
        except Clash as clash:
            return await run_in_threadpool(later("clashing", "clash_page"), request, form, clash)
        except DigestError as problem:
            return await run_in_threadpool(_declined, request, problem, _status(problem))

    return endpoint


def _status(problem: DigestError) -> HTTPStatus:
    if isinstance(problem, Forged):
        return HTTPStatus.FORBIDDEN
    if isinstance(problem, UsageError):
        return HTTPStatus.BAD_REQUEST
    if isinstance(problem, Refused | Stale | Declined):
        return HTTPStatus.CONFLICT
    return HTTPStatus.SERVICE_UNAVAILABLE


def _declined(request: Request, problem: DigestError, status: HTTPStatus) -> Response:
    """The page that says why nothing was done, with the way back."""
    return page(
        "declined",
        status,
        publication=desk_of(request).name,
        guest=visitor_of(request).edition is not None,
        what=problem.what,
        where=problem.where,
        hint=problem.hint,
        back=request.url.path,
    )
