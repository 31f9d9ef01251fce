"""A story written by hand: TOML front matter between `+++` lines, then simple Markdown.

Understood below the front matter: paragraphs, `#` and `##` headings, `-` and `*` bullets, `[words](address)`,
`**strong**`, `*stress*` and `> quotes`, which become plain words. Pictures in the text are passed over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from digest.errors import at
from digest.ingest.context import Context
from digest.ingest.dates import moment
from digest.ingest.headings import is_takeaway_heading
from digest.ingest.links import canonical
from digest.ingest.prose import bullet, clean, paragraphs
from digest.ingest.standing import Repeats
from digest.models.story import Image, Kind, Section, SourceFailure, Story

FENCE = "+++"
KEYS = ("title", "url", "published", "updated", "author", "section", "tags", "language", "kind", "paywalled",
        "takeaways", "excerpt", "short_titles", "image", "topics", "front", "repeats", "seen")  # fmt: skip
_DATE = "{date}"
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^)\s]{0,2000}(?:\s+\"[^\"]{0,300}\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1")
_STRESS = re.compile(r"(?<![\w*])([*_])(?=\S)(.{1,400}?)(?<=\S)\1(?![\w*])")
_PICTURE = re.compile(r"\s*!\[[^\]]{0,500}\]\([^)]{0,2000}\)\s*$")
_QUOTED = re.compile(r"^\s{0,3}>\s?")
_CODE = re.compile(r"`([^`]+)`")


class _Misfit(Exception):
    """A value of the front matter that does not fit: its key and what is wrong."""

    def __init__(self, key: str, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.key, self.what, self.hint = key, what, hint


@dataclass(slots=True)
class _Written:
    """The Markdown below the front matter, taken apart."""

    takeaways: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    title: str = ""

    def add(self, text: str) -> None:
        self.paragraphs.append(text)
        if self.sections:
            self.sections[-1][1].append(text)


def read_markdown(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The stories of one Markdown file: one, or one for each recent occurrence of a standing item."""
    head, body, offset = _divided(text)
    try:
        values = tomllib.loads(head)
    except (ValueError, RecursionError) as problem:
        match = re.search(r"\(at (?:line (\d+)|end of document)", str(problem))
        line = int(match[1] or head.count("\n") + 1) + offset if match else None
        what = re.sub(r" \(at .*", "", str(problem))
        return (context.failure(f"front matter: {what}", where=at(context.where, line)),)
    try:
        return _stories(values, _read_body(body), context)
    except _Misfit as misfit:
        found = re.search(rf"^\s*{re.escape(misfit.key)}\s*=", head, re.MULTILINE)
        line = head[: found.start()].count("\n") + 1 + offset if found else None
        return (context.failure(f"{misfit.key}: {misfit.what}", misfit.hint, at(context.where, line)),)


def read_values(values: Mapping[str, Any], body: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The same from values that are at hand, as front matter has them, and Markdown."""
    try:
        return _stories(values, _read_body(body), context)
    except _Misfit as misfit:
        return (context.failure(f"{misfit.key}: {misfit.what}", misfit.hint),)


def _divided(text: str) -> tuple[str, str, int]:
    """Front matter, the rest, and how many lines stand before the front matter's first."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() != FENCE:
        return "", text, 0
    for number in range(start + 1, len(lines)):
        if lines[number].strip() == FENCE:
            return "\n".join(lines[start + 1 : number]), "\n".join(lines[number + 1 :]), start + 1
    return "\n".join(lines[start + 1 :]), "", start + 1


def _stories(values: Mapping[str, Any], written: _Written, context: Context) -> tuple[Story | SourceFailure, ...]:
    import difflib

    for key in values:
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            raise _Misfit(key, "unknown key", f"did you mean {close[0]}?" if close else f"known: {', '.join(KEYS)}")
    title = _text(values, "title") or clean(written.title)
    if not title:
        raise _Misfit("title", "is missing", 'start the file with a line +++, then title = "…", then a line +++')
    url = _text(values, "url")
    known = _known(values, written, context)
    language = _text(values, "language")
    if "repeats" not in values:
        if url and not canonical(url, context.url):
            raise _Misfit("url", "must be an http or https address")
        return (context.story(title, url=url, language=language, **known),)
    return _standing(values, title, url, language, known, context)


def _standing(
    values: Mapping[str, Any], title: str, url: str | None, language: str | None, known: dict[str, Any],
    context: Context,
) -> tuple[Story | SourceFailure, ...]:  # fmt: skip
    """One story for each occurrence; without a clock one story that has neither time nor address."""
    try:
        repeats = Repeats.parse(_text(values, "repeats") or "")
    except ValueError as problem:
        raise _Misfit("repeats", str(problem)) from None
    if not url or _DATE not in url or not canonical(url.replace(_DATE, "2026-01-01"), context.url):
        raise _Misfit("url", "of a standing item must be an http or https address with {date} in it",
                      'for example url = "https://news.example/puzzle/{date}"')  # fmt: skip
    if "published" in values:
        raise _Misfit("published", "does not go together with repeats")
    if context.now is None:
        return (context.story(title, language=language, **known),)
    return tuple(
        context.story(
            title, url=url.replace(_DATE, f"{when:%Y-%m-%d}"), language=language, **{**known, "published": when}
        )
        for when in repeats.recent(context.now, context.zone)
    )


def _known(values: Mapping[str, Any], written: _Written, context: Context) -> dict[str, Any]:
    kind = _text(values, "kind")
    if kind and kind not in tuple(Kind):
        raise _Misfit("kind", f'"{kind}" is not one of the choices', f"known: {', '.join(Kind)}")
    paywalled = values.get("paywalled", False)
    if not isinstance(paywalled, bool):
        raise _Misfit("paywalled", "must be true or false")
    front = values.get("front")
    if front is not None and (isinstance(front, bool) or not isinstance(front, int) or front < 1):
        raise _Misfit("front", "must be the story's place on the front page, 1 for the first")
    return {
        "rails": ("Front page",) if front else (),
        "rail_order": (front - 1,) if front else (),
        "published": _moment(values, "published", context),
        "updated": _moment(values, "updated", context),
        "seen": _moment(values, "seen", context),
        "author": _text(values, "author"),
        "section": _text(values, "section"),
        "tags": _texts(values, "tags"),
        "topics": _texts(values, "topics"),
        "kind": Kind(kind) if kind else Kind.NEWS,
        "kind_evidence": "front matter" if kind else None,
        "paywalled": paywalled,
        "takeaways": _texts(values, "takeaways") or tuple(written.takeaways),
        "excerpt": _text(values, "excerpt") or "",
        "short_titles": _texts(values, "short_titles"),
        "image": _image(values, context),
        "sections": tuple(Section(heading, paragraphs(texts)) for heading, texts in written.sections),
        "body": paragraphs(written.paragraphs),
    }


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Misfit(key, "must be text in quotes")
    return clean(value) or None


def _texts(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Misfit(key, 'must be a list, for example ["one", "two"]')
    return tuple(text for text in map(clean, value) if text)


def _moment(values: Mapping[str, Any], key: str, context: Context) -> datetime | None:
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=context.zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), context.zone)
    found = moment(value, context.zone) if isinstance(value, str) else None
    if not found:
        raise _Misfit(key, "must be a date or a time, for example 2026-01-16T07:00:00+05:30")
    return found


def _image(values: Mapping[str, Any], context: Context) -> Image | None:
    value = values.get("image")
    if value is None:
        return None
    if isinstance(value, str):
        value = {"url": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("url"), str):
        raise _Misfit("image", 'must be { url = "…", alt = "…", credit = "…" }')
    url = canonical(value["url"], context.url)
    if not url:
        raise _Misfit("image", "its url must be an http or https address")
    unknown = set(value) - {"url", "alt", "credit"}
    if unknown:
        raise _Misfit("image", f"has an unknown key {min(unknown)}", "known: url, alt, credit")
    return Image(url, _text(value, "alt") or "", _text(value, "credit"))


def _read_body(text: str) -> _Written:
    written = _Written()
    collecting = False
    for block in re.split(r"\n\s*\n|\n(?=#{1,6}\s)|(?<=\n)(?=#{1,6}\s)", text.replace("\r\n", "\n")):
        lines = block.strip("\n").split("\n")
        if match := re.match(r"(#{1,6})\s+(.*?)\s*#*\s*$", lines[0]):
            heading = plain(match[2])
            collecting = is_takeaway_heading(heading)
            if len(match[1]) == 1 and not written.title and not collecting:
                written.title = heading
            elif not collecting:
                written.sections.append((heading, []))
            lines = lines[1:]
        for is_bullet, item in _items(lines):
            if collecting and is_bullet:
                written.takeaways.append(item)
                continue
            collecting = False
            written.add(item)
    return written


def _items(lines: list[str]) -> list[tuple[bool, str]]:
    """The bullets and paragraphs of a block; a line that does not start a bullet goes on with what is before it."""
    items: list[tuple[bool, str]] = []
    for line in lines:
        if _PICTURE.match(line):
            continue
        line = _QUOTED.sub("", line)
        if match := re.match(r"\s{0,6}[-*+•]\s+(.*)", line):
            items.append((True, match[1]))
        elif line.strip() and items:
            is_bullet, so_far = items[-1]
            items[-1] = (is_bullet, f"{so_far} {line.strip()}")
        elif line.strip():
            items.append((False, line))
    return [(is_bullet, text) for is_bullet, line in items if (text := plain(bullet(line) if is_bullet else line))]


def plain(text: str) -> str:
    """Inline Markdown as plain words."""
    text = _LINK.sub(r"\1", text[:20_000])
    text = _STRESS.sub(r"\2", _STRONG.sub(r"\2", text))
    return clean(_CODE.sub(r"\1", text), 20_000)
