"""Personal editions: everything is rendered once, as a shell and one block a story, and a reader's list only joins them.

The shell has three slots beside the usual ones: `sections`, where the reader's blocks stand, and `stories` and
`minutes`, the two counts in words. Putting a list together gives, byte for byte, what rendering that list gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import TemplateError
from digest.models.edition import Rendering
from digest.render.context import Context, StoryView
from digest.render.counted import Counted, counted
from digest.render.prepare import WORDS_A_MINUTE, count_words, prepare
from digest.render.rendering import check_name, finished, harmless, made_ready
from digest.render.words import Words
from digest.settings import Theme

SECTIONS, STORIES, MINUTES = "sections", "stories", "minutes"


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


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal variant. `fixed` are the stories that every reader gets, `words` how many words they show."""

    shell: Rendering
    sections: tuple[SectionBlocks, ...]
    fixed: frozenset[str]
    words: int

    def blocks(self, chosen: Sequence[tuple[str, Sequence[str]]]) -> tuple[Block, ...]:
        """The blocks of a reader's list of (section, story ids), in its order; a section without stories is left out.

        Raises:
            KeyError: the list names a section or story that the edition does not have.
        """
        found: list[Block] = []
        for section, stories in self._find(chosen):
            found += [section.opening, *(story.block for story in stories), section.closing]
        return tuple(found)

    def counts(self, chosen: Sequence[tuple[str, Sequence[str]]], words: Words) -> Counted:
        """What fills the slots `stories` and `minutes` for this list."""
        return counted(words, *self._numbers(chosen)[:2])

    def joined(self, chosen: Sequence[tuple[str, Sequence[str]]], words: Words) -> Rendering:
        """The variant that a reader with this list gets."""
        counts, blocks = self.counts(chosen, words), self.blocks(chosen)
        stories, minutes, total = self._numbers(chosen)
        values = {STORIES: Block(counts.stories, counts.stories), MINUTES: Block(counts.minutes, counts.minutes)}
        values[SECTIONS] = Block("".join(block.html for block in blocks), "".join(block.text for block in blocks))
        html, text = self.shell.html, self.shell.text
        for name, value in values.items():
            html, text = html.replace("{{" + name + "}}", value.html), text.replace("{{" + name + "}}", value.text)
        slots = tuple(name for name in self.shell.slots if name not in values)
        return replace(self.shell, html=html, text=text, slots=slots, stories=stories, minutes=minutes, words=total)

    def _numbers(self, chosen: Sequence[tuple[str, Sequence[str]]]) -> tuple[int, int, int]:
        shown = [story for _section, stories in self._find(chosen) for story in stories]
        total = self.words + sum(story.words for story in shown)
        return len(self.fixed | {story.id for story in shown}), max(1, math.ceil(total / WORDS_A_MINUTE)), total

    def _find(
        self, chosen: Sequence[tuple[str, Sequence[str]]]
    ) -> tuple[tuple[SectionBlocks, tuple[StoryBlock, ...]], ...]:
        by_name = {section.name: section for section in self.sections}
        found = []
        for name, ids in chosen:
            by_id = {story.id: story for story in by_name[name].stories}
            if ids:
                found.append((by_name[name], tuple(by_id[story] for story in ids)))
        return tuple(found)


def render_personal(
    context: Context, *, templates: Sequence[Path], template: str = "daily", theme: Theme, language: str
) -> Personal:
    """The personal variant of an edition: `context` holds every story that any reader's list may hold.

    Raises:
        TemplateError: as `render`; or the template cannot be taken apart, with the reason.
        ConfigError: there are no words in this language.
    """
    from digest.render.compiled import personal_program, text_program
    from digest.render.flatten import NotPlain

    check_name(template)
    names = [section.name for section in context.sections]
    if len(set(names)) != len(names):
        raise TemplateError("two sections of a personal edition have the same name", where=template)
    context = replace(context, preheader=context.preheader or prepare(replace(context, sections=())).preheader)
    shown, words, slots = made_ready(replace(context, slots=(*context.slots, SECTIONS, STORIES, MINUTES)), language)
    try:
        program = personal_program(template, templates, theme, language)
        text = text_program(template, templates)
        return _take_apart(shown, words, slots, template, theme, program, text)
    except NotPlain as problem:
        raise TemplateError(
            f"the template cannot serve a personal segment: {problem}",
            where=f"{template}.mjml.j2",
            hint="use plain loops, or set personal = false in the audience",
        ) from None
