"""Where an edition is taken apart: marks around each section and each story, written by a template's own loops.

The loops must be `for section in sections` and, inside it, `for story in section.stories`; what they write may depend
on nothing but their own section and story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.render.flatten import NotPlain, Part

SECTIONS, STORIES = "for section in sections", "for story in section.stories"
# Control characters: values hold none, and templates that hold any are not compiled.
SECTION, STORY, STORY_END, SECTION_END = "\x10", "\x11", "\x12", "\x13"


@dataclass(frozen=True, slots=True)
class Cut:
    """One section of a filled program: what stands before its stories, each story, what stands behind them."""

    before: str
    stories: tuple[str, ...]
    behind: str


def marks(kept: Sequence[Part]) -> Mapping[int, tuple[str, str]]:
    """What to write before and behind each statement, by its place in `kept`.

    Raises:
        NotPlain: the two loops are not there once each, or look at their neighbours.
    """
    found: dict[int, tuple[str, str]] = {}
    loops: list[str] = []
    seen: list[str] = []
    for at, part in enumerate(kept):
        text = " ".join(part.text.split())
        if loops and loops[-1] in (SECTIONS, STORIES) and _looks_around(text):
            raise NotPlain(f"what stands in {{% {loops[-1]} %}} looks at its neighbours")
        if part.kind != "statement":
            continue
        if text.startswith("for "):
            loops.append(text)
            if text in (SECTIONS, STORIES):
                seen.append(text)
                found[at] = ("", SECTION if text == SECTIONS else STORY)
        elif text == "endfor":
            closed = loops.pop() if loops else ""
            if closed in (SECTIONS, STORIES):
                found[at] = (SECTION_END if closed == SECTIONS else STORY_END, "")
    if seen != [SECTIONS, STORIES]:
        raise NotPlain(f"a personal edition needs {{% {SECTIONS} %}} and in it {{% {STORIES} %}}, once each")
    return found


def cut(filled: str) -> tuple[str, tuple[Cut, ...], str]:
    """What stands before all sections, the sections, and what stands behind them.

    Raises:
        NotPlain: something is written between two sections or two stories.
    """
    head, *rest = filled.split(SECTION)
    sections: list[Cut] = []
    tail = ""
    for at, stretch in enumerate(rest):
        inside, _mark, after = stretch.partition(SECTION_END)
        before, *pieces = inside.split(STORY)
        stories = [piece.partition(STORY_END) for piece in pieces]
        if any(after for _story, _mark, after in stories[:-1]) or (after and at < len(rest) - 1):
            raise NotPlain("something is written between two stories or sections")
        sections.append(
            Cut(before, tuple(story for story, _mark, _after in stories), stories[-1][2] if stories else "")
        )
        tail = after
    return head, tuple(sections), tail


def _looks_around(text: str) -> bool:
    return "loop" in text.replace(".", " ").replace("(", " ").split()
