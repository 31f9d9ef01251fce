"""Tell an open page that a file was saved, or that what it waits for is built: server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html. A page says what it was made from; it is told once
when that is no longer so, fetches itself again and listens anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from digest.errors import DigestError
from digest.pipeline.naming import Identity, identify
from digest.web.preview.desk import Desk
from digest.web.preview.faults import desk_of
from digest.web.preview.proof import name_of

LOOKS_EVERY: Final = 0.04
SAYS_EVERY: Final = 15.0
_SCRIPT: Final = Path(__file__).parent / "html" / "preview.js"
_CHANGED: Final = b"event: changed\ndata: now\n\n"
_BUILT: Final = b"event: built\ndata: now\n\n"


def routes() -> list[Route]:
    """The addresses of the events and of the script that listens to them."""
    return [Route("/live", live), Route("/preview.js", script)]


def live_of(desk: Desk, identity: Identity | None = None) -> str:
    """What a page that is made now listens with; take it before the page is made, so that nothing is missed."""
    since = {"since": desk.stamp()}
    if identity is not None and desk.waits(identity):
        since["until"] = name_of(identity.id)
    return urlencode(since)


class Watch:
    """The stamp of the publication's files, looked up no more often than every few hundredths of a second however
    many pages ask. `stopping` says when everyone is to be let go."""

    def __init__(self, desk: Desk, stopping: Callable[[], bool] = lambda: False) -> None:
        self._desk = desk
        self._stamp = ""
        self._at = 0.0
        self.stopping = stopping

    def differs(self, since: str) -> bool:
        """Whether the files are no longer as they were at `since`."""
        now = time.monotonic()
        # What was looked up a moment ago may be older than the page that asks.
        if now - self._at >= LOOKS_EVERY or self._stamp != since:
            self._stamp, self._at = self._desk.stamp(), now
        return self._stamp != since


async def live(request: Request) -> Response:
    """One event as soon as the files differ from `since`, or as the edition `until` is built; then the end."""
    watch: Watch = request.app.state.watch
    since, until = request.query_params.get("since", ""), request.query_params.get("until")
    desk = desk_of(request)

    async def events() -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        if until and not watch.differs(since) and await run_in_threadpool(_built, desk, until):
            yield _BUILT
            return
        said = time.monotonic()
        while not watch.stopping():
            if watch.differs(since):
                yield _CHANGED
                return
            if time.monotonic() - said > SAYS_EVERY:
                said = time.monotonic()
                yield b": still the same\n\n"
            await asyncio.sleep(LOOKS_EVERY)

    return StreamingResponse(events(), media_type="text/event-stream")


def script(_request: Request) -> Response:
    """The one script of our own pages."""
    return Response(_SCRIPT.read_bytes(), media_type="text/javascript; charset=utf-8")


def _built(desk: Desk, name: str) -> bool:
    """Build the whole edition; whether there is something new to show for it."""
    try:
        identity = identify(desk.project(), name)
    except DigestError:
        return False
    # What is wrong with it is said by the page.
    with contextlib.suppress(DigestError):
        desk.proof(identity)
    return not desk.waits(identity)
