"""The encoded variants of an edition: one a segment; for personal readers one a list, joined from encoded blocks."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from digest.address import Block as EncodedBlock
from digest.address import Encoded, Letterhead, encode, encode_block, letterhead, with_blocks
from digest.models.edition import Edition, Rendering
from digest.models.people import Recipient
from digest.pipeline.giving import Given
from digest.pipeline.personal import PersonalEdition, own_sections
from digest.pipeline.project import Project
from digest.render import Block, Personal, Words
from digest.render.prepare import reading_minutes

REMEMBERED = 16
# Rendered text holds two braces side by side nowhere but around the name of a slot.
_SLOT = re.compile(r"\{\{([^{}]+)\}\}")


class Papers:
    """Hands out the letterhead for each reader. Of readers' own lists it remembers only the last few."""

    def __init__(
        self,
        project: Project,
        edition: Edition,
        renderings: Mapping[str, Rendering],
        personal: Mapping[str, PersonalEdition],
    ) -> None:
        self._project = project
        self._edition = edition
        self._renderings = renderings
        self._personal = personal
        self._papers: dict[str, Letterhead] = {}
        self._lists: OrderedDict[tuple[str, str, str], Letterhead] = OrderedDict()
        self._presses: dict[tuple[str, str], _Press] = {}

    def of(self, recipient: Recipient, given: Given | None) -> Letterhead:
        """The letterhead of the reader's segment, or of their own list."""
        if given is None:
            if recipient.segment not in self._papers:
                self._papers[recipient.segment] = self._letterhead(encode(self._renderings[recipient.segment]))
            return self._papers[recipient.segment]
        language = self._personal[recipient.segment].language(recipient.language)
        key = (recipient.segment, language, given.id)
        if key in self._lists:
            self._lists.move_to_end(key)
            return self._lists[key]
        press = self._presses.get(key[:2])
        if press is None:
            press = self._presses[key[:2]] = _Press(self._personal[recipient.segment].variants[language])
        found = self._lists[key] = self._letterhead(press.print(given))
        if len(self._lists) > REMEMBERED:
            self._lists.popitem(last=False)
        return found

    def _letterhead(self, encoded: Encoded) -> Letterhead:
        settings = self._project.settings
        segment = self._project.audiences.get(encoded.rendering.segment)
        return letterhead(
            encoded,
            publication=settings.publication,
            delivery=settings.delivery,
            digest=self._edition.digest,
            label=settings.digests[self._edition.digest].label,
            segment_from=segment.from_ if segment else None,
        )


class _Press:
    """One personal variant in one language, its shell and blocks encoded once."""

    def __init__(self, personal: Personal) -> None:
        self._personal = personal
        self._words = Words.of(personal.shell.language)
        self._shell = encode(personal.shell)
        self._blocks: dict[Block, EncodedBlock] = {}
        self._shown = {(s.name, story.id): story.words for s in personal.sections for story in s.stories}

    def print(self, given: Given) -> Encoded:
        """The variant with this list."""
        chosen = own_sections(given.chosen)
        values = self._personal.values(chosen, self._words)
        joined = with_blocks(
            self._shell, {name: [self._encoded(block) for block in blocks] for name, blocks in values.items()}
        )
        shown = [(name, story) for name, stories in chosen for story in stories]
        total = self._personal.words + sum(self._shown[pair] for pair in shown)
        number, minutes = len(given.listed), reading_minutes(total)
        return replace(joined, rendering=replace(joined.rendering, stories=number, minutes=minutes, words=total))

    def _encoded(self, block: Block) -> EncodedBlock:
        if block not in self._blocks:
            slots = sorted(set(_SLOT.findall(block.html)) | set(_SLOT.findall(block.text)))
            self._blocks[block] = encode_block(block.html, block.text, slots)
        return self._blocks[block]
