"""Choosing an edition of five topics from a store of a million stories, beside ways that score at choose time."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from digest.models.story import normalise_title, story_id, to_json
from digest.pipeline import candidates
from digest.select import Entry, choose, pool
from digest.settings import Digest, Source
from digest.store import heads, stories
from digest.store.database import Database, open_database
from digest.store.heads import Head
from digest.store.migrate import migrate
from selection.corpus import CUT, SOURCES, TOPICS, Told, news

DAYS = 60
REPEATED = 10
WANTED, PER_SOURCE, PER_TOPIC = 20, 3, 60
AUDIENCES, SENT = 20, 600
WINDOW, NO_REPEAT = timedelta(hours=24), timedelta(days=7)


def fill(folder: Path, number: int) -> Database:
    """A store with so many stories of the last 60 days, placed, and twenty audiences who each got 600 events.

    A tenth of them is told ten times over, as other events of other days: what is read does not know the difference,
    and telling them is most of the work.
    """
    database = open_database("sqlite:///million.db", folder, create=True)
    migrate(database)
    told = list(news(number // REPEATED, DAYS / REPEATED))
    for block in reversed(range(REPEATED)):
        back = timedelta(days=DAYS / REPEATED) * block
        with database.begin() as connection:
            for sql, rows in _rows(told, block, back).items():
                connection.exec_driver_sql(sql, rows)
    newest = sorted({_event(one, 0) for one in told})
    with database.begin() as connection:
        # The last ones by the product's own hand, so that both ways can be seen to agree.
        before = heads.heads(connection, [heads.ANY], 0.0, 500)
        heads.refresh(connection, [head.cluster for head in before[heads.ANY]], {}, candidates.key)
        if heads.heads(connection, [heads.ANY], 0.0, 500) != before:
            raise RuntimeError("the heads were not filled as the product fills them")
        _sent(connection, newest)
        connection.exec_driver_sql("ANALYZE")
    return database


def measure(database: Database, rounds: int) -> dict[str, float]:
    """Median milliseconds of each way to choose: wall time, and CPU time under `… cpu`."""
    rng = random.Random(5)  # noqa: S311
    asked = [(rng.sample(TOPICS, 5), f"audience{rng.randrange(AUDIENCES)}") for _ in range(rounds)]
    found: dict[str, float] = {}
    ways: list[tuple[str, Callable[[Connection, Sequence[str], str], object], int]] = [
        ("heads", _by_heads, rounds),
        ("no index", _no_index, 5),
        ("window joined with topics", _joined, 5),
        ("newest 5,000 read and scored", _newest, 3),
        ("whole edition from the heads", _edition, 5),
    ]
    for name, way, times in ways:
        wall, cpu = [], []
        with database.read() as connection:
            for topics, audience in asked[:3]:
                way(connection, topics, audience) if times > 5 else None
            for topics, audience in asked[:times]:
                began, busy = time.perf_counter(), time.process_time()
                way(connection, topics, audience)
                wall.append(time.perf_counter() - began)
                cpu.append(time.process_time() - busy)
        found[name], found[f"{name} cpu"] = statistics.median(wall) * 1e3, statistics.median(cpu) * 1e3
        found[f"{name} p95"] = sorted(wall)[int(len(wall) * 0.95)] * 1e3
    return found


def _by_heads(connection: Connection, topics: Sequence[str], audience: str) -> list[Head]:
    rows = heads.heads(
        connection,
        topics,
        candidates.key(1.0, CUT - WINDOW),
        PER_TOPIC,
        unsent=(audience, CUT - NO_REPEAT),
    )
    return _spread(merge(*rows.values(), key=lambda head: -head.hot))


def _no_index(connection: Connection, topics: Sequence[str], audience: str) -> list[Head]:
    """The same rows, with every row of the table looked at."""
    names = ", ".join(f"'{topic}'" for topic in topics)
    sql = text(
        f"SELECT topic, cluster, hot, story, source FROM cluster_topics NOT INDEXED WHERE topic IN ({names}) "  # noqa: S608
        "AND hot > :least AND cluster NOT IN (SELECT cluster FROM sent WHERE audience = :audience AND at >= :since) "
        "ORDER BY hot DESC LIMIT 300"
    )
    values = {
        "least": candidates.key(1.0, CUT - WINDOW),
        "audience": audience,
        "since": (CUT - NO_REPEAT).timestamp(),
    }
    return _spread(map(Head._make, connection.execute(sql, values)))


def _joined(connection: Connection, topics: Sequence[str], audience: str) -> list[Head]:
    """Importance counted when asked: the window's stories, joined with their topics, grouped by event."""
    names = ", ".join(f"'{topic}'" for topic in topics)
    sql = text(
        "SELECT t.topic, s.cluster, count(DISTINCT s.source) AS told, "  # noqa: S608
        "min(s.id), min(s.source) FROM stories s JOIN story_topics t ON t.story = s.id WHERE s.moment >= :from "
        f"AND t.topic IN ({names}) AND s.cluster NOT IN (SELECT cluster FROM sent WHERE audience = :audience "
        "AND at >= :since) GROUP BY t.topic, s.cluster ORDER BY told DESC LIMIT 300"
    )
    values = {"from": (CUT - WINDOW).timestamp(), "audience": audience, "since": (CUT - NO_REPEAT).timestamp()}
    return _spread(map(Head._make, connection.execute(sql, values)))


def _newest(connection: Connection, topics: Sequence[str], _audience: str) -> object:
    """The newest 5,000 stories, read whole, scored and chosen from."""
    return _chosen(list(islice(stories.recent(connection, 5_000), 5_000)), topics)


def _edition(connection: Connection, topics: Sequence[str], _audience: str) -> object:
    """All of an edition's selection, as the pipeline does it."""
    return _chosen(candidates.stored(connection, topics, CUT), topics)


def _chosen(found: Sequence[stories.Stored], topics: Sequence[str]) -> object:
    entries = {s.story.id: Entry(s.story, s.revision, s.cluster, s.topics) for s in found}
    digest = Digest(("everyone",), topics=tuple(topics))
    sources = {name: Source(name, "feed", url=f"https://{name}.example/feed") for name in SOURCES}
    pooled = pool("daily/2026-11-24", list(entries.values()), digest=digest, sources=sources, cut=CUT)
    return choose(pooled.pool, entries, digest_name="daily", digest=digest, topics_order=topics, language="en")


def _spread(rows: Iterable[Head]) -> list[Head]:
    """The first twenty, one an event, at most three a source."""
    chosen: list[Head] = []
    events: set[str] = set()
    counts: dict[str, int] = {}
    for head in rows:
        if head.cluster in events or counts.get(head.source, 0) >= PER_SOURCE:
            continue
        chosen.append(head)
        events.add(head.cluster)
        counts[head.source] = counts.get(head.source, 0) + 1
        if len(chosen) == WANTED:
            break
    return chosen


def _event(one: Told, block: int) -> str:
    return f"e{REPEATED - block:02}{one.event:013}"


def _rows(told: Sequence[Told], block: int, back: timedelta) -> dict[str, list[tuple[Any, ...]]]:
    kept, revisions, topics = [], [], []
    events: dict[str, list[tuple[float, str, str]]] = {}
    about: dict[str, set[str]] = {}
    for one in told:
        cluster, url = _event(one, block), f"{one.story.url}/{block}"
        published = one.story.published
        assert published is not None
        story = replace(one.story, id=story_id(url, "", ""), url=url, published=published - back)
        at = (published - back).timestamp()
        title = normalise_title(story.title)
        row = (
            story.id,
            url,
            story.title,
            title,
            False,
            story.source,
            "news",
            "en",
            at,
            at,
            at,
            1,
            "-",
            cluster,
            False,
        )
        kept.append(row)
        revisions.append((story.id, 1, "-", at, json.dumps(to_json(story))))
        topics += [(story.id, topic, 0.9, "model .90") for topic in one.topics]
        events.setdefault(cluster, []).append((at, story.id, story.source))
        about.setdefault(cluster, {heads.ANY}).update(one.topics)
    clusters, firsts = [], []
    for cluster, members in events.items():
        importance = float(len({source for _, _, source in members}))
        hot = candidates.key(importance, datetime.fromtimestamp(max(members)[0], UTC))
        clusters.append((cluster, min(members)[0], max(members)[0], importance, hot))
        _, first, source = min(members)
        firsts += [(topic, cluster, hot, first, source) for topic in sorted(about[cluster])]
    return {
        "INSERT INTO clusters (id, created, updated, importance, hot) VALUES (?, ?, ?, ?, ?)": clusters,
        "INSERT INTO stories (id, url, title, title_key, teaser, source, kind, language, published, seen, moment, "
        "revision, hash, cluster, withdrawn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)": kept,
        "INSERT INTO revisions (story, revision, hash, at, doc) VALUES (?, ?, ?, ?, ?)": revisions,
        "INSERT INTO story_topics (story, topic, confidence, rule) VALUES (?, ?, ?, ?)": topics,
        "INSERT INTO cluster_topics (topic, cluster, hot, story, source) VALUES (?, ?, ?, ?, ?)": firsts,
    }


def _sent(connection: Connection, events: Sequence[str]) -> None:
    at: datetime = CUT - timedelta(days=1)
    connection.exec_driver_sql(
        "INSERT INTO editions (id, digest, date, cut, send_by, state, subject, preheader, hash, doc) "
        "VALUES ('daily/2026-11-23', 'daily', '2026-11-23', ?, ?, 'sent', '', '', '', '{\"plans\": []}')",
        (at.timestamp(), at.timestamp()),
    )
    rng = random.Random(9)  # noqa: S311
    recent = events[-4_000:]
    rows = [
        (f"audience{number}", cluster, "daily/2026-11-23", at.timestamp(), 1, "-")
        for number in range(AUDIENCES)
        for cluster in rng.sample(recent, min(SENT, len(recent)))
    ]
    connection.exec_driver_sql(
        "INSERT INTO sent (audience, cluster, edition, at, sources, lead_hash) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
