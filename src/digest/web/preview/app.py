"""The preview as a Starlette app: a few addresses, to look at, and to act at (`acting`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware

from digest.errors import DigestError
from digest.pipeline import sharing
from digest.pipeline.project import Project
from digest.web.preview import (
    acting,
    changes,
    contact,
    edition,
    findings,
    home,
    links,
    live,
    mail,
    readers,
    stories,
    template,
)
from digest.web.preview.access import Access
from digest.web.preview.desk import Desk
from digest.web.preview.door import Door, Keys
from digest.web.preview.entering import Tries
from digest.web.preview.faults import broken, fault, not_found
from digest.web.preview.live import Watch
from digest.web.preview.sends import Sends
from digest.web.preview.visitors import Visitors

if TYPE_CHECKING:
    from digest.pipeline.online import NewFetcher

LOOKING: Final = (home, edition, readers, links, stories, changes, contact, findings, template, mail, live)


def app(
    project: Project,
    *,
    token: str,
    port: int,
    start: str = "/",
    tell: Callable[[str], None] | None = None,
    access: Access | None = None,
    swift: bool = False,
    stopping: Callable[[], bool] = lambda: False,
    new_fetcher: NewFetcher | None = None,
) -> Starlette:
    """The preview of a publication, for a browser that comes to 127.0.0.1 or localhost on `port`.

    The first request with `?t=TOKEN` opens the session and leads on to the same page, or from `/` to `start`; the
    token works once. With `tell`, somebody who comes with a used token is answered with a fresh link there.
    `access` opens it to other machines, by its password and not by the token.

    A `swift` one shows the segment that is asked for before the others are built; `stopping` ends what pages listen
    to; `new_fetcher` asks the addresses of a mail when somebody wants that, else the settings say how.
    """
    access = access or Access(port)
    keys = Keys(token, access, tell)
    visitors = Visitors(project.now)
    desk = Desk(project, swift=swift)
    made = Starlette(
        routes=[*(route for area in LOOKING for route in area.routes()), *acting.routes()],
        middleware=[
            Middleware(
                Door,
                keys=keys,
                access=access,
                visitors=visitors,
                start=start,
                still_open=lambda share: sharing.known(desk.project(), share) is not None,
            )
        ],
        exception_handlers={DigestError: fault, 404: not_found, 405: not_found, Exception: broken},
    )
    made.state.desk = desk
    made.state.keys = keys
    made.state.access = access
    made.state.visitors = visitors
    made.state.start = start
    made.state.sends = Sends()
    made.state.tries = Tries()
    made.state.seen = OrderedDict()
    made.state.watch = Watch(desk, stopping)
    made.state.new_fetcher = new_fetcher
    return made
