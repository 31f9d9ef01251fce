"""What every reader of one file or answer is told: whose it is, where it stood, and what time it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from digest.ingest.links import canonical, folded
from digest.ingest.prose import TITLE_LIMIT, clean
from digest.models.story import SourceFailure, Story, story_id


@dataclass(frozen=True, slots=True)
class Context:
    """Where pieces are read from. `where` names the file or address for people; `url` is the known address of what
    is read; `language` and `topics` are the source's own settings; times without a zone are in `zone`."""

    source: str = ""
    where: str = ""
    url: str | None = None
    zone: tzinfo = UTC
    now: datetime | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()

    def at(self, where: str, url: str | None = None) -> Context:
        """The same context for another file or address of the same source."""
        return replace(self, where=where, url=url)

    def story(self, title: str, *, url: str | None = None, language: str | None = None, **known: Any) -> Story:
        """A story of this source: canonical url, id, first seen now unless `known` says when, the source's default
        topics and language before what the piece itself says."""
        title = clean(title, TITLE_LIMIT)
        address = canonical(url, self.url)
        topics = tuple(dict.fromkeys((*self.topics, *known.pop("topics", ()))))
        known["seen"] = known.get("seen") or self.now
        return Story(
            id=story_id(folded(address) if address else None, self.source, title),
            title=title,
            url=address,
            source=self.source,
            language=self.language or language,
            topics=topics,
            **known,
        )

    def failure(self, what: str, hint: str | None = None, where: str | None = None) -> SourceFailure:
        """That something here gave no story."""
        return SourceFailure(self.source, where or self.where, what, hint)
