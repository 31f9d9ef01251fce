"""What stories say by now at their own addresses, judged: gone, changed since they were read, or not to be reached.

Nothing is fetched here. Whoever read them again says what was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.check.finding import Given, Hit, Level, Rule

_GONE = frozenset({404, 410})
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Reread:
    """A story of an edition, read again. `status` is None when nothing answered, for the reason in `problem`;
    `changes` are pairs of what the edition says and what stands there by now ("" where nothing does); `level` is how
    serious a change is."""

    title: str
    url: str
    status: int | None
    problem: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    level: Level = "error"


def _gone(given: Given) -> Iterator[Hit]:
    for story in given.reread:
        if story.status in _GONE:
            yield Hit(f"“{_cut(story.title)}” is gone (HTTP {story.status})", _where(story))


def _changed(given: Given) -> Iterator[Hit]:
    for story in given.reread:
        for before, after in story.changes:
            now = f"it now reads “{_cut(after)}”" if after else "this is no longer there"
            yield Hit(f"“{_cut(before)}”: {now}", _where(story), story.level)


def _unreached(given: Given) -> Iterator[Hit]:
    for story in given.reread:
        if story.problem and story.status not in _GONE:
            yield Hit(f"“{_cut(story.title)}” could not be read again: {story.problem}", _where(story))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"


def _where(story: Reread) -> str:
    return f"story {story.url}"


RULES = (
    Rule(
        "story.gone",
        "error",
        "a story that was taken down must not be sent, and its link leads to nothing",
        "RFC 9110, 15.5.5 and 15.5.11",
        "drop the story and select again",
        _gone,
    ),
    Rule(
        "story.changed",
        "error",
        "a headline, takeaway or number that was corrected since would be sent in its old wording",
        "newsroom practice: a correction after sending reaches few of those who read the error",
        "`digest ingest`, then `digest select NAME --refresh`; `[checks] freshness` makes it a warning",
        _changed,
    ),
    Rule(
        "story.unreached",
        "warning",
        "whether the story still stands as it was read is not known",
        "RFC 9110, 15.6",
        "open its address by hand",
        _unreached,
    ),
)
