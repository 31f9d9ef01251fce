"""The mail itself, as it would arrive: in a frame that can run nothing, and as a file."""

from __future__ import annotations

import re
from typing import cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.web.preview.guards import mail_policy
from digest.web.preview.inversion import Manner, inverted
from digest.web.preview.looks import IMAGES, SCHEMES, one_of
from digest.web.preview.pages import style_sheet
from digest.web.preview.pointing import marked, spot_of
from digest.web.preview.viewed import Viewed

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def frame(request: Request) -> Response:
    """The HTML of a reader's message, or its text where the reader wants nothing else. Its policy, not a change of
    the mail, is what switches pictures off.

    Links are told to open a new window, which the frame may not do: a click on one does nothing, where it would
    otherwise put the linked site in the mail's place.
    """
    images = one_of("images", request.query_params.get("images", "on"), IMAGES)
    scheme = one_of("scheme", request.query_params.get("scheme", "light"), SCHEMES)
    asked = Viewed.of(request, request.path_params["segment"])
    if isinstance(asked, Response):
        return asked
    html = asked.seen.letter.html
    if not html:
        return PlainTextResponse(
            asked.seen.letter.text, headers={"Content-Security-Policy": mail_policy(images=False)}
        )
    if asked.finding:
        spot = spot_of(html, asked.finding.where)
        html = marked(html, spot)[0] if spot else html
    if scheme in ("full", "part"):
        html = inverted(html, cast(Manner, scheme))
    return Response(
        _HEAD.sub(lambda head: head[0] + '<base target="_blank">', html, count=1),
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": mail_policy(images=images == "on")},
    )


def eml(request: Request) -> Response:
    """A reader's message as a file that mail programs open (RFC 5322)."""
    asked = Viewed.of(request, request.path_params["segment"])
    if isinstance(asked, Response):
        return asked
    whose = f"-{asked.seen.reader}" if asked.look.subscriber else ""
    name = f"{asked.seen.proof.name.replace('@', '-')}-{asked.seen.segment}{whose}.eml"
    return Response(
        asked.seen.letter.raw,
        media_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def style(_request: Request) -> Response:
    """The style sheet of our own pages."""
    return Response(style_sheet(), media_type="text/css; charset=utf-8")
