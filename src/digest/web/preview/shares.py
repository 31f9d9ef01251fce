"""Links for people without a terminal: listed, made, taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import UsageError
from digest.pipeline import sharing
from digest.web.preview.asked import asked, frame, kept
from digest.web.preview.entering import RIGHTS, access_of
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import page
from digest.web.preview.visitors import visitor_of, visitors_of

DAYS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A link as the page lists it; `link` is empty when it opens nothing any more."""

    id: str
    person: str
    right: str
    link: str
    until: str
    over: str


def show(request: Request) -> Response:
    """The links of an edition, and the form for another."""
    project, identity = asked(request)
    rows = []
    for one in sharing.shares(project, identity):
        is_open = sharing.is_open(project, one)
        link = str(request.base_url).rstrip("/") + f"/share/{sharing.token(project, one)}" if is_open else ""
        over = "" if is_open else "taken back" if one.revoked else "its time is over"
        rows.append(Row(one.id, one.person, RIGHTS[one.right], link, f"{one.expires:%a %d %b, %H:%M}", over))
    return page(
        "shares",
        **frame(request, project, identity, kept(project, identity)),
        rows=rows,
        rights=RIGHTS,
        days=DAYS,
        most_days=sharing.LONGEST.days,
        local=access_of(request).local,
    )


def act(request: Request, form: Form) -> Response:
    """Make a link, or take one back."""
    project, identity = asked(request)
    visitor, visitors = visitor_of(request), visitors_of(request)
    if form.word("do") == "revoke":
        sharing.revoke(project, identity, form.word("share"))
        visitors.say(visitor, "Taken back: whoever came in by it is out.")
        return back_to(request.url.path)
    days = form.number("days")
    if days is None:
        raise UsageError("say for how many days the link is open")
    made, _ = sharing.share(
        project, identity, form.word("person"), form.word("right"), days, key=secrets.token_urlsafe(12)
    )
    visitors.say(visitor, f"A link for {made.person}: copy it from the list, and give it to nobody else.")
    return back_to(request.url.path, "links")
