"""Read saved pages, feeds and dumps without a publication, and put any story into plain JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from digest.errors import UsageError
from digest.ingest import parse
from digest.models.story import SourceFailure, Story, to_json
from digest.settings.model import Fetch
from digest.store.stories import Stored
from digest.summarise import summarise

DEFAULT_SUMMARY = 280


def read_files(
    names: list[str], *, zone: tzinfo, now: datetime, fetch: Fetch | None = None
) -> Iterator[Story | SourceFailure]:
    """Every story of the named files and addresses; what cannot be read is a failure, and the rest goes on."""
    for name in names:
        if name.startswith(("http://", "https://")):
            yield from _fetched(name, zone, now, fetch or Fetch())
            continue
        path = Path(name)
        try:
            if path.stat().st_size > 200_000_000:
                yield SourceFailure("", name, "is larger than 200 MB, which no page or feed is")
                continue
            data = path.read_bytes()
        except OSError as problem:
            yield SourceFailure("", name, f"cannot be read: {problem.strerror}")
            continue
        yield from parse(data, name, zone=zone, now=now)


def _fetched(url: str, zone: tzinfo, now: datetime, settings: Fetch) -> Iterator[Story | SourceFailure]:
    from digest.errors import SourceError
    from digest.ingest import HttpFetcher

    try:
        answer = HttpFetcher(settings).get(url)
    except SourceError as problem:
        yield SourceFailure("", url, problem.what, problem.hint)
        return
    yield from parse(answer.body, url, url=answer.url, zone=zone, now=now)


def story_json(story: Story, budget: int | None = DEFAULT_SUMMARY) -> dict[str, Any]:
    """A story as `stories parse --json` prints it: its fields, and its summary with where each line is from."""
    summary = summarise(story, budget)
    lines = [{"text": line.text, "from": line.origin} for line in summary.lines]
    return to_json(story) | {"hash": story.content_hash, "summary": {"lines": lines, "origin": summary.origin}}


def stored_json(stored: Stored, budget: int | None = DEFAULT_SUMMARY) -> dict[str, Any]:
    """A stored story: the same, with its topics, cluster and revision."""
    topics = [{"topic": t.topic, "confidence": t.confidence, "rule": t.rule} for t in stored.topics]
    return story_json(stored.story, budget) | {
        "topics": topics,
        "cluster": stored.cluster,
        "revision": stored.revision,
    }


def one(found: Stored | None, key: str) -> Stored:
    """Raises:
    UsageError: there is no such story, or the beginning of its id fits several.
    """
    if found is None:
        raise UsageError(f'no single story has an id that begins "{key}"', hint="`digest stories list` shows them")
    return found
