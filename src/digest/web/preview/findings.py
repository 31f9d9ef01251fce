"""What the checks say, by how serious it is, each with the way to the element in the mail and the template's line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.check import Finding
from digest.content import template_roots
from digest.errors import DigestError
from digest.pipeline.tracing import traced
from digest.web.preview.faults import missing
from digest.web.preview.pointing import spot_of
from digest.web.preview.template import template_url
from digest.web.preview.viewed import Viewed
from digest.web.preview.wording import LEVELS

_FILE = re.compile(r"(.+?\.j2):(\d+)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page tells it: `shown` leads to its element in the mail, `written` to where that was written;
    each is empty where there is none."""

    finding: Finding
    where: str
    shown: str
    written: str
    chosen: bool


def grouped(asked: Viewed) -> list[tuple[str, str, list[Told]]]:
    """(level, its words, findings), the most serious first."""
    told = [_told(asked, number, finding) for number, finding in enumerate(asked.findings)]
    groups = [(level, words, [one for one in told if one.finding.level == level]) for level, words in LEVELS.items()]
    return [group for group in groups if group[2]]


def _told(asked: Viewed, number: int, finding: Finding) -> Told:
    file = _FILE.fullmatch(finding.where)
    if file:
        name = _name(asked, Path(file[1]))
        address = "" if asked.guest or name is None else template_url(name, int(file[2]))
        return Told(finding, f"{name or file[1]}, line {file[2]}", "", address, False)
    spot = spot_of(asked.seen.letter.html, finding.where)
    if spot is None:
        return Told(finding, finding.where, "", "", number == asked.look.mark)
    at = asked.look.but(mark=number, view="html")
    way = "" if asked.guest or asked.seen.proof.draft.frozen else asked.look.room("written", mark=number)
    return Told(finding, finding.where.removeprefix("html: "), at.url, way, number == asked.look.mark)


def written(request: Request) -> Response:
    """Leads to the line of the template that an element was written in."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    back = ((asked.look.url, "Back to the mail"),)
    spot = spot_of(asked.seen.letter.html, asked.finding.where) if asked.finding else None
    if spot is None:
        return missing(request, "There is no such finding any more; perhaps it was put right.", back)
    try:
        place = traced(asked.project, asked.seen.proof.draft, asked.seen.segment).place(spot.tag, spot.number)
    except DigestError:
        place = None
    name = _name(asked, place.file) if place else None
    if place is None or name is None:
        return missing(request, "No line of a template could be found for this element.", back)
    return RedirectResponse(template_url(name, place.line), 303)


def _name(asked: Viewed, file: Path) -> str | None:
    roots = template_roots(asked.project.root)
    return next((file.relative_to(root).as_posix() for root in roots if file.is_relative_to(root)), None)
