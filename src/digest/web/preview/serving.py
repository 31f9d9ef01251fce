"""Start the preview on this machine and say where it is; Ctrl-C ends it."""

from __future__ import annotations

import contextlib
import errno
import secrets
import socket
from collections.abc import Callable

import uvicorn

from digest.errors import DigestError, UsageError
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.web.preview.app import app
from digest.web.preview.desk import name_of
from digest.web.preview.door import HOST
from digest.web.preview.looks import edition_url


def serve(project: Project, name: str, *, port: int, say: Callable[[str], None]) -> None:
    """Show the edition that `name` means until Ctrl-C. `port` 0 takes a free one; `say` tells a person a line.

    Raises:
        UsageError, ConfigError: `name` means no edition, or `port` is no port.
        DigestError: the port is taken.
    """
    wanted = identify(project, name)
    listener = _listen(port)
    with contextlib.closing(listener):
        port = listener.getsockname()[1]
        start = edition_url(name_of(wanted.id) if name != wanted.digest else name)
        made = app(project, token=secrets.token_urlsafe(24), port=port, start=start, tell=say)
        say(f"Preview of {wanted.id}: nothing is sent from here")
        say(f"  Open  {made.state.keys.link()}")
        say("  The link works once. Ctrl-C ends the preview.")
        config = uvicorn.Config(
            made,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    """A socket that listens on this machine only."""
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} is no port", where="--port", hint="0 takes a free one")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as problem:
        listener.close()
        taken = problem.errno == errno.EADDRINUSE
        raise DigestError(
            f"port {port} is in use" if taken else f"port {port} cannot be opened: {problem.strerror}",
            where=f"{HOST}:{port}",
            hint="perhaps another preview is open; `digest preview --port 0` takes a free port",
        ) from problem
    return listener
