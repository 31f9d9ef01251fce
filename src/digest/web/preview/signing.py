"""Under which name somebody acts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest.pipeline.editing import person
from digest.web.preview.faults import desk_of
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import page
from digest.web.preview.visitors import visitor_of, visitors_of


def show(request: Request) -> Response:
    """The name, and the form to change it."""
    visitor = visitor_of(request)
    return page("me", publication=desk_of(request).name, visitor=visitor, said=visitors_of(request).said(visitor))


def act(request: Request, form: Form) -> Response:
    """Act under another name."""
    visitor = visitor_of(request)
    name = person(form.word("name"))
    visitors_of(request).rename(visitor, name)
    visitors_of(request).say(visitor, f"You sign as {name} from now on.")
    return back_to(request.url.path)
