"""The picture of a feed item: Media RSS, an enclosure, or the one in its HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from digest.ingest.links import canonical
from digest.ingest.prose import clean
from digest.models.story import Image


def item_image(entry: Any, inside: Image | None, base: str | None) -> Image | None:
    """The widest picture that the item names (Media RSS 1.5.1, RSS enclosure), else the one `inside` its HTML."""
    offered = [
        (width or 0, -number, url, width, height) for number, (url, width, height) in enumerate(_named(entry, base))
    ]
    if not offered:
        return inside
    _, _, url, width, height = max(offered)
    alt = inside.alt if inside is not None and inside.url == url else ""
    credit = next(
        (
            text
            for part in entry.get("media_credit") or ()
            if isinstance(part, Mapping) and (text := clean(str(part.get("content") or ""), 200))
        ),
        None,
    )
    return Image(url, alt or _alt(entry), credit, width, height)


def _named(entry: Any, base: str | None) -> Iterator[tuple[str, int | None, int | None]]:
    for part in (*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())):
        if not isinstance(part, Mapping):
            continue
        kind = f"{part.get('medium') or ''} {part.get('type') or ''}".strip().lower()
        url = canonical(_text(part.get("url")), base)
        if url and (not kind or "image" in kind):
            yield url, _number(part.get("width")), _number(part.get("height"))
    for part in entry.get("enclosures") or ():
        if isinstance(part, Mapping) and _text(part.get("type")).lower().startswith("image/"):
            url = canonical(_text(part.get("href")), base)
            if url:
                yield url, None, None


def _alt(entry: Any) -> str:
    return clean(_text(entry.get("media_description") or entry.get("media_text")), 500)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    text = _text(value)
    return int(text) or None if text.isascii() and text.isdecimal() and len(text) < 6 else None
