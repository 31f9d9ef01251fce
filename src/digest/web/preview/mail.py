"""The mail itself, as it would arrive: in a frame that can run nothing, and as a file."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from digest.web.preview.desk import Proof
from digest.web.preview.edition import find, no_edition, no_segment
from digest.web.preview.faults import desk_of
from digest.web.preview.guards import mail_policy
from digest.web.preview.letter import Letter
from digest.web.preview.looks import IMAGES, one_of
from digest.web.preview.pages import style_sheet

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def frame(request: Request) -> Response:
    """The HTML of a sample message. Its policy, not a change of the mail, is what switches pictures off.

    Links are told to open a new window, which the frame may not do: a click on one does nothing, where it would
    otherwise put the linked site in the mail's place.
    """
    images = one_of("images", request.query_params.get("images", "on"), IMAGES)
    found = _letter(request)
    if isinstance(found, Response):
        return found
    html = _HEAD.sub(lambda head: head[0] + '<base target="_blank">', found[1].html, count=1)
    return Response(
        html,
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": mail_policy(images=images == "on")},
    )


def eml(request: Request) -> Response:
    """The sample message as a file that mail programs open (RFC 5322)."""
    found = _letter(request)
    if isinstance(found, Response):
        return found
    proof, letter = found
    name = f"{proof.name.replace('@', '-')}-{request.path_params['segment']}.eml"
    return Response(
        letter.raw,
        media_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def style(_request: Request) -> Response:
    """The style sheet of our own pages."""
    return Response(style_sheet(), media_type="text/css; charset=utf-8")


def _letter(request: Request) -> tuple[Proof, Letter] | Response:
    desk, asked, segment = desk_of(request), request.path_params["edition"], request.path_params["segment"]
    project = desk.project()
    identity = find(project, asked)
    if identity is None:
        return no_edition(request, project, asked)
    proof = desk.proof(identity)
    if segment not in proof.letters:
        return no_segment(request, proof, segment)
    return proof, proof.letters[segment]
