"""Everything that a template may name, as one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from digest.errors import TemplateError
from digest.models.story import Image
from digest.render.characters import clean_line, disarm
from digest.render.context import Context
from digest.render.counted import counted
from digest.render.labels import labels
from digest.render.plaintext import Plain
from digest.render.slots import Slots
from digest.render.theme import checked_theme
from digest.render.words import Words, direction_of
from digest.settings import Theme

# Behind the preheader: figure spaces and joiners that show nothing and keep inboxes from reading on.
FILLER = "\u2007\u034f" * 90


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
        "counted": counted(
            words, stories=shown.edition.stories, total=shown.edition.words, minutes=shown.edition.minutes
        ),
        "filler": FILLER,
        "slots": slots.tokens,
        "theme": checked_theme(theme),
        "language": words.language.replace("_", "-"),
        "direction": words.direction,
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "word": words.say,
        "plural": words.plural,
        "date": words.date,
        "time": words.time,
        "number": words.number,
        "direction_of": direction_of,
        "labels": partial(labels, words),
        "image_height": image_height,
    }
    values["plain"] = Plain(shown, words, slots, values["counted"])
    values["subject"] = _subject(shown.subject, values)
    return values


def image_height(image: Image, width: int) -> int | None:
    """The height in pixels of `image` at `width`, None when its own size is unknown."""
    return round(width * image.height / image.width) if image.width and image.height else None


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
