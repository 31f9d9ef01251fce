"""Why each story stands where it stands, where each line about it is from, and why the others are not there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest.pipeline.planning import explain
from digest.web.preview.edition import heading, segments
from digest.web.preview.pages import page
from digest.web.preview.reasons import plan_in_words
from digest.web.preview.viewed import Viewed

LONGEST = 80


def stories(request: Request) -> Response:
    """The plan in words; with `story`, the answer for that one."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    wanted = request.query_params.get("story", "").strip()[:LONGEST]
    answer = None
    if wanted:
        answer = explain(asked.project, asked.identity, wanted, asked.seen.segment)
    plan, made = asked.seen.plan, asked.seen.proof.draft
    values = {
        "plan": plan_in_words(plan, made, asked.project),
        "left_out": [(left, asked.look.room("stories", story=left.story)) for left in plan.left_out],
        "answer": answer,
        "wanted": wanted,
        "segments": segments(asked.seen.proof, asked.look, "stories"),
    }
    return page("stories", **heading(asked, "stories") | values)
