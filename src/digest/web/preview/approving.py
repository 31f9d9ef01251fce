"""Approve exactly what is seen: by name, with a note, and only what changed since the last approval shown again."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import DigestError, Refused
from digest.models.edition import EditionState
from digest.pipeline import approval
from digest.pipeline.approvers import counting, last_editor, needed
from digest.pipeline.build import Built, build
from digest.pipeline.comparing import approved_version, difference
from digest.pipeline.draft import draft
from digest.pipeline.editing import person
from digest.pipeline.frozen import under_way
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.remarks import remarks
from digest.pipeline.snapshot import snapshot
from digest.store import editions
from digest.web.preview.asked import asked, frame
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import page
from digest.web.preview.visitors import visitor_of, visitors_of
from digest.web.preview.wording import counted

LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """An approval: by whom, when, what was said with it, and whether it is of the content as it is now."""

    by: str
    at: str
    note: str
    holds: bool


def show(request: Request) -> Response:
    """What there is to approve, who did, and what was changed since."""
    return _page(request, HTTPStatus.OK, "")


def act(request: Request, form: Form) -> Response:
    """Approve the content that the page showed; another than that is refused, and shown."""
    project, identity = asked(request)
    visitor = visitor_of(request)
    # Who came by a link approves as the person whom the link was made for.
    by = visitor.person if visitor.share else person(form.word("name"))
    note = form.text("note")[:LONGEST_NOTE].strip()
    built = _built(project, identity, keep=True)
    if built.draft.edition.hash != form.word("hash"):
        return _page(
            request,
            HTTPStatus.CONFLICT,
            "The edition was changed since your page was made, and nothing was approved. Look at it again.",
        )
    missing = approval.approve(project, built, by, note, project.now())
    more = f" {counted(missing, 'person more is', 'people more are')} needed." if missing else ""
    visitors_of(request).say(visitor, f"Approved by {by}.{more}")
    return back_to(request.url.path)


def _page(request: Request, status: HTTPStatus, problem: str) -> Response:
    project, identity = asked(request)
    try:
        built = _built(project, identity, keep=False)
    except DigestError as trouble:
        raise Refused(
            f"there is nothing to approve: {trouble.what}", where=trouble.where, hint=trouble.hint
        ) from trouble
    edition = built.draft.edition
    # What somebody is about to approve is not exchanged under their eyes.
    around = frame(request, project, identity, edition) | {"keeps": True}
    blocking = {(finding.id, finding.message): finding for _, finding in built.blocking}
    return page(
        "approve",
        status,
        **around,
        problem=problem,
        hash=edition.hash,
        open=not under_way(edition),
        blocking=list(blocking.values()),
        subject=edition.subject,
        segments=len(built.renderings),
        remarks=remarks(project, identity, edition.hash),
        **_approvals(project, built),
    )


def _approvals(project: Project, built: Built) -> dict[str, Any]:
    edition = built.draft.edition
    with project.store.database.read() as connection:
        given = editions.approvals_of(connection, edition.id)
        have = counting(connection, project, edition)
        editor = last_editor(connection, edition.id)
    before = approved_version(project, built.draft)
    changed = difference(before, snapshot(project, built.draft), "").in_words() if before else []
    want = needed(project, edition.digest)
    rows = [
        Given(one.by, f"{one.at.astimezone(project.zone):%d %b, %H:%M}", one.note, one.hash == edition.hash)
        for one in given
    ]
    return {
        "given": rows,
        "want": want,
        "have": len(have),
        "editor": editor if want > 1 else None,
        "void": bool(rows) and not any(row.holds for row in rows),
        "changed": changed,
        "settled": edition.state in (EditionState.APPROVED, EditionState.SCHEDULED),
    }


def _built(project: Project, identity: Identity, *, keep: bool) -> Built:
    """The edition as an approval binds to it: as the settings would have it leave."""
    made = draft(project, identity, keep=keep)
    return build(project, made, leaves=approval.leaves_by_settings(project), keep=keep)
