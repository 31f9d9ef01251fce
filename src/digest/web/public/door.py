"""In front of every page: whose request it is, what every answer carries, a line in the journal, no traceback."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.errors import DigestError, Stale
from digest.web.public.clients import parsed
from digest.web.public.forms import TooLarge, TooSlow
from digest.web.public.guards import PERSONAL, guard
from digest.web.public.pages import notice
from digest.web.public.site import Site, words_of

MAX_PATH = 2_000


class Door:
    """ASGI middleware. `ticks` measures seconds."""

    def __init__(self, app: ASGIApp, *, site: Site, rooms: frozenset[str], ticks: Callable[[], float]) -> None:
        self._app = app
        self._site = site
        self._rooms = rooms
        self._ticks = ticks
        self._secure = site.project.settings.publication.base_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._led(scope)
        began, status = self._ticks(), 0
        room = scope["path"].split("/", 2)[1]
        personal = room in PERSONAL

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                guard(MutableHeaders(raw=message["headers"]), personal=personal, secure=self._secure)
            await send(message)

        # The address of a page is a secret of its reader, so the journal names the room alone.
        name = room if room in self._rooms else "-"
        try:
            if len(scope["path"]) > MAX_PATH:
                await self._say(scope, "missing", 414)(scope, receive, send_guarded)
            else:
                await self._app(scope, receive, send_guarded)
        except TooLarge:
            self._site.counts.add("digest_rejected_total", reason="large")
            await self._say(scope, "large", 413)(scope, receive, send_guarded)
        except TooSlow:
            self._site.counts.add("digest_rejected_total", reason="slow")
            await self._say(scope, "busy", 408)(scope, receive, send_guarded)
        except ClientDisconnect:
            self._site.counts.add("digest_rejected_total", reason="gone")
        except Exception as problem:
            self._site.journal.broke("failed", problem, room=name, method=_method(scope))
            if status:
                raise
            await self._failed(scope, problem)(scope, receive, send_guarded)
        seconds = self._ticks() - began
        self._site.counts.answered(name, status, seconds)
        self._site.journal.say(
            "request", room=name, method=_method(scope), status=status, ms=round(seconds * 1000, 1)
        )

    def _led(self, scope: Scope) -> Scope:
        """The request with its client looked up, and its path without the publication's own prefix."""
        headers = Headers(scope=scope)
        forwarded = headers.get("x-forwarded-for", "")
        peer = (scope.get("client") or ("", 0))[0]
        client = self._site.proxies.client(peer, forwarded)
        more = {
            "app": scope.get("app"),
            "digest.client": client,
            "digest.foreign_proxy": bool(forwarded) and client == parsed(peer),
        }
        prefix = self._site.prefix
        path = scope["path"]
        if prefix and path.startswith(f"{prefix}/"):
            more |= {"path": path[len(prefix) :], "raw_path": None}
        return {**scope, **more}

    def _say(self, scope: Scope, key: str, status: int) -> Response:
        request = Request(scope)
        return notice(request, words_of(request), key, status)

    def _failed(self, scope: Scope, problem: Exception) -> Response:
        busy = isinstance(problem, Stale)
        answer = self._say(scope, "failed", 503 if busy or isinstance(problem, DigestError) else 500)
        if busy:
            answer.headers["Retry-After"] = "5"
        return answer


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST") else "other"
