"""Who may look: only this machine's browser, by a link that works once, and only to read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.datastructures import URL, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.preview.guards import guard
from digest.web.preview.pages import locked

HOST = "127.0.0.1"
TOKEN = "t"  # noqa: S105


class Keys:
    """The one-time token of the printed link, and the session that it opens. Both live as long as this run.

    A used link is answered with a fresh one, given to `tell`: to the terminal, never to the page that asked.
    """

    def __init__(self, token: str, port: int, tell: Callable[[str], None] | None = None) -> None:
        self.cookie = f"digest_preview_{port}"
        self.session = secrets.token_urlsafe(32)
        self._address = f"http://{HOST}:{port}/"
        self._fresh: str | None = token
        self._used: list[str] = []
        self._tell = tell

    def link(self) -> str:
        """The address that opens the preview; a new one when the last was used."""
        if self._fresh is None:
            self._fresh = secrets.token_urlsafe(24)
        return f"{self._address}?{urlencode({TOKEN: self._fresh})}"

    def known(self, cookie: str) -> bool:
        """Whether a session cookie is ours."""
        return _same(cookie, self.session)

    def open(self, token: str) -> bool:
        """Whether a token opens the door; it does so once."""
        if self._fresh is not None and _same(token, self._fresh):
            self._used.append(self._fresh)
            self._fresh = None
            return True
        if self._tell is not None and any(_same(token, used) for used in self._used):
            self._tell(f"That link was used before. A fresh one: {self.link()}")
        return False


class Door:
    """ASGI middleware in front of every page: Host, method, then token or session; all answers leave guarded."""

    def __init__(self, app: ASGIApp, *, keys: Keys, port: int, start: str) -> None:
        self._app = app
        self._keys = keys
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
        if port == 80:
            self._hosts |= {HOST, "localhost"}
        self._start = start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = self._refusal(request)
        if refused is not None:
            guard(refused.headers)
            await refused(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard(MutableHeaders(raw=message["headers"]))
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        """The answer that ends the request here; None lets it in."""
        # A page elsewhere that makes its own name point at this machine still sends that name (DNS rebinding).
        if request.headers.get("host", "").lower() not in self._hosts:
            return locked(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This preview answers only to this machine",
                "Open it by the link that “digest preview” printed in the terminal.",
            )
        if request.method not in ("GET", "HEAD"):
            answer = locked(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "This preview only shows",
                "Nothing can be changed or sent from here; use the command line.",
            )
            answer.headers["Allow"] = "GET, HEAD"
            return answer
        inside = self._keys.known(request.cookies.get(self._keys.cookie, ""))
        token = request.query_params.get(TOKEN)
        if token is None:
            return None if inside else self._closed("This preview is locked")
        if inside:
            return RedirectResponse(self._without_token(request.url), HTTPStatus.SEE_OTHER)
        if request.method == "HEAD" or not self._keys.open(token):
            return self._closed("This link does not open the preview any more")
        entered = RedirectResponse(self._without_token(request.url), HTTPStatus.SEE_OTHER)
        entered.set_cookie(self._keys.cookie, self._keys.session, httponly=True, samesite="strict", path="/")
        return entered

    def _closed(self, what: str) -> Response:
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


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), right.encode())
