"""Render a personal edition once, and take it apart into a shell and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from digest.errors import TemplateError
from digest.render import long_way, plaintext
from digest.render.characters import disarm
from digest.render.context import Context, SectionView
from digest.render.counted import Counted
from digest.render.cuts import Cut, cut
from digest.render.environment import TemplateFiles, fill
from digest.render.flatten import NotPlain
from digest.render.folders import Stamp, stamp_of
from digest.render.personal import MINUTES, SECTIONS, STORIES, WORDS, Block, Personal, SectionBlocks, StoryBlock
from digest.render.prepare import count_words, prepare, words_of
from digest.render.program import STATIC, Program, compile_program, compile_text
from digest.render.rendering import finished, harmless, made_ready, render
from digest.render.slots import Slots
from digest.render.trial import trials
from digest.render.values import template_values
from digest.render.words import Words
from digest.settings import Theme

Programs = tuple[Program, Program | None]


def take_apart(context: Context, templates: Sequence[Path], template: str, theme: Theme, language: str) -> Personal:
    """What `render_personal` gives, and raises."""
    if len({section.name for section in context.sections}) != len(context.sections):
        raise TemplateError("two sections of a personal edition have the same name", where=f"{template}.mjml.j2")
    roots = tuple(templates)
    try:
        programs = _proved(roots, template, theme, language, stamp_of(templates))
        return _take_apart(context, template, programs, theme, language)
    except NotPlain as problem:
        raise TemplateError(
            f"this template cannot serve a personal segment: {problem}",
            where=f"{template}.mjml.j2",
            hint="keep to plain loops as the packaged template does, or set personal = false in the audience",
        ) from None


def _take_apart(context: Context, template: str, programs: Programs, theme: Theme, language: str) -> Personal:
    if not context.preheader:
        # A promise made of headlines must hold for every reader: of those that all of them get.
        context = replace(context, preheader=prepare(replace(context, sections=())).preheader)
    context = replace(context, slots=(*context.slots, SECTIONS, STORIES, WORDS, MINUTES))
    shown, words, slots = made_ready(context, template, language)
    values = template_values(shown, words, slots, theme)
    values["counted"] = Counted(*(slots.tokens[name] for name in (STORIES, WORDS, MINUTES)))
    values["plain"] = plaintext.Plain(shown, words, slots, values["counted"])
    head, cuts, tail = cut(programs[0].fill(values))
    opening, texts, closing = _text(shown, words, slots, values, programs[1])
    if not len(cuts) == len(texts) == len(shown.sections):
        raise NotPlain("not every section is written")
    fixed = replace(shown, sections=())
    place = slots.tokens[SECTIONS]
    return Personal(
        shell=finished(fixed, words, slots, template, values, head + place + tail, opening + place + closing),
        sections=tuple(_section(*each, slots) for each in zip(shown.sections, cuts, texts, strict=True)),
        fixed=frozenset(story.id for story in fixed.stories),
        words=count_words(fixed),
    )


def _section(section: SectionView, html: Cut, text: Cut, slots: Slots) -> SectionBlocks:
    def block(markup: str, plain: str) -> Block:
        return Block(slots.reveal(harmless(markup)), slots.reveal(disarm(plain)))

    if not len(html.stories) == len(text.stories) == len(section.stories):
        raise NotPlain("not every story of a section is written")
    return SectionBlocks(
        section.name,
        block(html.before, text.before),
        tuple(
            StoryBlock(story.id, words_of(story), block(markup, plain))
            for story, markup, plain in zip(section.stories, html.stories, text.stories, strict=True)
        ),
        block(html.behind, text.behind),
    )


def _text(
    shown: Context, words: Words, slots: Slots, values: dict[str, Any], program: Program | None
) -> tuple[str, tuple[Cut, ...], str]:
    """The text part in the same pieces: of the newsroom's own template, else of our own hand."""
    if program is not None:
        opening, sections, closing = cut(program.fill(values))
        return opening.lstrip(), sections, closing.rstrip() + "\n"
    gap = plaintext.GAP
    before = "".join(block + gap for block in plaintext.opening(shown, words, slots, values["counted"]))
    behind = gap.join(plaintext.closing(shown, words, slots)) + "\n"
    pieces = tuple(
        Cut(plaintext.label(s.label) + gap, tuple(plaintext.piece(story, words) + gap for story in s.stories), "")
        for s in shown.sections
    )
    return before, pieces, behind


@lru_cache(maxsize=64)
def _proved(roots: tuple[Path, ...], template: str, theme: Theme, language: str, _stamp: Stamp) -> Programs:
    """The programs of a template, after lists put together from its blocks came out as those lists rendered do.

    Raises:
        NotPlain: it cannot be taken apart.
        TemplateError: it cannot be rendered at all.
    """
    full = replace(trials()[0], preheader="A promise that holds for everybody who gets this edition")
    shown, words, slots = made_ready(full, template, language)
    values = template_values(shown, words, slots, theme)
    static = {name: values[name] for name in STATIC}
    sheet = fill(roots, long_way.SHEET, values)
    html = compile_program(roots, f"{template}.mjml.j2", sheet, static, cut=True)
    own = TemplateFiles(roots).find(f"{template}.txt.j2") is not None
    programs = html, compile_text(roots, f"{template}.txt.j2") if own else None
    personal = _take_apart(full, template, programs, theme, language)
    one, two = full.sections
    lists: tuple[tuple[SectionView, ...], ...] = (
        (one, two),
        (two, replace(one, stories=one.stories[1:2])),
        (),
    )
    for sections in lists:
        chosen = [(section.name, [story.id for story in section.stories]) for section in sections]
        wanted = render(
            replace(full, sections=sections), templates=roots, template=template, theme=theme, language=language
        )
        if personal.joined(chosen, words) != wanted:
            raise NotPlain("what it writes about one story depends on the others")
    return programs
