"""Start the preview and say where it is; Ctrl-C ends it, and whatever is being sent from it stops safely."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Sequence

import uvicorn

from digest.errors import DigestError
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.web.listening import listen
from digest.web.preview.access import Access, demand_password
from digest.web.preview.app import app
from digest.web.preview.desk import Desk, name_of
from digest.web.preview.door import HOST
from digest.web.preview.looks import SAMPLE, edition_url
from digest.web.preview.who import see


def serve(
    project: Project,
    name: str,
    *,
    port: int,
    say: Callable[[str], None],
    host: str = HOST,
    password: str | None = None,
    known_as: Sequence[str] = (),
    person: str = "the editor",
) -> None:
    """Show the edition that `name` means until Ctrl-C. `port` 0 takes a free one; `say` tells a person a line.

    Another `host` than this machine's own asks everybody for the `password`; `known_as` are further names under which
    browsers reach it. `person` signs what is done until somebody says their name.

    Raises:
        UsageError, ConfigError: `name` means no edition, `port` is no port, or `host` asks for a password.
        DigestError: the port is taken.
    """
    wanted = identify(project, name)
    demand_password(host, password)
    hint = "perhaps another preview is open; `digest preview --port 0` takes a free port"
    listener = listen(host, port, waiting=128, hint=hint, taken="is in use")
    with contextlib.closing(listener):
        port = listener.getsockname()[1]
        start = edition_url(name_of(wanted.id) if name != wanted.digest else name)
        servers: list[uvicorn.Server] = []
        made = app(
            project,
            token=secrets.token_urlsafe(24),
            port=port,
            access=Access(port, host, password, tuple(known_as), person),
            start=start,
            tell=say,
            swift=True,
            stopping=lambda: any(server.should_exit for server in servers),
        )
        threading.Thread(target=_warm, args=(made.state.desk, wanted), daemon=True).start()
        say(f"Preview of {wanted.id}: nothing is sent unless you say so")
        say(f"  Open  {made.state.keys.link()}")
        way = "The link works once" if made.state.access.local else "It asks everybody for the password"
        say(f"  {way}. Ctrl-C ends the preview.")
        config = uvicorn.Config(
            made,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        servers.append(uvicorn.Server(config))
        with contextlib.suppress(KeyboardInterrupt):
            servers[0].run(sockets=[listener])
        made.state.sends.stop()


def _warm(desk: Desk, identity: Identity) -> None:
    """Build what the first page shows while somebody follows the link; what is wrong with it is said by the page."""
    with contextlib.suppress(DigestError):
        see(desk, identity, None, SAMPLE)
