"""Start the preview and say where it is; Ctrl-C ends it, and whatever is being sent from it stops safely."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import uvicorn

from digest.errors import DigestError
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.web.listening import listen
from digest.web.preview import acting, looking
from digest.web.preview.access import Access, demand_password
from digest.web.preview.app import app
from digest.web.preview.desk import Desk, name_of
from digest.web.preview.door import HOST
from digest.web.preview.later import load
from digest.web.preview.looks import SAMPLE, edition_url

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# After the first page: by then nobody waits. Without a visitor it is done all the same.
PATIENCE: Final = 10.0


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
    warm: Callable[[], None] = lambda: None,
) -> None:
    """Show the edition that `name` means until Ctrl-C. `port` 0 takes a free one; `say` tells a person a line.

    Another `host` than this machine's own asks everybody for the `password`; `known_as` are further names under which
    browsers reach it. `person` signs what is done until somebody says their name. `warm` is called once the first
    page was given and everything behind it is loaded.

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
        opened = Opened(made)
        threading.Thread(target=_warm, args=(made.state.desk, wanted, opened, warm), daemon=True).start()
        say(f"Preview of {wanted.id}: nothing is sent unless you say so")
        say(f"  Open  {made.state.keys.link()}")
        way = "The link works once" if made.state.access.local else "It asks everybody for the password"
        say(f"  {way}. Ctrl-C ends the preview.")
        config = uvicorn.Config(
            opened,
            loop="asyncio",
            http="h11",
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


class Opened:
    """ASGI middleware that knows when the first page was given."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.given = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watched)
        # A redirect to the page without its token is none yet.
        if status == HTTPStatus.OK:
            self.given.set()


def _warm(desk: Desk, identity: Identity, opened: Opened, warm: Callable[[], None]) -> None:
    """Build what the first page shows while somebody follows the link; what is wrong with it is said by the page.
    Load the other pages once it was given, so that none of them is slow when it is first asked for."""
    from digest.web.preview.who import see

    with contextlib.suppress(DigestError):
        see(desk, identity, None, SAMPLE)
    opened.given.wait(PATIENCE)
    for module in sorted({place[1] for place in (*looking.PLACES, *acting.PLACES)}):
        load(module)
    warm()
