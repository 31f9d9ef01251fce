"""The plan in words: where each story stands, why it was picked, and where each line about it is from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.models.edition import LATEST, LEAD, Line, Pick, Plan
from digest.models.story import Story
from digest.pipeline.draft import Draft
from digest.settings import Settings
from digest.summarise import summarise

_NUMBERED = re.compile(r"(takeaway|sentence):(\d+)")
_PLAIN = {"excerpt": "the story's excerpt", "title": "the headline", "editor": "written by the editor"}


@dataclass(frozen=True, slots=True)
class Said:
    """A line about a story, and where it is from in words."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A story in its place: why it stands there, and what is said about it."""

    title: str
    url: str | None
    language: str | None
    reasons: tuple[str, ...]
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section of the plan under its name."""

    label: str
    stories: tuple[Standing, ...]


def plan_in_words(plan: Plan, made: Draft, settings: Settings) -> tuple[Stretch, ...]:
    """The plan of one segment, section by section; sections without a story are left out."""
    budget = settings.digests[plan.digest].summary
    return tuple(
        Stretch(
            _label(section.name, settings), tuple(_standing(p, section.name, made, budget) for p in section.picks)
        )
        for section in plan.sections
        if section.picks
    )


def _standing(pick: Pick, place: str, made: Draft, budget: int) -> Standing:
    story = made.stories.get(pick.story)
    if story is None:
        return Standing(pick.title, None, None, pick.reasons, ())
    lines = tuple(Said(line.text, source_in_words(line.origin)) for line in _lines(story, place, budget))
    return Standing(pick.title, story.url, story.language, pick.reasons, lines)


def _lines(story: Story, place: str, budget: int) -> tuple[Line, ...]:
    """The lines that a place shows: the lead its takeaways whole, the latest headlines only their excerpt."""
    if place == LATEST:
        return (Line(story.excerpt, "excerpt"),) if story.excerpt else ()
    summary = summarise(story, None if place == LEAD else budget)
    return () if summary.origin == "title" else summary.lines


def source_in_words(origin: str) -> str:
    """Where a line is from: `takeaway:2` is "key takeaway 2"."""
    numbered = _NUMBERED.fullmatch(origin)
    if numbered is None:
        return _PLAIN.get(origin, origin)
    return f"key takeaway {numbered[2]}" if numbered[1] == "takeaway" else f"sentence {numbered[2]} of the story"


def _label(name: str, settings: Settings) -> str:
    if name in (LEAD, LATEST):
        return name.capitalize()
    topic = settings.topics.get(name)
    return topic.label if topic else name.capitalize()
