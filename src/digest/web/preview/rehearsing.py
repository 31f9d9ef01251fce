"""Send a test to oneself, through the transport that the edition itself will take."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import DigestError, UsageError
from digest.models.mail import State
from digest.pipeline.approval import leaves_by_settings
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.naming import Identity
from digest.pipeline.progress import IN_WORDS
from digest.pipeline.project import Project
from digest.pipeline.rehearsal import EMPTY, send_to_oneself
from digest.web.preview.asked import asked, frame, kept
from digest.web.preview.forms import Form
from digest.web.preview.pages import page

SOMEBODY, NOBODY, READER = "sample", EMPTY, "reader"


def show(request: Request) -> Response:
    """The form."""
    project, identity = asked(request)
    return _page(request, project, identity, Form({}), ())


def act(request: Request, form: Form) -> Response:
    """Send it, and say what became of each message."""
    project, identity = asked(request)
    who, segment = form.word("who", SOMEBODY), form.word("segment") or None
    as_ = {SOMEBODY: None, NOBODY: EMPTY}.get(who, form.word("as"))
    if who == READER and not as_:
        raise UsageError("say as which reader")
    if segment is not None and segment not in [one.name for one in project.segments(identity.digest)]:
        raise UsageError(f"it does not go to a segment “{segment[:80]}”")
    built = build(project, draft(project, identity, keep=False), leaves=leaves_by_settings(project), keep=False)
    rows = []
    for message, delivery in send_to_oneself(
        project, built, form.word("to"), as_=as_, segment=segment, transport=None
    ):
        label = project.audiences[message.segment].label
        rows.append((label, IN_WORDS[delivery.state], delivery.reason, delivery.reference, delivery.state))
    return _page(request, project, identity, form, tuple(rows))


def _page(
    request: Request,
    project: Project,
    identity: Identity,
    form: Form,
    results: tuple[tuple[str, str, str, str, State], ...],
) -> Response:
    failed = any(row[4] is not State.ACCEPTED for row in results)
    return page(
        "test",
        HTTPStatus.BAD_GATEWAY if failed else HTTPStatus.OK,
        **frame(request, project, identity, kept(project, identity)),
        transport=project.settings.delivery.transport,
        leaves=leaves_by_settings(project),
        segments=_segments(project, identity),
        results=results,
        to=form.word("to"),
        who=form.word("who", SOMEBODY),
        as_=form.word("as"),
        segment=form.word("segment"),
    )


def _segments(project: Project, identity: Identity) -> list[tuple[str, str]]:
    try:
        return [(one.name, one.label) for one in project.segments(identity.digest)]
    except DigestError:
        return []
