"""How people come in who have no terminal here: by a password, or by a shared link."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.errors import DigestError
from digest.web.preview.access import Access
from digest.web.preview.desk import name_of
from digest.web.preview.door import ENTER, give_cookie
from digest.web.preview.faults import desk_of
from digest.web.preview.forms import read
from digest.web.preview.looks import edition_url
from digest.web.preview.pages import apart, locked
from digest.web.preview.visitors import visitors_of
from digest.web.preview.wording import day_in_words

if TYPE_CHECKING:
    from digest.store.sharing import Share

RIGHTS: Final = {
    "view": "look at it",
    "comment": "look at it and remark on it",
    "approve": "look at it, remark on it and approve it",
}


def form(request: Request) -> Response:
    """The page that asks for the password."""
    if access_of(request).local:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    return _ask(request, HTTPStatus.OK, "")


async def enter(request: Request) -> Response:
    """Let somebody in who knows the password. There is no session yet that a form could be bound to; the door has
    looked at where it was sent from."""
    from digest.pipeline.editing import person

    access, tries = access_of(request), request.app.state.tries
    now = visitors_of(request).now().timestamp()
    if tries.too_many(now):
        answer = _ask(request, HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong passwords. Try again in a minute.")
        answer.headers["Retry-After"] = "60"
        return answer
    try:
        given = await read(request)
        name = person(given.word("name"))
    except DigestError as problem:
        return _ask(request, HTTPStatus.BAD_REQUEST, problem.what)
    if not access.opens(given.fields.get("password", "")):
        tries.failed(now)
        return _ask(request, HTTPStatus.FORBIDDEN, "That is not the password.", name)
    answer = RedirectResponse(request.app.state.start, HTTPStatus.SEE_OTHER)
    give_cookie(answer, request.app.state.keys.cookie, visitors_of(request).enter(name))
    return answer


def shared(request: Request) -> Response:
    """The page of a shared link: for whom, what it opens, until when. Looking at it changes nothing."""
    share = _share(request)
    if share is None:
        return _over()
    project = desk_of(request).project()
    name = share.edition.partition("/")[0]
    digest = project.settings.digests.get(name)
    return apart(
        "shared",
        publication=project.settings.publication.name,
        token=request.path_params["token"],
        person=share.person,
        edition=digest.label or name if digest else name,
        day=day_in_words(share.edition.partition("/")[2][:10]),
        right=RIGHTS[share.right],
        until=f"{share.expires.astimezone(project.zone):%A %d %B, %H:%M}",
    )


async def enter_share(request: Request) -> Response:
    """Come in by a shared link: a session for its person, its edition and its right. The link itself is what is
    asked for; the door has looked at where the form was sent from."""
    share = await run_in_threadpool(_share, request)
    if share is None:
        return _over()
    edition = name_of(share.edition)
    visitor = visitors_of(request).enter(share.person, right=share.right, share=share.id, edition=edition)
    answer = RedirectResponse(edition_url(edition), HTTPStatus.SEE_OTHER)
    give_cookie(answer, request.app.state.keys.cookie, visitor)
    return answer


def access_of(request: Request) -> Access:
    """From where this preview may be reached."""
    found: Access = request.app.state.access
    return found


def _share(request: Request) -> Share | None:
    from digest.pipeline import sharing

    return sharing.opened(desk_of(request).project(), request.path_params["token"])


def _over() -> Response:
    return locked(
        HTTPStatus.FORBIDDEN,
        "This link does not open anything any more",
        "It was taken back, its time is over, or it is not whole. Ask whoever sent it for a new one.",
    )


def _ask(request: Request, status: HTTPStatus, problem: str, name: str = "") -> Response:
    return apart("enter", status, publication=desk_of(request).name, action=ENTER, problem=problem, name=name)
