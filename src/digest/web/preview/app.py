"""The preview as a Starlette app: a few addresses, to look at (`looking`), and to act at (`acting`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from digest.errors import DigestError
from digest.pipeline.project import Project
from digest.web.preview import acting, looking
from digest.web.preview.access import Access, Tries
from digest.web.preview.desk import Desk
from digest.web.preview.door import Door, Keys
from digest.web.preview.faults import broken, fault, not_found
from digest.web.preview.live import Watch
from digest.web.preview.sends import Sends
from digest.web.preview.visitors import Visitors

if TYPE_CHECKING:
    from digest.pipeline.online import NewFetcher


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

    def still_open(share: str) -> bool:
        from digest.pipeline import sharing

        return sharing.known(desk.last, share) is not None

    made = Starlette(
        routes=[*looking.routes(), *acting.routes()],
        middleware=[
            Middleware(
                Door,
                keys=keys,
                access=access,
                visitors=visitors,
                start=start,
                still_open=still_open,
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
    made.state.watch = Watch(desk, stopping, still_open)
    made.state.new_fetcher = new_fetcher
    return made
