"""How many words of a story a reader reads, by where it stands."""

from __future__ import annotations

from digest.models.story import Story
from digest.select.choose import Slot
from digest.summarise import count_words, summarise


def words_shown(summary: int, story: Story, slot: Slot) -> int:
    """Words of headline and summary: all of the summary in the lead, at most `summary` characters of it on a card;
    headline and excerpt in the latest rail."""
    if slot == "latest":
        return count_words(f"{story.title} {story.excerpt}")
    shown = summarise(story, None if slot == "lead" else summary)
    return count_words(story.title) + sum(count_words(line.text) for line in shown.lines)
