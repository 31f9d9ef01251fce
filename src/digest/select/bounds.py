"""What one plan may hold: for the edition itself or for a segment, before anything is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.models.edition import LATEST, LEAD, Pool
from digest.models.people import Segment
from digest.models.story import Story
from digest.select.entry import EditorsHand, Entry, Sent
from digest.select.window import words_for
from digest.settings import Digest

DEFAULT_LIMIT = 2
LEAST_SOURCES = 3


@dataclass(frozen=True, slots=True)
class Update:
    """That an event may come again, in words; with `after` only by a story that is newer."""

    words: str
    after: datetime | None = None

    def by(self, story: Story) -> bool:
        """Whether this story is news of the event."""
        return self.after is None or (story.when is not None and story.when > self.after)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one plan may hold: sections in order with their quotas, languages, history, caps."""

    order: tuple[str, ...]
    limits: Mapping[str, int]
    languages: frozenset[str]
    already: Mapping[str, Sent]
    hand: EditorsHand
    per_source: int | None
    only: frozenset[str] | None
    updates: Mapping[str, Update]


def bounds_of(
    pool: Pool,
    stories: Mapping[str, Entry],
    digest: Digest,
    topics: tuple[str, ...],
    segment: Segment | None,
    language: str,
    already: Mapping[str, str | Sent],
    hand: EditorsHand,
) -> Bounds:
    """The bounds of a plan; `segment` None is the edition's own."""
    own = segment.limits if segment else {}
    only = frozenset(segment.topics) if segment and segment.topics is not None else None
    named = [name for name in hand.sections if name not in (LEAD, LATEST)]
    order = [name for name in dict.fromkeys((*named, *topics)) if only is None or name in only]
    tags = (segment.languages if segment else None) or ((language,) if language else ())
    wanted = frozenset(primary(tag) for tag in tags)
    sent = {cluster: told if isinstance(told, Sent) else Sent(told) for cluster, told in already.items()}
    found = {
        stories[c.story].story.source for c in pool.candidates if speaks(stories[c.story].story.language, wanted)
    }
    return Bounds(
        tuple(order),
        {name: own.get(name, digest.limits.get(name, DEFAULT_LIMIT)) for name in order},
        wanted,
        sent,
        hand,
        digest.max_per_source if len(found) > 1 else None,
        only,
        updates(pool, stories, digest, sent, hand),
    )


def updates(
    pool: Pool, stories: Mapping[str, Entry], digest: Digest, already: Mapping[str, Sent], hand: EditorsHand
) -> dict[str, Update]:
    """Events that may come again: marked by an editor, or grown since to twice the sources and at least three.

    What grew comes only half a window after it was sent, and only by a story that was published since.
    """
    now: dict[str, set[str]] = {}
    for candidate in pool.candidates:
        if candidate.cluster in already:
            now.setdefault(candidate.cluster, set()).add(stories[candidate.story].story.source)
    found: dict[str, Update] = {}
    for cluster, names in now.items():
        sent = already[cluster]
        if cluster in hand.updates:
            found[cluster] = Update(f"update, marked by an editor; sent in {sent.edition}")
            continue
        grown = bool(sent.sources) and len(names) >= max(2 * sent.sources, LEAST_SOURCES)
        if grown and sent.at and pool.cut - sent.at >= digest.decay.delta:
            ago = words_for(pool.cut - sent.at)
            words = f"update: {len(names)} sources, {sent.sources} when sent in {sent.edition} {ago} ago"
            found[cluster] = Update(words, sent.at)
    return found


def speaks(language: str | None, wanted: frozenset[str]) -> bool:
    """Whether a language is among the wanted primary subtags; an unknown one passes, and none wanted means all."""
    return not language or not wanted or primary(language) in wanted


def primary(tag: str) -> str:
    """The primary subtag of a language tag (RFC 5646, section 2.2.1): `en` of `en-GB`."""
    return tag.replace("_", "-").split("-")[0].casefold()
