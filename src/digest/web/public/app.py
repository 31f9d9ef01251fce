"""The readers' side as a Starlette app: every address there is, mounted in one place."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.pipeline.project import Project
from digest.web.public import answering, archive_pages, choosing, hooks, joining, leaving, operations, pictures
from digest.web.public.clients import Proxies
from digest.web.public.door import Door
from digest.web.public.journal import Journal
from digest.web.public.pages import notice
from digest.web.public.rounds import Round, keep_doing
from digest.web.public.site import Site, words_of

# A page is more work than waiting: with many threads the one that takes requests gets its turn too late. It is also
# well below the fifteen connections that SQLAlchemy's pool lends.
THREADS = 4


def app(
    project: Project,
    *,
    write: Callable[[str], object],
    rounds: Sequence[Round] = (),
    ticks: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Everything that readers and providers reach.

    Args:
        project: the publication.
        write: takes the journal's lines.
        rounds: what is done beside answering, from start to end.
        ticks: seconds, to measure how long answers take.

    Raises:
        ConfigError: `[serve] proxies` names what is no address.
    """
    site = Site(project, Journal(write, project.clock), Proxies(project.settings.serve.proxies))
    routes: list[BaseRoute] = [
        *leaving.ROUTES,
        *choosing.ROUTES,
        *answering.ROUTES,
        *joining.ROUTES,
        *operations.ROUTES,
        *pictures.ROUTES,
        *hooks.routes(project, say=site.journal.say),
        *archive_pages.routes(project),
        joining.HOME,
    ]
    rooms = frozenset(route.path.split("/", 2)[1] for route in routes if isinstance(route, Route))

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        from anyio.to_thread import current_default_thread_limiter

        current_default_thread_limiter().total_tokens = THREADS
        stop = asyncio.Event()
        tasks = [asyncio.create_task(keep_doing(one, stop, site.journal, site.counts)) for one in rounds]
        site.journal.say("started")
        try:
            yield
        finally:
            site.stopping = True
            stop.set()
            await asyncio.gather(*tasks)
            site.journal.say("stopped")

    made = Starlette(
        routes=routes,
        lifespan=life,
        middleware=[Middleware(Door, site=site, rooms=rooms, ticks=ticks)],
        exception_handlers={HTTPException: _refused},
    )
    made.state.site = site
    return made


def _refused(request: Request, problem: Any) -> Response:
    """The page for an address that nothing stands at, or a method that nobody takes."""
    status = int(problem.status_code)
    answer = notice(request, words_of(request), "missing", status)
    for name, value in (problem.headers or {}).items():
        answer.headers[name] = value
    return answer
