"""`/health`, `/ready`, `/metrics`, the style sheet and robots.txt: what machines ask."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.errors import DigestError
from digest.store import letters
from digest.web.public.clients import near
from digest.web.public.counts import MEDIA_TYPE
from digest.web.public.pages import SHEET, style
from digest.web.public.site import page_route, site_of

ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /{room}/\n" for room in ("u", "p", "f", "r", "c", "j", "a"))


async def health(_: Request) -> Response:
    """That this process answers at all."""
    return PlainTextResponse("ok\n")


def ready(request: Request) -> Response:
    """Whether it can do its work: the store is there, and nobody asked it to end."""
    site = site_of(request)
    if site.stopping:
        return PlainTextResponse("stopping\n", 503)
    try:
        with site.project.store.database.read() as connection:
            letters.waiting(connection)
    except DigestError:
        return PlainTextResponse("the store does not answer\n", 503)
    return PlainTextResponse("ready\n")


def metrics(request: Request) -> Response:
    """Counters for Prometheus, to who asks from this machine or its private network without a foreign proxy."""
    site = site_of(request)
    if not near(request.scope.get("digest.client")) or request.scope.get("digest.foreign_proxy"):
        return PlainTextResponse("not here\n", 404)
    with site.project.store.database.read() as connection:
        states = letters.counted(connection)
    gauge = [((("state", state),), float(number)) for state, number in sorted(states.items())]
    return PlainTextResponse(site.counts.text({"digest_letters": gauge}), media_type=MEDIA_TYPE)


def sheet(request: Request) -> Response:
    """The style sheet in the publication's colours."""
    return Response(
        style(site_of(request)),
        media_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600"},
    )


def robots(_: Request) -> Response:
    """Nothing that is one reader's is for search engines (RFC 9309)."""
    return PlainTextResponse(ROBOTS)


ROUTES = (
    Route("/health", health),
    page_route("/ready", ready),
    page_route("/metrics", metrics),
    page_route(SHEET, sheet),
    page_route("/robots.txt", robots),
)
