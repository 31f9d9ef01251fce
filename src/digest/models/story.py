"""What was published: stories, teasers, takeaways, topics and clusters."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

ID_LENGTH = 16
_PLAIN = re.compile(r"[a-z0-9]+")
# What no reader sees, or what an address or a place on a page changes.
_QUIET = frozenset({"seen", "rails", "rail_order", "source", "id", "url"})


class Kind(StrEnum):
    """What sort of piece a story is, which decides where it may stand."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    LIVE = "live"
    SERVICE = "service"
    COMMERCE = "commerce"
    SPONSORED = "sponsored"

    @property
    def leads(self) -> bool:
        """Whether such a story may lead an edition, or make its subject, without being pinned."""
        return self in (Kind.NEWS, Kind.OPINION, Kind.ANALYSIS)

    @property
    def labelled(self) -> bool:
        """Whether a reader must be told what sort of piece this is."""
        return self in (Kind.OPINION, Kind.ANALYSIS, Kind.SPONSORED)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that belongs to a story. `width` and `height` are pixels, None when the source does not say."""

    url: str
    alt: str = ""
    credit: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a story's body under its own heading; paragraphs are divided by a blank line."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class TopicScore:
    """That a story belongs to a topic: how sure (0 to 1), and by which rule."""

    topic: str
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class Story:
    """One published article, or a teaser of one (title and excerpt only).

    Times are zone-aware or None when unknown; `seen` is the time first seen, or the capture date that a saved
    page states. `rails` are the rails it stood in, `rail_order` its place in each (0 is first). `body` is the
    running text without headings, paragraphs divided by a blank line; `sections` are its headed parts.
    """

    id: str
    title: str
    url: str | None = None
    source: str = ""
    teaser: bool = False
    short_titles: tuple[str, ...] = ()
    takeaways: tuple[str, ...] = ()
    excerpt: str = ""
    sections: tuple[Section, ...] = ()
    body: str = ""
    author: str | None = None
    image: Image | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    rails: tuple[str, ...] = ()
    rail_order: tuple[int, ...] = ()
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    seen: datetime | None = None
    kind: Kind = Kind.NEWS
    kind_evidence: str | None = None
    paywalled: bool = False
    topics: tuple[str, ...] = ()
    withdrawn: bool = False

    @property
    def when(self) -> datetime | None:
        """The time that recency goes by: published, else seen."""
        return self.published or self.seen

    @property
    def content_hash(self) -> str:
        """Of everything a reader could see: a different hash is a new revision. `seen`, rails, and which of a story's
        addresses was met do not count."""
        return hash_of(to_json(self))

    def with_seen(self, seen: datetime) -> Self:
        """The same story, first seen at `seen` unless it already says when."""
        return self if self.seen else replace(self, seen=seen)


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """That a source, or one item of it, gave nothing usable: a value, so that the others go on."""

    source: str
    where: str
    what: str
    hint: str | None = None


def story_id(url: str | None, source: str, title: str) -> str:
    """The 16-character id of a story: base32 (RFC 4648, lower case) of SHA-256 over its canonical URL, else over
    its source and normalised title."""
    key = url or f"{source}\n{normalise_title(title)}"
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:ID_LENGTH]


def hash_of(document: Mapping[str, Any]) -> str:
    """The content hash of a story that stands here as plain JSON values."""
    parts = {name: value for name, value in document.items() if name not in _QUIET}
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def normalise_title(title: str) -> str:
    """A title as it is compared: NFKC, case folded, letters and digits only, single spaces."""
    if title.isascii():
        return " ".join(_PLAIN.findall(title.lower()))
    folded = unicodedata.normalize("NFKC", title).casefold()
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return " ".join(kept.split())


def to_json(story: Story) -> dict[str, Any]:
    """A story as plain JSON values; times as ISO 8601 with zone."""
    out: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(story, name)
        if value is None or isinstance(value, str):
            pass
        elif isinstance(value, tuple):
            value = [{"heading": s.heading, "text": s.text} for s in value] if name == "sections" else list(value)
        elif isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, Image):
            value = {f.name: getattr(value, f.name) for f in fields(value)}
        out[name] = value
    return out


_NAMES = tuple(field.name for field in fields(Story))


def from_json(data: Mapping[str, Any]) -> Story:
    """The story that `to_json` wrote."""
    values = dict(data)
    for name in ("published", "updated", "seen"):
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    if values.get("image"):
        values["image"] = Image(**values["image"])
    values["sections"] = tuple(Section(**s) for s in values.get("sections", ()))
    values["kind"] = Kind(values.get("kind", Kind.NEWS))
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return Story(**values)
