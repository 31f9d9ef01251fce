"""All segments of an edition side by side, each in a small frame."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from digest.web.preview import looks
from digest.web.preview.edition import heading, label
from digest.web.preview.inversion import FOR
from digest.web.preview.looks import SAMPLE
from digest.web.preview.pages import page
from digest.web.preview.rooms import Choice
from digest.web.preview.viewed import Viewed
from digest.web.preview.wording import counted, kilobytes, people


@dataclass(frozen=True, slots=True)
class Print:
    """One segment on the sheet."""

    label: str
    url: str
    frame_url: str
    subject: str
    facts: str
    blocked: int


def sheet(request: Request) -> Response:
    """Every segment, in the light that is asked for. The whole edition is built for it."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    proof = asked.desk.proof(asked.identity)
    reader = asked.look.reader if asked.look.subscriber is None else SAMPLE
    look = asked.look.but(reader=reader, mark=None)
    prints = []
    for name, rendering in proof.renderings.items():
        one, letter = look.but(segment=name), proof.letters[name]
        facts = (
            people(proof.reach.taken.get(name, 0)),
            counted(rendering.stories, "story", "stories"),
            f"{rendering.minutes} min",
            kilobytes(letter.size),
        )
        blocked = sum(finding.level == "error" for finding in proof.findings[name])
        prints.append(Print(label(proof, name), one.url, one.frame_url, letter.subject, " · ".join(facts), blocked))
    schemes = [
        Choice(words, look.room("all", scheme=s, images=look.images), s == look.scheme)
        for s, words in looks.SCHEMES.items()
    ]
    values = {"prints": prints, "schemes": schemes, "emulates": FOR.get(look.scheme, "")}
    return page("contact", **heading(asked, "all") | values)
