"""One variant from one context: the HTML, and the text part beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.errors import TemplateError
from digest.models.edition import Rendering
from digest.render.characters import disarm
from digest.render.context import Context
from digest.render.personal import Personal
from digest.render.prepare import prepare
from digest.render.slots import Slots
from digest.render.words import Words
from digest.render.written import written
from digest.settings import Theme

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
# Text that merely looks like a slot: written as a character reference, it reads the same and is never filled.
_BRACES = re.compile(r"\{(?=\{)")


def render(
    context: Context, *, templates: Sequence[Path], template: str = "daily", theme: Theme, language: str
) -> Rendering:
    """The variant of (segment, language, template): HTML and text with `{{slot}}` where readers differ.

    `templates` are the folders to look in, the packaged one last; as `Folders` they are looked through once for all
    variants. The same arguments give the same bytes.

    Raises:
        TemplateError: a template is missing or wrong; `where` is its file and line.
        ConfigError: there are no words in this language.
        UsageError: the theme holds what is no colour, font or width.
    """
    from digest.render.compiled import compose
    from digest.render.values import template_values

    shown, words, slots = made_ready(context, template, language)
    values = template_values(shown, words, slots, theme)
    html = compose(template, templates, values, slots.prefix, theme=theme, language=language)
    text = compose_text(template, templates, values, shown, words, slots)
    return finished(shown, words, slots, template, values, html, text)


def render_personal(
    context: Context, *, templates: Sequence[Path], template: str = "daily", theme: Theme, language: str
) -> Personal:
    """The personal variant of an edition, as a shell and blocks: `context` holds every story of any reader's list.

    Raises:
        TemplateError: as `render`; or the template cannot be taken apart, with the reason.
        ConfigError: there are no words in this language.
        UsageError: the theme holds what is no colour, font or width.
    """
    from digest.render.apart import take_apart

    return take_apart(context, templates, template, theme, language)


def made_ready(context: Context, template: str, language: str) -> tuple[Context, Words, Slots]:
    """What is shown, in whose words, with which slots."""
    if not _NAME.fullmatch(template):
        raise TemplateError(f'"{template}" is no name of a template', hint="use letters, digits, - and _")
    shown = prepare(context)
    try:
        slots = Slots.apart_from(written(shown), context.slots)
    except ValueError as problem:
        raise TemplateError(str(problem), where="slots") from None
    return shown, Words.of(language), slots


def compose_text(
    template: str, roots: Sequence[Path], values: Mapping[str, Any], shown: Context, words: Words, slots: Slots
) -> str:
    """The text part with tokens for slots: by `NAME.txt.j2` where there is one, else by our own hand."""
    from digest.render.environment import TemplateFiles, fill
    from digest.render.plaintext import write

    name = f"{template}.txt.j2"
    if TemplateFiles(roots).find(name):
        return fill(roots, name, values).strip() + "\n"
    return write(shown, words, slots, values["counted"])


def finished(
    shown: Context, words: Words, slots: Slots, template: str, values: Mapping[str, Any], html: str, text: str
) -> Rendering:
    """The rendering, its tokens turned into `{{slot}}` and everything that only looks like one made harmless."""
    edition = shown.edition
    subject, in_subject = slots.found_in(values["subject"])
    page, in_page = slots.found_in(harmless(html))
    plain, in_plain = slots.found_in(disarm(text))
    return Rendering(
        edition=edition.id,
        segment=shown.segment.name,
        language=words.language,
        template=template,
        subject=subject,
        preheader=slots.reveal(values["preheader"]),
        html=page,
        text=plain,
        slots=tuple(sorted(in_subject | in_page | in_plain)),
        stories=edition.stories,
        minutes=edition.minutes,
        words=edition.words,
    )


def harmless(html: str) -> str:
    """`html` in which no two braces stand side by side."""
    at = html.find("{")
    while at >= 0:
        if html.startswith("{", at + 1):
            return _BRACES.sub("&#123;", html)
        # A pair is looked for at ten times the cost of a single one, of which a page has few.
        at = html.find("{", at + 1)
    return html
