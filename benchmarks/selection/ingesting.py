"""Ingest: topics and events of new stories, alone and with all that the store keeps of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from digest.classify import classify
from digest.classify.placing import Classified
from digest.models.story import Story, normalise_title
from digest.pipeline.candidates import key
from digest.store import heads, stories
from digest.store.database import Database, open_database
from digest.store.migrate import migrate
from selection.corpus import CUT, news, settings_of

T = TypeVar("T")
DAY = 4_000


def measure(folder: Path, days: int) -> dict[str, float]:
    """Stories for each CPU-second: topics and events alone; the same with the store; and events by equal titles.

    Every day of 4,000 stories is gathered by itself.
    """
    database = open_database("sqlite:///ingest.db", folder, create=True)
    migrate(database)
    topics, sources = settings_of(8)
    classified = stored = naive = 0.0
    for day in range(days):
        told = [one.story for one in news(DAY, 1.0, topics=8, seed=3 + day, place=f"day{day}")]
        done, spent = timed(partial(classify, told, topics=topics, sources=sources))
        classified += spent
        _, spent = timed(partial(_keep, database, told, done))
        stored += spent
        _, spent = timed(lambda told=told: {normalise_title(story.title): story.id for story in told})  # type: ignore[misc]
        naive += spent
    database.engine.dispose()
    number = days * DAY
    return {
        "topics and events": number / classified,
        "the same, and kept in the store": number / (classified + stored),
        "events by equal titles, no topics": number / naive,
    }


def _keep(database: Database, told: Sequence[Story], done: Classified) -> None:
    placed = {item.story_id: (item.topics, item.cluster) for item in done.items}
    with database.begin() as connection:
        stories.save(connection, told, CUT)
    with database.begin() as connection:
        stories.place(connection, placed, done.aliases, CUT)
        heads.refresh(connection, {cluster for _, cluster in placed.values()}, {}, key)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` gives, and the CPU seconds of this process that it took."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began
