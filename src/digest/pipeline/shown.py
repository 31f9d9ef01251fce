"""What is shown of a story, by where it stands; the one place that asks the summariser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.models.edition import LATEST, LEAD, Line
from digest.models.story import Story
from digest.summarise import Summariser, count_words


@dataclass(frozen=True, slots=True)
class Shown:
    """The words about stories in one edition. `budget` bounds a card, in characters; `own` are an editor's lines."""

    summariser: Summariser
    budget: int
    own: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)

    def lines(self, story: Story, place: str) -> tuple[Line, ...]:
        """The lines in a place: the whole summary in the lead, a card's worth in a section, the excerpt in the
        Latest rail. A summary that is only the title has none, for the title stands above it."""
        if place == LATEST:
            return (Line(story.excerpt, "excerpt"),) if story.excerpt else ()
        own = self.own.get(story.id)
        if own is not None:
            return own
        summary = self.summariser.summarise(story, None if place == LEAD else self.budget)
        return () if summary.origin == "title" else summary.lines

    def words(self, story: Story, place: str) -> int:
        """How many words of it a reader reads there, its headline among them."""
        return count_words(story.title) + sum(count_words(line.text) for line in self.lines(story, place))
