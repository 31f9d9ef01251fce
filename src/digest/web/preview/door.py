"""Who may come in, and with what: the host that was asked for, the session, and where a form was sent from."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.preview.access import LOOPBACK, Access
from digest.web.preview.guards import guard
from digest.web.preview.pages import locked
from digest.web.preview.rights import open_to
from digest.web.preview.visitors import Visitor, Visitors

HOST: Final = LOOPBACK
TOKEN: Final = "t"  # noqa: S105
METHODS: Final = ("GET", "HEAD", "POST")
# Addresses that people without a session may have: the form for the password, and shared links.
ENTER: Final = "/enter"
SHARED: Final = "/share/"


class Keys:
    """The one-time token of the printed link. Where others than this machine may come in there is none: they have a
    password. A used link is answered with a fresh one, given to `tell`: to the terminal, never to the page that
    asked."""

    def __init__(self, token: str, access: Access, tell: Callable[[str], None] | None = None) -> None:
        self.cookie = f"digest_preview_{access.port}"
        self._address = access.address
        self._fresh: str | None = token
        self._used: list[str] = []
        self._tell = tell
        self._local = access.local

    def link(self) -> str:
        """The address that opens the preview; a new one when the last was used."""
        if not self._local:
            return self._address
        if self._fresh is None:
            self._fresh = secrets.token_urlsafe(24)
        return f"{self._address}?{urlencode({TOKEN: self._fresh})}"

    def open(self, token: str) -> bool:
        """Whether a token opens the door; it does so once."""
        if not self._local:
            return False
        if self._fresh is not None and _same(token, self._fresh):
            self._used.append(self._fresh)
            self._fresh = None
            return True
        if self._tell is not None and any(_same(token, used) for used in self._used):
            self._tell(f"That link was used before. A fresh one: {self.link()}")
        return False


class Door:
    """ASGI middleware in front of every page: Host, method, Origin, then token or session; all answers leave guarded.

    `still_open` says whether a share (by its id) is, so that taking one back shuts out whoever came in by it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Keys,
        access: Access,
        visitors: Visitors,
        start: str,
        still_open: Callable[[str], bool],
    ) -> None:
        self._app = app
        self._keys = keys
        self._access = access
        self._visitors = visitors
        self._start = start
        self._still_open = still_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = await self._refusal(request)
        if refused is not None:
            guard(refused.headers)
            await refused(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard(MutableHeaders(raw=message["headers"]))
            await send(message)

        await self._app(scope, receive, send_guarded)

    async def _refusal(self, request: Request) -> Response | None:
        """The answer that ends the request here; None lets it in, with its visitor in the request's state."""
        host = request.headers.get("host", "")
        if not self._access.answers_to(host):
            return locked(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This preview does not answer to this name"
                if not self._access.local
                else "This preview answers only to this machine",
                "Open it by the link that “digest preview” printed in the terminal.",
            )
        if request.method not in METHODS:
            answer = locked(
                HTTPStatus.METHOD_NOT_ALLOWED, "This cannot be done", "A page is opened, or a form is sent."
            )
            answer.headers["Allow"] = ", ".join(METHODS)
            return answer
        # Browsers say with every form where it stood; a form on another site can name no origin of ours.
        if request.method == "POST" and not _from_here(request.headers.get("origin", ""), host):
            return locked(
                HTTPStatus.FORBIDDEN,
                "This form came from somewhere else",
                "Nothing was done. Forms are sent from the preview’s own pages only.",
            )
        path = request.scope["path"]
        visitor = self._visitors.find(request.cookies.get(self._keys.cookie, ""))
        if visitor is not None and visitor.share and not await run_in_threadpool(self._still_open, visitor.share):
            self._visitors.leave(visitor)
            visitor = None
        request.scope.setdefault("state", {})["visitor"] = visitor
        token = request.query_params.get(TOKEN)
        if visitor is not None and token is None:
            return self._within(visitor, request)
        if path.startswith(SHARED) or (path == ENTER and not self._access.local):
            return None
        if token is None:
            return self._closed("This preview is locked")
        if visitor is not None:
            return RedirectResponse(self._without_token(request.url), HTTPStatus.SEE_OTHER)
        if request.method != "GET" or not self._keys.open(token):
            return self._closed("This link does not open the preview any more")
        entered = RedirectResponse(self._without_token(request.url), HTTPStatus.SEE_OTHER)
        give_cookie(entered, self._keys.cookie, self._visitors.enter(self._access.person))
        return entered

    def _within(self, visitor: Visitor, request: Request) -> Response | None:
        """None for a page that the visitor may have; somebody who came by a shared link has one edition."""
        path = request.scope["path"]
        if path.startswith(SHARED) or open_to(visitor, request.method, path, request.url.query):
            return None
        if path == "/" and request.method != "POST":
            return RedirectResponse(f"/e/{quote(visitor.edition or '', safe='@')}", HTTPStatus.SEE_OTHER)
        return locked(
            HTTPStatus.FORBIDDEN,
            "This is not part of what was shared with you",
            "Your link opens one edition, with the right that was given to you. Ask the newsroom for another.",
        )

    def _closed(self, what: str) -> Response:
        if not self._access.local:
            return RedirectResponse(ENTER, HTTPStatus.SEE_OTHER)
        return locked(
            HTTPStatus.FORBIDDEN,
            what,
            "Open the link that “digest preview” printed in the terminal. It works once; opened again, it is "
            "answered with a fresh one in the terminal.",
        )

    def _without_token(self, url: URL) -> str:
        """Where to go on: the same page without the token, or the edition that was asked for on the command line."""
        rest = url.remove_query_params(TOKEN)
        path = rest.path if rest.path.strip("/") else self._start
        # Two slashes at the start would name another site.
        path = "/" + path.lstrip("/\\")
        return path + (f"?{rest.query}" if rest.query else "")


def give_cookie(answer: Response, name: str, visitor: Visitor) -> None:
    """Let a browser in: no script reads the cookie, and no other site can make the browser send it."""
    answer.set_cookie(name, visitor.key, httponly=True, samesite="strict", path="/")


def _from_here(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _same(parts.netloc.lower(), host.lower())


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
