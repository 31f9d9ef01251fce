"""What a reader must be told of a story beside its headline: an update, opinion, sponsored, for subscribers only …"""

from __future__ import annotations

from digest.models.story import Kind
from digest.render.context import StoryView
from digest.render.words import Words


def labels(words: Words, story: StoryView) -> tuple[str, ...]:
    """The labels of `story` in the reader's language, none for plain news that everybody can read."""
    told = ["update"] if story.update else []
    told += [story.kind.value] if story.kind.labelled or story.kind is Kind.LIVE else []
    return tuple(words.say(key) for key in (*told, *(["paywalled"] if story.paywalled else [])))
