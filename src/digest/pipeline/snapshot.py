"""An edition as people compare it with another: subject, preheader, and the words of each story in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.models.story import Story
from digest.pipeline.draft import Draft
from digest.pipeline.project import Project
from digest.pipeline.shown import Shown

NAME = "approved"


@dataclass(frozen=True, slots=True)
class Told:
    """A story in its place: section, number in it (from 1), headline and lines."""

    story: str
    section: str
    number: int
    title: str
    lines: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.section} {self.number}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an edition says, by its own order."""

    edition: str
    subject: str
    preheader: str
    stories: tuple[Told, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        rows = [[one.story, one.section, one.number, one.title, list(one.lines)] for one in self.stories]
        return {
            "edition": self.edition,
            "subject": self.subject,
            "preheader": self.preheader,
            "stories": rows,
        }

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Snapshot:
        """The snapshot that `as_json` wrote."""
        rows = tuple(Told(key, name, place, title, tuple(lines)) for key, name, place, title, lines in doc["stories"])
        return cls(doc["edition"], doc["subject"], doc["preheader"], rows)


def snapshot(project: Project, made: Draft) -> Snapshot:
    """What a draft says now."""
    shown = Shown(project.summariser, project.digest(made.edition.digest).summary, made.lines)
    rows = tuple(
        Told(
            pick.story,
            section.name,
            number,
            pick.title,
            _lines(shown, made.stories.get(pick.story), section.name),
        )
        for section in made.base.sections
        for number, pick in enumerate(section.picks, 1)
    )
    return Snapshot(made.edition.id, made.edition.subject, made.edition.preheader, rows)


def _lines(shown: Shown, story: Story | None, place: str) -> tuple[str, ...]:
    return tuple(line.text for line in shown.lines(story, place)) if story else ()
