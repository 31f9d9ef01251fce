"""What spam filters hold against a mail, by its own signs; what an installed filter says is not asked here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from digest.check.finding import Given, Hit, Rule

# SpamAssassin's HTML_IMAGE_ONLY rules fire on a picture with less text than this, HTML_IMAGE_RATIO on little text
# beside many pixels.
LITTLE = 400
PIXELS_A_LETTER = 500
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![\w-])opacity\s*:\s*0(?![.\d])", re.I
)
_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*(\d{1,4})", re.I)
_SHOUTED = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{2,}){5,}\b")
_PROMISES = re.compile(
    r"\b(?:100% free|act now|act immediately|cash bonus|click below|dear friend|double your income|earn extra cash"
    r"|guaranteed winner|no obligation|risk[- ]free|this is not spam|you have been selected|winner!)",
    re.I,
)
_INVISIBLE = re.compile("[\u034f\u2007\u200b-\u200f\u00ad\ufeff\\s]+")


def _signals(given: Given) -> Iterator[Hit]:
    letters = len(given.words.replace(" ", ""))
    pictures = [image for image in given.page.iter("img") if not _small(image)]
    if pictures and letters < LITTLE:
        yield Hit(f"{len(pictures)} pictures stand beside only {letters} letters of text", "html")
    else:
        pixels = sum(_pixels(image) for image in pictures)
        if letters and pixels / letters > PIXELS_A_LETTER:
            yield Hit("the pictures are large for the little text beside them", "html")
    hidden = [text for text in _hidden(given) if text and text != _plain(given.rendering.preheader)]
    for text in hidden[1 if not given.rendering.preheader else 0 :]:
        yield Hit(f'text is hidden: "{text[:60]}"', "html")
    shouted = _SHOUTED.search(given.words)
    if shouted:
        yield Hit(f'a run of words is all capitals: "{shouted[0][:60]}"', "html")
    promise = _PROMISES.search(f"{given.rendering.subject}\n{given.words}")
    if promise:
        yield Hit(f'"{promise[0]}" is what spam says', "html", "info")


def _hidden(given: Given) -> Iterator[str]:
    """The text of each outermost element that is not shown, and text whose own size is nothing."""
    stack: list[tuple[Any, bool]] = [(given.page, False)]
    while stack:
        element, vanishing = stack.pop()
        if not isinstance(element.tag, str) or element.tag in ("head", "style", "script", "img"):
            continue
        style = element.get("style", "")
        if _HIDDEN.search(style):
            yield _plain("".join(element.itertext()))
            continue
        size = _SIZE.search(style)
        vanishing = size[1].strip("0") == "" if size else vanishing
        if vanishing:
            yield _plain(" ".join(filter(None, (element.text, *(child.tail for child in element)))))
        stack.extend((child, vanishing) for child in reversed(element))


def _plain(text: str) -> str:
    return " ".join(_INVISIBLE.sub(" ", text).split())


def _small(image: Any) -> bool:
    return _number(image.get("width")) <= 40 if image.get("width") else False


def _pixels(image: Any) -> int:
    width, height = _number(image.get("width")), _number(image.get("height"))
    return width * (height or width * 9 // 16)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0


RULES = (
    Rule(
        "spam.signals",
        "warning",
        "filters count such signs, and enough of them together send a mail to the spam folder",
        "SpamAssassin: HTML_IMAGE_ONLY, HTML_IMAGE_RATIO, HTML_FONT_TINY, body phrases",
        "say it in words that can be read, and as one would to a reader",
        _signals,
    ),
)
