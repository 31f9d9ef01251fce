"""The counts of an edition in words, as the line under the masthead gives them."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.words import Words


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of what is shown, each a phrase that does not break across lines."""

    stories: str
    """How many stories, for example "7 stories"."""
    words: str
    """How many words of them, for example "612 words"."""
    minutes: str
    """How long they take to read, for example "3 min"."""


def counted(words: Words, *, stories: int, total: int, minutes: int) -> Counted:
    """The counts in the words of a language; `total` is the number of words."""
    return Counted(
        phrase(words, "stories", stories), phrase(words, "words", total), phrase(words, "minutes", minutes)
    )


def phrase(words: Words, kind: str, count: int) -> str:
    """One of them: so many `stories`, `words` or `minutes`."""
    return words.plural(kind, count).replace(" ", "\u00a0")
