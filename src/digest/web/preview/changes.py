"""What differs between an edition and the last one, or the version of it that was approved."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import Refused
from digest.models.edition import LEAD
from digest.pipeline.comparing import Changed, Difference, compare, version
from digest.settings import Settings
from digest.web.preview.edition import heading
from digest.web.preview.pages import page
from digest.web.preview.rooms import Choice
from digest.web.preview.viewed import Viewed
from digest.web.preview.wording import counted


class Piece(NamedTuple):
    """Some words of a changed line: `same`, `gone` or `new`."""

    text: str
    kind: str


def changes(request: Request) -> Response:
    """The difference to the version that `against` names; without one to the approved where there is one, else to the
    last edition."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    against = version(request.query_params.get("against") or None)
    found: Difference | None = None
    problem = None
    try:
        found = compare(asked.project, asked.identity, against)
    except Refused as refused:
        problem = refused
    look = asked.look
    shown = against or ("approved" if found and found.against.endswith("as approved") else "last")
    choices = [
        Choice(words, look.room("changes", against=name), name == shown)
        for name, words in (("last", "The last edition"), ("approved", "The approved version"))
    ]
    values = {
        "since": choices,
        "found": found,
        "problem": problem,
        "words": lambda changed: words(changed) if changed else (),
        "lines": lambda one: [words(Changed(*pair)) for pair in _paired(one.lines_before, one.lines_after)],
        "place": lambda told: _place(told.section, told.number, asked.project.settings),
        "summary": _summary(found) if found else "",
    }
    return page("changes", **heading(asked, "changes") | values)


def words(changed: Changed) -> tuple[Piece, ...]:
    """A changed text word by word."""
    before, after = changed.before.split(), changed.after.split()
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(" ".join(after[c:d]), "same"))
            continue
        pieces += [Piece(" ".join(part), name) for part, name in ((before[a:b], "gone"), (after[c:d], "new")) if part]
    return tuple(pieces)


def _paired(before: tuple[str, ...], after: tuple[str, ...]) -> list[tuple[str, str]]:
    """Lines side by side, those that are the same left out; a line that came or went stands beside nothing."""
    pairs: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            old, new = list(before[a:b]), list(after[c:d])
            length = max(len(old), len(new))
            old += [""] * (length - len(old))
            new += [""] * (length - len(new))
            pairs += zip(old, new, strict=True)
    return pairs


def _place(section: str, number: int, settings: Settings) -> str:
    topic = settings.topics.get(section)
    name = topic.label if topic else section.capitalize()
    return name if section == LEAD and number == 1 else f"{name}, number {number}"


def _summary(found: Difference) -> str:
    counts = (
        (len(found.added), "story came", "stories came"),
        (len(found.removed), "went", "went"),
        (len(found.moved), "moved", "moved"),
        (len(found.reworded), "was reworded", "were reworded"),
    )
    return ", ".join(counted(*count) for count in counts if count[0])
