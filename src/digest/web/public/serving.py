"""Run the readers' side until it is asked to end; what is under way is ended first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import uvicorn

from digest.pipeline.project import Project
from digest.web.listening import listen
from digest.web.public.app import app
from digest.web.public.rounds import usual


def serve(
    project: Project, *, host: str, port: int, say: Callable[[str], None], write: Callable[[str], object]
) -> None:
    """Answer readers until SIGINT or SIGTERM. `port` 0 takes a free one; `say` tells a person a line, `write` takes
    the journal.

    Raises:
        UsageError: that is no port.
        DigestError: the port is taken.
    """
    hint = "`digest serve --port 0` takes a free one; [serve] port sets another"
    listener = listen(host, port, waiting=512, hint=hint)
    with contextlib.closing(listener):
        made = app(project, write=write, rounds=usual(project))
        config = uvicorn.Config(
            made,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="none",
            server_header=False,
            date_header=True,
            proxy_headers=False,
            h11_max_incomplete_event_size=32_768,
            limit_concurrency=500,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=10,
        )
        shown = f"[{host}]" if ":" in host else host
        say(f"Readers' pages of {project.settings.publication.name}: http://{shown}:{listener.getsockname()[1]}/join")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
