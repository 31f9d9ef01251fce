"""The press of a personal variant: its shell and its blocks are encoded once, then joined into each reader's list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from digest.address import Block as EncodedBlock
from digest.address import Encoded, Letterhead, enclosed, encode, encode_block
from digest.render import Block, Personal, Words
from digest.render.counted import phrase
from digest.render.personal import MINUTES, OWN_SLOTS, SECTIONS, STORIES, WORDS
from digest.render.prepare import reading_minutes

# Rendered text holds two braces side by side nowhere but around the name of a slot.
_SLOT = re.compile(r"\{\{([^{}]+)\}\}")


class Press:
    """Prints readers' lists. `paper` puts the encoded shell on the publication's paper, leaving these slots open."""

    def __init__(self, personal: Personal, paper: Callable[[Encoded, Iterable[str]], Letterhead]) -> None:
        self._personal = personal
        self._words = Words.of(personal.shell.language)
        self._paper = paper(encode(personal.shell), OWN_SLOTS)
        self._frames = {s.name: (_encoded(s.opening), _encoded(s.closing)) for s in personal.sections}
        self._blocks = {(s.name, story.id): _encoded(story.block) for s in personal.sections for story in s.stories}
        self._shown = {(s.name, story.id): story.words for s in personal.sections for story in s.stories}
        self._phrases: dict[tuple[str, int], tuple[EncodedBlock]] = {}

    def print(self, chosen: Sequence[tuple[str, Sequence[str]]]) -> Letterhead:
        """The variant with this list of (section, story ids), in its order. What is printed decodes to what
        `Personal.joined` gives.

        Raises:
            KeyError: the list names a section or story that the edition does not have.
        """
        listed: list[EncodedBlock] = []
        total = self._personal.words
        stories = set(self._personal.fixed)
        for name, ids in chosen:
            if not ids:
                continue
            opening, closing = self._frames[name]
            listed.append(opening)
            for story in ids:
                listed.append(self._blocks[name, story])
                total += self._shown[name, story]
            listed.append(closing)
            stories.update(ids)
        number, minutes = len(stories), reading_minutes(total)
        blocks = {
            SECTIONS: listed,
            STORIES: self._phrase(STORIES, number),
            WORDS: self._phrase(WORDS, total),
            MINUTES: self._phrase(MINUTES, minutes),
        }
        return enclosed(self._paper, blocks, (number, minutes, total))

    def _phrase(self, kind: str, count: int) -> tuple[EncodedBlock]:
        found = self._phrases.get((kind, count))
        if found is None:
            words = phrase(self._words, kind, count)
            found = self._phrases[kind, count] = (encode_block(words, words),)
        return found


def _encoded(block: Block) -> EncodedBlock:
    slots = sorted(set(_SLOT.findall(block.html)) | set(_SLOT.findall(block.text)))
    return encode_block(block.html, block.text, slots)
