"""Remarks on an edition, from everybody who may see it and say something."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest.pipeline.remarks import LONGEST, remark, remarks
from digest.web.preview.asked import asked, frame, kept
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import page
from digest.web.preview.visitors import visitor_of, visitors_of


def show(request: Request) -> Response:
    """What was said so far, and the form to say more."""
    project, identity = asked(request)
    edition = kept(project, identity)
    said = remarks(project, identity, edition.hash if edition else "")
    rows = [(one.by, f"{one.at:%d %b, %H:%M}", one.text, one.earlier) for one in said]
    return page("remarks", **frame(request, project, identity, edition), remarks=rows, longest=LONGEST)


def act(request: Request, form: Form) -> Response:
    """Say something of the edition as it is kept now."""
    project, identity = asked(request)
    visitor = visitor_of(request)
    edition = kept(project, identity)
    remark(project, identity, edition.hash if edition else "", visitor.person, form.text("text"))
    visitors_of(request).say(visitor, "Your remark stands with the edition.")
    return back_to(request.url.path)
