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

from digest.errors import DigestError
from digest.pipeline.naming import Identity, identify
from digest.web.preview.desk import Desk
from digest.web.preview.faults import desk_of
from digest.web.preview.proof import name_of
from digest.web.preview.visitors import heard, visitor_of

LOOKS_EVERY: Final = 0.04
SAYS_EVERY: Final = 15.0
_SCRIPT: Final = Path(__file__).parent / "html" / "preview.js"
_CHANGED: Final = b"event: changed\ndata: now\n\n"
_BUILT: Final = b"event: built\ndata: now\n\n"


def live_of(request: Request, identity: Identity | None = None) -> str:
    """What a page that is made now listens with; take it before the page is made, so that nothing is missed. With
    `identity` it is also told when that is built. Somebody who was given one edition hears of no other."""
    desk = desk_of(request)
    since = {"since": desk.stamp(heard(request))}
    if identity is not None and desk.waits(identity):
        since["until"] = name_of(identity.id)
    return urlencode(since)


class Watch:
    """The stamp of the publication's files, looked up no more often than every few hundredths of a second however
    many pages ask. `stopping` says when everyone is to be let go, `still_open` whether a share (by its id) is."""

    def __init__(self, desk: Desk, stopping: Callable[[], bool], still_open: Callable[[str], bool]) -> None:
        self._desk = desk
        self._known: dict[str | None, tuple[str, float]] = {}
        self.stopping = stopping
        self.still_open = still_open

    def differs(self, since: str, edition: str | None = None) -> bool:
        """Whether the files, or those of one edition, are no longer as they were at `since`."""
        now = time.monotonic()
        stamp, at = self._known.get(edition, ("", 0.0))
        # What was looked up a moment ago may be older than the page that asks.
        if now - at >= LOOKS_EVERY or stamp != since:
            stamp = self._desk.stamp(edition)
            self._known[edition] = stamp, now
        return stamp != since


async def live(request: Request) -> Response:
    """One event as soon as the files differ from `since`, or as the edition `until` is built; then the end. It says
    that something changed and no more. Whoever came by a share that was taken back meanwhile is told nothing."""
    watch: Watch = request.app.state.watch
    since, until = request.query_params.get("since", ""), request.query_params.get("until")
    desk, edition, share = desk_of(request), heard(request), visitor_of(request).share

    async def let_in() -> bool:
        return share is None or await run_in_threadpool(watch.still_open, share)

    async def events() -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        if until and not watch.differs(since, edition) and await run_in_threadpool(_built, desk, until):
            yield _BUILT
            return
        said = time.monotonic()
        while not watch.stopping():
            if watch.differs(since, edition):
                if await let_in():
                    yield _CHANGED
                return
            if time.monotonic() - said > SAYS_EVERY:
                if not await let_in():
                    return
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
