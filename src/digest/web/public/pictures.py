"""`/i/NAME.jpg`: the copies of stories' pictures that mails show. They never change, so they are kept for long."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from digest.pipeline.pictures import ROOM, file_of
from digest.web.public.site import site_of

_A_MONTH = 30 * 24 * 3600


def _picture(request: Request) -> Response:
    path = file_of(site_of(request).project, request.path_params["name"])
    if path is None:
        return PlainTextResponse("There is no such picture.\n", 404)
    headers = {
        "Cache-Control": f"public, max-age={_A_MONTH}, immutable",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path, headers=headers, media_type="image/jpeg")


ROUTES = (Route(f"/{ROOM}/{{name}}", _picture, methods=["GET"]),)
