"""One variant from one context: the template filled, compiled, inlined, and the text part beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from digest.errors import TemplateError, UsageError
from digest.models.edition import Rendering
from digest.models.story import Image
from digest.render.characters import clean_line, disarm
from digest.render.context import Context
from digest.render.counted import counted
from digest.render.labels import labels
from digest.render.prepare import prepare
from digest.render.slots import Slots
from digest.render.words import Words, direction_of
from digest.settings import Theme

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"( *('[A-Za-z][\w -]*'|-?[A-Za-z][\w -]*) *(,|$)){1,12}")
# Text that merely looks like a slot: written as a character reference, it reads the same and is never filled.
_BRACES = re.compile(r"\{(?=\{)")
_SHEET = "_inline.css.j2"


def render(
    context: Context, *, templates: Sequence[Path], template: str = "daily", theme: Theme, language: str
) -> Rendering:
    """The variant of (segment, language, template): HTML and text with `{{slot}}` where readers differ.

    `templates` are the folders to look in, the packaged one last. The same arguments give the same bytes.

    Raises:
        TemplateError: a template is missing or wrong; `where` is its file and line.
        ConfigError: there are no words in this language.
    """
    if not _NAME.fullmatch(template):
        raise TemplateError(f'"{template}" is no name of a template', hint="use letters, digits, - and _")
    shown, words, slots = _ready(context, language)
    values = template_values(shown, words, slots, theme)
    html = compose_html(template, templates, values, slots)
    text = compose_text(template, templates, values, shown, words, slots)
    edition = shown.edition
    return Rendering(
        edition=edition.id,
        segment=shown.segment.name,
        language=language,
        template=template,
        subject=slots.reveal(values["subject"]),
        preheader=slots.reveal(values["preheader"]),
        html=slots.reveal(html),
        text=slots.reveal(text),
        slots=slots.used(html, text, values["subject"]),
        stories=edition.stories,
        minutes=edition.minutes,
        words=edition.words,
    )


def template_values(shown: Context, words: Words, slots: Slots, theme: Theme) -> dict[str, Any]:
    """Everything that a template may name."""
    rtl = words.direction == "rtl"
    values: dict[str, Any] = {
        "publication": shown.publication,
        "edition": shown.edition,
        "segment": shown.segment,
        "lead": shown.lead,
        "sections": shown.sections,
        "latest": shown.latest,
        "related": shown.related,
        "popular": shown.popular,
        "weather": shown.weather,
        "preheader": disarm(shown.preheader),
        "counted": counted(words, shown.edition.stories, shown.edition.minutes),
        "slots": slots.tokens,
        "theme": checked_theme(theme),
        "language": words.language.replace("_", "-"),
        "direction": words.direction,
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "word": words.say,
        "plural": words.plural,
        "date": words.date,
        "number": words.number,
        "direction_of": direction_of,
        "labels": partial(labels, words),
        "image_height": image_height,
    }
    values["subject"] = _subject(shown.subject, values)
    return values


def image_height(image: Image, width: int) -> int | None:
    """The height in pixels of `image` at `width`, None when its own size is unknown."""
    return round(width * image.height / image.width) if image.width and image.height else None


def compose_html(template: str, roots: Sequence[Path], values: Mapping[str, Any], slots: Slots) -> str:
    """The HTML with tokens for slots, by the long way: Jinja, MJML, inlining. What any faster way is measured by."""
    from digest.render.environment import TemplateFiles, fill
    from digest.render.inline import inline
    from digest.render.mjml import compile_mjml

    name = f"{template}.mjml.j2"
    html = compile_mjml(fill(roots, name, values), name, TemplateFiles(roots).origin)
    sheet = fill(roots, _SHEET, values)
    return _BRACES.sub("&#123;", inline(html, sheet, tokens=slots.prefix))


def compose_text(
    template: str, roots: Sequence[Path], values: Mapping[str, Any], shown: Context, words: Words, slots: Slots
) -> str:
    """The text part with tokens for slots: by `NAME.txt.j2` where there is one, else by our own hand."""
    from digest.render.environment import TemplateFiles, fill
    from digest.render.plaintext import write

    name = f"{template}.txt.j2"
    if TemplateFiles(roots).find(name):
        return disarm(fill(roots, name, values)).strip() + "\n"
    return disarm(write(shown, words, slots))


def checked_theme(theme: Theme) -> Theme:
    """`theme`, whose values may stand in a style sheet as they are.

    Raises:
        UsageError: a colour is not six-digit hex, a font list holds more than names, or the width is out of bounds.
    """
    for field in ("accent", "paper", "ink", "quiet", "rule"):
        for name in (field, f"{field}_dark"):
            if not _COLOUR.fullmatch(getattr(theme, name)):
                raise UsageError(
                    f'"{getattr(theme, name)}" is no colour',
                    where=f"[theme] {name}",
                    hint="write six digits: #9a3412",
                )
    for name in ("serif", "sans"):
        if not _FONTS.fullmatch(getattr(theme, name)):
            raise UsageError(
                "this is no list of font names", where=f"[theme] {name}", hint="Georgia, 'Times New Roman'"
            )
    if not 320 <= theme.width <= 800:
        raise UsageError(f"{theme.width} is no width for a mail", where="[theme] width", hint="600 to 640 suits most")
    return replace(theme, serif=_bare(theme.serif), sans=_bare(theme.sans))


def _bare(fonts: str) -> str:
    """Font names without quotes, which CSS allows for plain words (CSS Fonts 4, 2.1): `style` then needs none."""
    return ", ".join(name.strip(" '") for name in fonts.split(","))


def _ready(context: Context, language: str) -> tuple[Context, Words, Slots]:
    shown = prepare(context)
    try:
        slots = Slots.apart_from(repr(shown), context.slots)
    except ValueError as problem:
        raise TemplateError(str(problem), where="slots") from None
    return shown, Words.of(language), slots


def _subject(line: str, values: Mapping[str, Any]) -> str:
    """The subject line, one line of plain text. A blank one falls back to the lead's headline; never is it blank."""
    from digest.render.environment import fill_line

    known = {name: values[name] for name in ("publication", "edition", "segment", "slots", "date", "number")}
    subject = clean_line(fill_line(line, known, "subject"))
    lead = values["lead"]
    subject = subject or (lead.headline if lead else "")
    if not subject:
        raise TemplateError("the subject is empty", where="subject", hint="give the edition a subject or a lead")
    return disarm(subject)
