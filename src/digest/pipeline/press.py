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
        words = Words.of(personal.shell.language)
        self._fixed = personal.fixed
        self._words = personal.words
        self._paper = paper(encode(personal.shell), OWN_SLOTS)
        self._sections = {
            section.name: (
                _encoded(section.opening),
                {story.id: (_encoded(story.block), story.words) for story in section.stories},
                _encoded(section.closing),
            )
            for section in personal.sections
        }
        self._stories, self._counted, self._minutes = (_Phrases(words, kind) for kind in (STORIES, WORDS, MINUTES))

    def print(self, chosen: Sequence[tuple[str, Sequence[str]]]) -> Letterhead:
        """The variant with this list of (section, story ids), in its order. What is printed decodes to what
        `Personal.joined` gives.

        Raises:
            KeyError: the list names a section or story that the edition does not have.
        """
        listed: list[EncodedBlock] = []
        total = self._words
        stories = set(self._fixed)
        for name, ids in chosen:
            opening, within, closing = self._sections[name]
            if not ids:
                continue
            listed.append(opening)
            for story in ids:
                block, words = within[story]
                listed.append(block)
                total += words
            listed.append(closing)
            stories.update(ids)
        number, minutes = len(stories), reading_minutes(total)
        blocks = {
            SECTIONS: listed,
            STORIES: self._stories[number],
            WORDS: self._counted[total],
            MINUTES: self._minutes[minutes],
        }
        return enclosed(self._paper, blocks, (number, minutes, total))


class _Phrases(dict[int, tuple[EncodedBlock]]):
    """The phrase of a count as the one block of its slot, encoded when the count first occurs."""

    def __init__(self, words: Words, kind: str) -> None:
        super().__init__()
        self._words, self._kind = words, kind

    def __missing__(self, count: int) -> tuple[EncodedBlock]:
        words = phrase(self._words, self._kind, count)
        found = self[count] = (encode_block(words, words),)
        return found


def _encoded(block: Block) -> EncodedBlock:
    slots = sorted(set(_SLOT.findall(block.html)) | set(_SLOT.findall(block.text)))
    return encode_block(block.html, block.text, slots)
