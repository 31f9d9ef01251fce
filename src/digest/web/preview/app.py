"""The preview as a Starlette app: a few addresses, all of them only to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from digest.errors import DigestError
from digest.pipeline.project import Project
from digest.web.preview.desk import Desk
from digest.web.preview.door import Door, Keys
from digest.web.preview.edition import edition
from digest.web.preview.faults import broken, fault, not_found
from digest.web.preview.home import home
from digest.web.preview.mail import eml, frame, style

ROUTES: Final = (
    Route("/", home),
    Route("/e/{edition}", edition),
    Route("/frame/{edition}/{segment}", frame),
    Route("/eml/{edition}/{segment}.eml", eml),
    Route("/preview.css", style),
)


def app(
    project: Project,
    *,
    token: str,
    port: int,
    start: str = "/",
    tell: Callable[[str], None] | None = None,
) -> Starlette:
    """The preview of a publication, for a browser that comes to 127.0.0.1 or localhost on `port`.

    The first request with `?t=TOKEN` opens the session and leads on to the same page, or from `/` to `start`; the
    token works once. With `tell`, somebody who comes with a used token is answered with a fresh link there.
    """
    keys = Keys(token, port, tell)
    made = Starlette(
        routes=list(ROUTES),
        middleware=[Middleware(Door, keys=keys, port=port, start=start)],
        exception_handlers={DigestError: fault, 404: not_found, 405: not_found, Exception: broken},
    )
    made.state.desk = Desk(project)
    made.state.keys = keys
    return made
