"""What a mail looks like where a mail program changes its colours without being asked to: an emulation.

No vendor documents its rules. Two manners are known: everything inverted, as Gmail does on iOS and Outlook on
Windows, and only light papers darkened and dark words lightened, as Outlook.com and Gmail on Android do. Lightness is
mirrored in CIE L*a*b* (ISO 11664-4, white D65), hue is kept. Pictures are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal

Manner = Literal["full", "part"]
Colour = tuple[float, float, float]

FOR: Final = {"full": "Gmail on iOS and Outlook on Windows", "part": "Outlook.com and Gmail on Android"}
_WHITE: Final = (0.95047, 1.0, 1.08883)
_NAMED: Final = {
    "black": "#000000",
    "white": "#ffffff",
    "gray": "#808080",
    "grey": "#808080",
    "silver": "#c0c0c0",
    "red": "#ff0000",
    "maroon": "#800000",
    "yellow": "#ffff00",
    "green": "#008000",
    "blue": "#0000ff",
    "navy": "#000080",
}
_COLOUR = re.compile(
    r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|rgba?\([^()]{1,60}\)|(?<![\w-])(?:"
    + "|".join(_NAMED)
    + r")(?![\w-])",
    re.IGNORECASE,
)
_DECLARATION = re.compile(
    r"(?<![\w-])(color|background(?:-color)?|border(?:-[a-z]+)*|outline)(\s*:\s*)([^;{}\"'<>]*)", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"(\s(?:style|bgcolor|color|text)\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.IGNORECASE | re.DOTALL)
_DARK_RULES = re.compile(r"prefers-color-scheme\s*:\s*dark", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
# What has no colour of its own stands as black on white in a mail.
_BARE: Final = "<style>html,body{background:%s;color:%s}</style>"


def inverted(html: str, manner: Manner) -> str:
    """The mail with its colours changed; its own dark styles are put out of use, since such programs pass them by."""

    def sheet(found: re.Match[str]) -> str:
        rules = _DARK_RULES.sub("prefers-color-scheme:no-preference", found[2])
        return found[1] + _declarations(rules, manner) + found[3]

    def tag(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("<!--") else _ATTRIBUTE.sub(attribute, found[0])

    def attribute(found: re.Match[str]) -> str:
        name, quote, value = found[1].strip(" =\n\t\r").lower(), found[2][0], found[2][1:-1]
        if name == "style":
            value = _declarations(value, manner)
        else:
            value = _COLOUR.sub(lambda one: turned(one[0], manner, paper=name == "bgcolor"), value)
        return f"{found[1]}{quote}{value}{quote}"

    parts, at = [], 0
    for found in _SHEET.finditer(html):
        parts += [_TAG.sub(tag, html[at : found.start()]), sheet(found)]
        at = found.end()
    whole = "".join([*parts, _TAG.sub(tag, html[at:])])
    bare = _BARE % (turned("#ffffff", manner, paper=True), turned("#000000", manner, paper=False))
    return _HEAD.sub(lambda head: head[0] + bare, whole, count=1)


def _declarations(css: str, manner: Manner) -> str:
    def declared(found: re.Match[str]) -> str:
        paper = found[1].lower().startswith(("background", "border", "outline"))
        return found[1] + found[2] + _COLOUR.sub(lambda one: turned(one[0], manner, paper=paper), found[3])

    return _DECLARATION.sub(declared, css)


@lru_cache(maxsize=1024)
def turned(colour: str, manner: Manner, *, paper: bool) -> str:
    """A colour as such a mail program shows it; one that cannot be read is left as it is."""
    read = _read(colour)
    if read is None:
        return colour
    light, a, b = _lab(read[0])
    if manner == "part" and (light < 50) == paper:
        return colour
    red, green, blue = (round(255 * part) for part in _rgb((100 - light, a, b)))
    return f"rgba({red},{green},{blue},{read[1]})" if read[1] != "1" else f"#{red:02x}{green:02x}{blue:02x}"


def _read(colour: str) -> tuple[Colour, str] | None:
    text = _NAMED.get(colour.lower(), colour.lower())
    if text.startswith("#"):
        digits = text[1:] if len(text) > 5 else "".join(digit * 2 for digit in text[1:])
        red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
        alpha = f"{int(digits[6:8], 16) / 255:.3f}" if len(digits) == 8 else "1"
        return (red, green, blue), alpha
    parts = re.findall(r"[\d.]+%?", text)
    try:
        values = [float(part[:-1]) / 100 if part.endswith("%") else float(part) / 255 for part in parts[:3]]
    except ValueError:
        return None
    if len(values) < 3 or max(values) > 1:
        return None
    return (values[0], values[1], values[2]), parts[3] if len(parts) > 3 else "1"


def _lab(colour: Colour) -> Colour:
    red, green, blue = _each(colour, lambda c: c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    space = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / _WHITE[0],
        (0.2126729 * red + 0.7151522 * green + 0.0721750 * blue) / _WHITE[1],
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / _WHITE[2],
    )
    x, y, z = _each(space, lambda c: c ** (1 / 3) if c > 216 / 24389 else (24389 / 27 * c + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _rgb(colour: Colour) -> Colour:
    middle = (colour[0] + 16) / 116
    space = (middle + colour[1] / 500, middle, middle - colour[2] / 200)
    x, y, z = _each(space, lambda c: c**3 if c**3 > 216 / 24389 else (116 * c - 16) / (24389 / 27))
    x, y, z = x * _WHITE[0], y * _WHITE[1], z * _WHITE[2]
    linear = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    bounded = _each(linear, lambda c: min(max(c, 0.0), 1.0))
    return _each(bounded, lambda c: 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055)


def _each(colour: Colour, change: Callable[[float], float]) -> Colour:
    return change(colour[0]), change(colour[1]), change(colour[2])
