"""What somebody who came by a shared link may ask for: one edition, to be looked at, and what their right adds."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from digest.web.preview.visitors import Visitor

# Pages of an edition that only show it. An address that is not here is the newsroom's own.
SHOWN: Final = ("e", "frame", "eml")
UNDER_EDITION: Final = {"remarks": ("view", "comment"), "approve": ("approve", "approve")}
SHEETS: Final = (".css", ".js", ".svg", ".woff2")
# How a mail is looked at. What is not here may name a reader, whom somebody from outside must not look up.
WAYS_TO_LOOK: Final = frozenset({"segment", "width", "view", "scheme", "images", "mark", "whole", "t"})
INVENTED: Final = frozenset({"sample", "empty", "longest"})


def open_to(visitor: Visitor, method: str, path: str, query: str) -> bool:
    """Whether a visitor may have the page at this (decoded) path."""
    if visitor.edition is None:
        return True
    looking = method in ("GET", "HEAD")
    parts = path.strip("/").split("/")
    asked = parse_qsl(query, keep_blank_values=True)
    if parts == ["live"]:
        return looking and all(value == visitor.edition for name, value in asked if name == "until")
    if len(parts) == 1:
        return looking and parts[0].endswith(SHEETS)
    if parts[0] not in SHOWN or parts[1] != visitor.edition:
        return False
    if not all(value in INVENTED if name == "as" else name in WAYS_TO_LOOK for name, value in asked):
        return False
    if parts[0] == "e" and len(parts) > 2:
        reading, writing = UNDER_EDITION.get(parts[2], ("edit", "edit"))
        return len(parts) == 3 and visitor.may(reading if looking else writing)
    return looking and len(parts) <= 3
