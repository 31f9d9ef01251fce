"""Personal editions: everything is rendered once, as a shell and a block a story; a reader's list only joins them.

The shell has four slots beside the usual ones: `sections`, where the reader's blocks stand, and `stories`, `words`
and `minutes`, the counts as phrases. Putting a list together gives, byte for byte, what rendering that list gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.models.edition import Rendering
from digest.render.counted import counted
from digest.render.prepare import reading_minutes
from digest.render.words import Words

SECTIONS, STORIES, WORDS, MINUTES = "sections", "stories", "words", "minutes"
OWN_SLOTS = frozenset({SECTIONS, STORIES, WORDS, MINUTES})


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a mail in both parts. It holds the same slots as any rendering."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """One story of one section, and how many words of it are shown."""

    id: str
    words: int
    block: Block


@dataclass(frozen=True, slots=True)
class SectionBlocks:
    """A section: what opens it, its stories in the edition's order, and what closes it."""

    name: str
    opening: Block
    stories: tuple[StoryBlock, ...]
    closing: Block


_Chosen = tuple[tuple[SectionBlocks, tuple[StoryBlock, ...]], ...]


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal variant. `fixed` are the stories that every reader gets, `words` how many words they show."""

    shell: Rendering
    sections: tuple[SectionBlocks, ...]
    fixed: frozenset[str]
    words: int

    _found: Mapping[str, tuple[SectionBlocks, Mapping[str, StoryBlock]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        found = {section.name: (section, {story.id: story for story in section.stories}) for section in self.sections}
        object.__setattr__(self, "_found", found)

    def joined(self, chosen: Sequence[tuple[str, Sequence[str]]], words: Words) -> Rendering:
        """The variant that a reader with this list of (section, story ids) gets, in its order, as text to be read and
        checked; a section without stories is left out. What is sent is joined from encoded blocks instead, by
        `pipeline.press`, and must decode to this.

        Raises:
            KeyError: the list names a section or story that the edition does not have.
        """
        found = self._find(chosen)
        stories, minutes, total = self._numbers(found)
        counts = counted(words, stories=stories, total=total, minutes=minutes)
        blocks = _blocks(found)
        html, text = self.shell.html, self.shell.text
        for name, phrase in ((STORIES, counts.stories), (WORDS, counts.words), (MINUTES, counts.minutes)):
            html, text = (part.replace("{{" + name + "}}", phrase) for part in (html, text))
        html = html.replace("{{" + SECTIONS + "}}", "".join([block.html for block in blocks]))
        text = text.replace("{{" + SECTIONS + "}}", "".join([block.text for block in blocks]))
        slots = tuple(name for name in self.shell.slots if name not in OWN_SLOTS)
        return replace(self.shell, html=html, text=text, slots=slots, stories=stories, minutes=minutes, words=total)

    def _numbers(self, found: _Chosen) -> tuple[int, int, int]:
        shown = [story for _section, stories in found for story in stories]
        total = self.words + sum(story.words for story in shown)
        return len(self.fixed | {story.id for story in shown}), reading_minutes(total), total

    def _find(self, chosen: Sequence[tuple[str, Sequence[str]]]) -> _Chosen:
        found = []
        for name, ids in chosen:
            section, by_id = self._found[name]
            if ids:
                found.append((section, tuple(by_id[story] for story in ids)))
        return tuple(found)


def _blocks(found: _Chosen) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for section, stories in found:
        blocks += [section.opening, *(story.block for story in stories), section.closing]
    return tuple(blocks)
