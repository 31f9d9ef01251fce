"""Every address to look at, and what answers there."""

from __future__ import annotations

from typing import Final

from starlette.routing import Route

from digest.web.preview import live
from digest.web.preview.later import later

# Address, the module that answers, and its function.
PLACES: Final = (
    ("/", "home", "home"),
    ("/e/{edition}", "edition", "edition"),
    ("/e/{edition}/readers", "readers", "readers"),
    ("/e/{edition}/links", "links", "links"),
    ("/e/{edition}/stories", "stories", "stories"),
    ("/e/{edition}/changes", "changes", "changes"),
    ("/e/{edition}/all", "contact", "sheet"),
    ("/e/{edition}/written", "findings", "written"),
    ("/template/{name:path}", "template", "template"),
    ("/frame/{edition}/{segment}", "mail", "frame"),
    ("/eml/{edition}/{segment}.eml", "mail", "eml"),
    ("/preview.css", "mail", "style"),
    ("/preview.js", "live", "script"),
)


def routes() -> list[Route]:
    """The routes of all that shows."""
    shown = [Route(path, later(module, name), methods=["GET"]) for path, module, name in PLACES]
    return [*shown, Route("/live", live.live, methods=["GET"])]
