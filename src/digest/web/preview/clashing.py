"""An edit that meets another on disk: both are shown side by side, and nothing is written until a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from digest.pipeline.editing import Clash, mark_of
from digest.web.preview.asked import asked, frame, kept
from digest.web.preview.forms import TOKEN_FIELD, Form
from digest.web.preview.hand import text_of
from digest.web.preview.pages import page

AROUND: Final = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A line on the left and on the right; None where one side has none. `gap` stands for lines that are alike."""

    left: str | None
    right: str | None
    gap: bool = False

    @property
    def differs(self) -> bool:
        return self.left != self.right


def clash_page(request: Request, form: Form, clash: Clash) -> Response:
    """Both versions, and the way to make the change to what stands there now."""
    project, identity = asked(request)
    before = text_of(request, form.word("mark"))
    again = {name: value for name, value in form.fields.items() if name not in (TOKEN_FIELD, "mark")}
    return page(
        "clash",
        HTTPStatus.CONFLICT,
        **frame(request, project, identity, kept(project, identity)),
        change=clash.change,
        file=clash.where,
        gone=clash.theirs is None,
        since=list(pairs(before, clash.theirs)) if before is not None and clash.theirs is not None else [],
        yours=list(pairs(clash.theirs, clash.yours)) if clash.theirs is not None and clash.yours else [],
        mark=mark_of(clash.theirs),
        again=sorted(again.items()) if again.get("do") != "undo" else [],
        back=request.url.path,
    )


def pairs(left: str, right: str) -> Iterator[Pair]:
    """Two texts line by line beside each other, with a little of what is alike around each difference."""
    ours, theirs = left.splitlines(), right.splitlines()
    for group in SequenceMatcher(None, ours, theirs, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] > 0:
            yield Pair(None, None, gap=True)
        for _, a, b, c, d in group:
            lines = (ours[a:b], theirs[c:d])
            for number in range(max(map(len, lines))):
                left_line, right_line = (side[number] if number < len(side) else None for side in lines)
                yield Pair(left_line, right_line)
