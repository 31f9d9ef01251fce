"""What the columns of a subscriber file are called, and which of them are ours."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from digest.audiences.tree import ATTRIBUTE
from digest.errors import UsageError

COLUMNS: Final = (
    "email",
    "name",
    "language",
    "timezone",
    "topics",
    "tags",
    "digests",
    "status",
    "frequency",
    "paused_until",
    "consent",
    "joined",
    "status_since",
    "status_reason",
    "text_only",
)
OTHER_NAMES: Final[Mapping[str, str]] = {
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "full_name": "name",
    "lang": "language",
    "time_zone": "timezone",
    "topic": "topics",
    "tag": "tags",
    "digest": "digests",
}
MAX_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """Where our columns stand (from 0), and the attributes with their places; `remarks` are worth telling once."""

    places: Mapping[str, int]
    attributes: tuple[tuple[int, str], ...]
    count: int
    remarks: tuple[str, ...] = ()


def attribute_name(heading: str) -> str:
    """A column heading as the name of an attribute: small Latin letters without accents, digits, `_`; at most 64.

    Empty when nothing of the heading can be written so.
    """
    plain = unicodedata.normalize("NFKD", heading).casefold()
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:64].rstrip("_")


def read_heading(cells: Sequence[str], where: str) -> Columns:
    """The columns that the heading names.

    Raises:
        UsageError: there is no email column, two columns have one name, or there are too many.
    """
    if len(cells) > MAX_COLUMNS:
        raise UsageError(f"there are {len(cells)} columns, {MAX_COLUMNS} is the most", where=where)
    places: dict[str, int] = {}
    attributes: dict[str, int] = {}
    remarks: list[str] = []
    for place, heading in enumerate(cells):
        name = attribute_name(heading)
        name = OTHER_NAMES.get(name, name)
        if name in COLUMNS:
            into = places
        else:
            into = attributes
            name = _attribute(heading, place, remarks)
        if name in into:
            raise UsageError(
                f'columns {into[name] + 1} and {place + 1} are both "{name}"', where=where, hint="rename one"
            )
        into[name] = place
    if "email" not in places:
        raise _without_email(cells, tuple(attributes), where)
    return Columns(places, tuple((place, name) for name, place in attributes.items()), len(cells), tuple(remarks))


def _attribute(heading: str, place: int, remarks: list[str]) -> str:
    marked = heading.strip().lower().startswith(ATTRIBUTE)
    name = attribute_name(heading.strip()[len(ATTRIBUTE) :] if marked else heading)
    if not name:
        name = f"column_{place + 1}"
        if heading.strip():
            remarks.append(f'column {place + 1} "{heading.strip()[:40]}" is kept as attr.{name}')
    elif not marked and (close := difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.8)):
        remarks.append(f'column "{name}" is kept as attr.{name}; did you mean {close[0]}?')
    return name


def _without_email(cells: Sequence[str], names: Sequence[str], where: str) -> UsageError:
    if any("@" in cell for cell in cells):
        hint = "the first line must name the columns, as in email,name,language"
        return UsageError("the file has no heading", where=where, hint=hint)
    close = difflib.get_close_matches("email", names, n=1, cutoff=0.6)
    hint = f'rename "{close[0]}" to email' if close else f"found: {', '.join(names)[:200]}"
    return UsageError("no column is called email", where=where, hint=hint)
