"""The pages about one edition, as the line of links that stands on each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from digest.web.preview.looks import Look, edition_url
from digest.web.preview.visitors import Visitor

# The last part of the address, what people read, and the right that it takes.
LOOKING: Final = (
    ("", "Mail", "view"),
    ("links", "Links", "edit"),
    ("stories", "Stories", "edit"),
    ("changes", "Changes", "edit"),
    ("all", "All segments", "edit"),
)
ACTING: Final = (
    ("edit", "Edit", "edit"),
    ("test", "Send a test", "edit"),
    ("remarks", "Remarks", "view"),
    ("approve", "Approve", "approve"),
    ("shares", "Share", "edit"),
    ("send", "Send", "edit"),
    ("report", "Report", "edit"),
)
_UNDER = re.compile(r"/e/\{edition\}/([a-z-]+)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to look, and where it leads."""

    words: str
    url: str
    chosen: bool
    note: str = ""
    blocked: int = 0


def pages_of(request: Request) -> frozenset[str]:
    """What pages about an edition this app has, by the last part of their address."""
    paths = (route.path for route in request.app.routes if isinstance(route, Route))
    return frozenset(found[1] for path in paths if (found := _UNDER.fullmatch(path)))


def rooms(look: Look, here: str, visitor: Visitor, pages: frozenset[str]) -> tuple[list[Choice], list[Choice]]:
    """(pages that show, pages that do something) about an edition, of those that a visitor may have."""
    shown = [
        Choice(words, look.room(name), name == here)
        for name, words, right in LOOKING
        if (not name or name in pages) and visitor.may(right)
    ]
    done = [
        Choice(words, f"{edition_url(look.edition)}/{name}", False)
        for name, words, right in ACTING
        if name in pages and visitor.may(right)
    ]
    return shown, done
