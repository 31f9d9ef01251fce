"""Find a subscriber to look through the eyes of: a search by how their address or name begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from digest.store import lookup
from digest.web.preview.edition import heading
from digest.web.preview.pages import page
from digest.web.preview.viewed import Viewed

LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A person of the list, and the address of the edition as they get it."""

    person: lookup.Person
    url: str


def readers(request: Request) -> Response:
    """The subscribers whose address or name begins with `q`, at most a page of them."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    text = request.query_params.get("q", "").strip()[:LONGEST]
    with asked.project.store.database.read() as connection:
        people = lookup.search(connection, text, asked.edition.digest)
    found = [Found(one, asked.look.but(reader=str(one.id), mark=None).url) for one in people]
    shown = {"q": text, "found": found, "most": lookup.MOST, "full": len(found) == lookup.MOST}
    return page("readers", **heading(asked, "readers") | shown)
