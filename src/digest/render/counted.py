"""The counts of an edition in words, as the line under the masthead gives them."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.words import Words


@dataclass(frozen=True, slots=True)
class Counted:
    """`stories` is for example "7 stories", `minutes` "3 min"; neither breaks across lines."""

    stories: str
    minutes: str


def counted(words: Words, stories: int, minutes: int) -> Counted:
    """The two counts in the words of a language."""
    return Counted(_unbroken(words.plural("stories", stories)), _unbroken(words.plural("minutes", minutes)))


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")
