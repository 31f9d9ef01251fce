"""Pictures: reachable, described, sized, and in a form that clients show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.check.finding import Given, Hit, Rule

_FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|avif|svg)", re.IGNORECASE)


def _alt(given: Given) -> Iterator[Hit]:
    for image in given.page.iter("img"):
        alt = image.get("alt")
        if alt is None:
            yield Hit("a picture has no alt text", _where(image))
        elif _FILE_NAME.fullmatch(alt.strip()):
            yield Hit(f'the alt text is a file name: "{alt}"', _where(image), "warning")
        elif not alt.strip() and image.getparent().tag == "a" and not "".join(image.getparent().itertext()).strip():
            yield Hit("a linked picture has an empty alt text, so the link says nothing", _where(image))


def _width(given: Given) -> Iterator[Hit]:
    for image in given.page.iter("img"):
        width = image.get("width", "")
        if not (width.isascii() and width.isdigit() and 0 < int(width) <= 2_000):
            yield Hit(f"a picture has {f'the width {width}' if width else 'no width'}", _where(image))


def _https(given: Given) -> Iterator[Hit]:
    for image in given.page.iter("img"):
        source = image.get("src", "").strip()
        if source.startswith("cid:"):
            continue
        if not source:
            yield Hit("a picture has no address", _where(image))
        elif not source.startswith("https://") or not source.isascii() or " " in source:
            yield Hit(f"a picture does not come over https: {source[:60]}", _where(image))


def _format(given: Given) -> Iterator[Hit]:
    for image in given.page.iter("img"):
        source = image.get("src", "").strip()
        path = source if source.startswith("data:") else _path(source)
        if path.startswith("data:"):
            yield Hit("a picture is written into the mail, which Gmail does not show", _where(image))
        elif path.lower().endswith((".svg", ".webp", ".avif")):
            yield Hit(f"a picture is {path.rpartition('.')[2]}, which Outlook or Gmail does not show", _where(image))


def _path(source: str) -> str:
    try:
        return urlsplit(source).path
    except ValueError:
        return ""


def _where(image: object) -> str:
    return f"html: the picture {image.get('src', '')[:80]}"  # type: ignore[attr-defined]


RULES = (
    Rule(
        "img.alt",
        "error",
        "a reader who does not see the picture reads its alt text, or its file name when there is none",
        "WCAG 2.2, 1.1.1; emailmarkup.org",
        "describe the picture, or set alt to nothing when it only decorates",
        _alt,
    ),
    Rule(
        "outlook.img-width",
        "error",
        "Outlook ignores the CSS width and shows the picture at its own size",
        "Outlook's Word renderer; MJML mj-image",
        "give the width in whole pixels as an attribute",
        _width,
    ),
    Rule(
        "img.https",
        "error",
        "clients block pictures that come unencrypted, or from nowhere",
        "Gmail image proxy",
        "use an https address",
        _https,
    ),
    Rule(
        "img.format",
        "warning",
        "svg, webp, avif and written-in pictures stay empty in large clients",
        "caniemail.com: image formats",
        "use jpg, png or gif",
        _format,
    ),
)
