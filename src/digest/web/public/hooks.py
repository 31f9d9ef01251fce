"""`/hooks/…`: where SendGrid posts its events and the mails that arrive there.

What SendGrid is answered decides what it does next. Events: anything but 2xx is posted again for a day, so a signed
batch that will never be understood is answered 200 with what was wrong, and only our own troubles with 503. Mails:
4xx drops them for good and 5xx is tried again for three days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from logging import getLevelName, getLogger
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digest.errors import DigestError
from digest.events import MAX_BODY, SIGNATURE, TIMESTAMP, Told, parse, public_key, read_inbound, refusal
from digest.pipeline.hearing import Heard, hear_told, inbox
from digest.pipeline.project import Project

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

EVENTS = "/hooks/sendgrid/events"
INBOUND = "/hooks/sendgrid/inbound"
PATIENCE = 60.0
AT_ONCE = 4
HELD = 100_000_000

Say = Callable[..., None]

_LOG = getLogger(__name__)


def _log(event: str, level: str = "info", **fields: object) -> None:
    _LOG.log(
        getLevelName(level.upper()), "%s %s", event, " ".join(f"{name}={value}" for name, value in fields.items())
    )


def routes(project: Project, *, say: Say = _log, patience: float = PATIENCE) -> list[Route]:
    """The routes of this room. `say` writes one line of the journal: an event, its level, and fields that hold only
    our own words and numbers. `patience` is how many seconds a body may take to arrive.

    Raises:
        ConfigError: `[delivery.sendgrid] webhook_key` is no public key.
    """
    setting = project.settings.delivery.sendgrid.webhook_key
    key = public_key(setting) if setting else None
    desk = _Desk(project, key, say, patience)
    return [
        Route(EVENTS, desk.guarded(desk.events), methods=["POST"]),
        Route(INBOUND, desk.guarded(desk.inbound), methods=["POST"]),
    ]


class _Refusal(Exception):
    """An answer that ends the request, with its status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class _Desk:
    """Takes what is posted. A few bodies are worked on at a time, and of all those that are arriving at most 100 MB
    are held in memory."""

    def __init__(self, project: Project, key: EllipticCurvePublicKey | None, say: Say, patience: float) -> None:
        self._project = project
        self._key = key
        self._say = say
        self._patience = patience
        self._room = asyncio.Semaphore(AT_ONCE)
        self._held = 0

    def guarded(self, take: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """`take` with its refusals and our own troubles turned into answers."""

        async def answer(request: Request) -> Response:
            place = request.url.path.rpartition("/")[2]
            request.state.held = 0
            try:
                return await take(request)
            except _Refusal as problem:
                self._say("hook", "warning", hook=place, status=problem.status, why=problem.words)
                return JSONResponse({"error": problem.words}, status_code=problem.status)
            except ClientDisconnect:
                self._say("hook", hook=place, status=400, why="hung up before the end")
                return Response(status_code=400)
            except DigestError as problem:
                # Not its text: what a database says may quote what was posted.
                self._say("hook", "error", hook=place, status=503, problem=type(problem).__name__)
                return JSONResponse({"error": "not possible at the moment"}, 503, {"Retry-After": "60"})
            finally:
                self._held -= request.state.held

        return answer

    async def events(self, request: Request) -> Response:
        """A batch of events."""
        if self._key is None:
            raise _Refusal(403, "events are not taken: [delivery.sendgrid] webhook_key is not set")
        signature, timestamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
        if not (signature and timestamp):
            raise _Refusal(403, "not signed")
        body = await self._body(request)
        now = self._project.now()
        async with self._room:
            if why := await run_in_threadpool(refusal, self._key, signature, timestamp, body, now):
                raise _Refusal(403, why)
            told = await run_in_threadpool(parse, body, now)
            return await self._heard("events", told)

    async def inbound(self, request: Request) -> Response:
        """One mail."""
        body = await self._body(request)
        kind = request.headers.get("content-type", "")
        async with self._room:
            told = await run_in_threadpool(read_inbound, kind, body, inbox(self._project))
            return await self._heard("inbound", told)

    async def _heard(self, place: str, told: Told) -> Response:
        heard = await run_in_threadpool(hear_told, self._project, told)
        self._say("hook", hook=place, status=200, heard=heard.words)
        return JSONResponse(_numbers(heard))

    async def _body(self, request: Request) -> bytes:
        """The octets of the body, counted as they arrive; what the length claims only ends it earlier."""
        claimed = request.headers.get("content-length", "")
        if claimed.isdecimal() and len(claimed) < 20 and int(claimed) > MAX_BODY:
            raise _Refusal(413, "larger than 10 MB")
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._patience):
                async for piece in request.stream():
                    size += len(piece)
                    if size > MAX_BODY:
                        raise _Refusal(413, "larger than 10 MB")
                    if self._held + len(piece) > HELD:
                        raise _Refusal(503, "too much is arriving at the same time")
                    self._held += len(piece)
                    request.state.held += len(piece)
                    pieces.append(piece)
        except TimeoutError:
            raise _Refusal(408, "the body took too long to arrive") from None
        return b"".join(pieces)


def _numbers(heard: Heard) -> dict[str, object]:
    """What became of it, for whoever looks at the sender's log."""
    return {
        "new": heard.new,
        "duplicates": heard.duplicates,
        "foreign": heard.foreign,
        "unwanted": heard.unwanted,
        "ignored": dict(heard.ignored),
        "junk": dict(heard.junk),
    }
