"""The plan in words: where each story stands, why it was picked, and where each line about it is from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.models.edition import LATEST, LEAD, Pick, Plan
from digest.pipeline.draft import Draft
from digest.pipeline.project import Project
from digest.pipeline.shown import Shown
from digest.settings import Settings

_NUMBERED = re.compile(r"(takeaway|sentence):(\d+)")
_PLAIN = {"excerpt": "the story's excerpt", "title": "the headline", "editor": "written by the editor"}


@dataclass(frozen=True, slots=True)
class Said:
    """A line about a story, and where it is from in words."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A story in its place: its score and why it stands there, what is said about it, and other facts of it."""

    id: str
    score: str
    title: str
    url: str | None
    language: str | None
    reasons: tuple[str, ...]
    lines: tuple[Said, ...]
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section of the plan under its name."""

    label: str
    stories: tuple[Standing, ...]


def plan_in_words(plan: Plan, made: Draft, project: Project) -> tuple[Stretch, ...]:
    """The plan of one segment, section by section; sections without a story are left out."""
    settings = project.settings
    shown = Shown(project.summariser, settings.digests[plan.digest].summary, made.lines)
    return tuple(
        Stretch(_label(section.name, settings), tuple(_standing(p, section.name, made, shown) for p in section.picks))
        for section in plan.sections
        if section.picks
    )


def _standing(pick: Pick, place: str, made: Draft, shown: Shown) -> Standing:
    story = made.stories.get(pick.story)
    score = f"score {pick.score:.2f}"
    if story is None:
        return Standing(pick.story, score, pick.title, None, None, pick.reasons, ())
    lines = tuple(Said(line.text, source_in_words(line.origin)) for line in shown.lines(story, place))
    topics = ", ".join(next((one.topics for one in made.pool.candidates if one.story == story.id), ()))
    facts = (story.source, story.kind if story.kind != "news" else "", story.author, topics, f"id {story.id}")
    said = " · ".join(fact for fact in facts if fact)
    return Standing(pick.story, score, pick.title, story.url, story.language, pick.reasons, lines, said)


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
