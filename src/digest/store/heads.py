"""The head of each topic: its events by an indexed key that orders them alike at any moment.

The key is made when stories are placed, so that an edition reads the best of a million stories without scoring them.
Every event stands under the topic `ANY` too, for what leads need not be of a topic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from digest.store.schema import cluster_topics, clusters, stories, story_topics

ANY = ""
_BATCH = 500
_LEAST = 0.01
Key = Callable[[float, datetime], float]


class Head(NamedTuple):
    """One event of a topic, and the story and source that stand for it."""

    topic: str
    cluster: str
    hot: float
    story: str
    source: str


def refresh(connection: Connection, events: Collection[str], weights: Mapping[str, float], key: Key) -> None:
    """Bring importance, key and topics of these events up to date; call it with all that gained or lost a story.

    `weights` are the sources' (1 for one that is not named), `key` gives the indexed key from an event's importance
    and its newest story's time. An event whose stories are all withdrawn, sponsored, or in another event by now
    stands under no topic.
    """
    names = sorted(events)
    for start in range(0, len(names), _BATCH):
        _refresh(connection, names[start : start + _BATCH], weights, key)


def heads(
    connection: Connection,
    topics: Sequence[str],
    floor: float,
    per_topic: int,
    *,
    unsent: tuple[str, datetime] | None = None,
) -> dict[str, tuple[Head, ...]]:
    """The first events of each topic by key, above `floor`, at most `per_topic`.

    `unsent` is (audience, moment): without the events that the audience got since then.
    """
    sql = _sql(connection.dialect.paramstyle, unsent is not None)
    had = (unsent[0], unsent[1].timestamp()) if unsent else ()
    cursor = connection.connection.cursor()
    found: dict[str, tuple[Head, ...]] = {}
    try:
        for topic in topics:
            cursor.execute(sql, (topic, floor, *had, per_topic))
            found[topic] = tuple(map(Head._make, cursor.fetchall()))
    finally:
        cursor.close()
    return found


def members(connection: Connection, events: Collection[str], since: datetime) -> tuple[str, ...]:
    """The stories of these events that were published (else seen) or first seen since then, sorted."""
    names, found, at = sorted(events), [], since.timestamp()
    for start in range(0, len(names), _BATCH):
        chosen = select(stories.c.id).where(
            stories.c.cluster.in_(names[start : start + _BATCH]), or_(stories.c.moment >= at, stories.c.seen >= at)
        )
        found += list(connection.scalars(chosen))
    return tuple(sorted(found))


def newest(connection: Connection, until: datetime, most: int) -> tuple[str, ...]:
    """The events of the newest stories up to a moment, sorted."""
    chosen = select(stories.c.cluster).where(stories.c.moment <= until.timestamp())
    return tuple(sorted(set(connection.scalars(chosen.order_by(stories.c.moment.desc(), stories.c.id).limit(most)))))


def more_than(connection: Connection, since: datetime, number: int) -> bool:
    """Whether more stories than that were published (else seen) since then."""
    some = select(stories.c.id).where(stories.c.moment >= since.timestamp()).limit(number + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) > number


@lru_cache(maxsize=4)
def _sql(paramstyle: str, unsent: bool) -> str:
    """The head of one topic's stretch of the index. It goes to the driver itself: the rows are many and plain."""
    without = "AND NOT EXISTS (SELECT 1 FROM sent WHERE audience = ? AND sent.cluster = t.cluster AND at >= ?) "
    sql = (
        "SELECT topic, cluster, hot, story, source FROM cluster_topics t WHERE topic = ? AND hot > ? "  # noqa: S608
        f"{without if unsent else ''}ORDER BY hot DESC LIMIT ?"
    )
    return sql if paramstyle == "qmark" else sql.replace("?", "%s")


def _refresh(connection: Connection, names: Sequence[str], weights: Mapping[str, float], key: Key) -> None:
    boosts = dict(connection.execute(select(clusters.c.id, clusters.c.boost).where(clusters.c.id.in_(names))).all())
    standing: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    topics = _topics(connection, names)
    for cluster, rows in _members(connection, names):
        if cluster not in boosts:
            continue
        sources = {row.source: weights.get(row.source, 1.0) for row in rows}
        importance = max(math.fsum(sources[name] for name in sorted(sources)), _LEAST)
        at = datetime.fromtimestamp(max(row.moment for row in rows), UTC)
        hot = key(importance, at) + boosts[cluster]
        first = min(rows, key=lambda row: (-sources[row.source], row.teaser, row.moment, row.id))
        standing.append({"its_id": cluster, "its_importance": importance, "its_hot": hot})
        entries += [
            {"topic": topic, "cluster": cluster, "hot": hot, "story": first.id, "source": first.source}
            for topic in (ANY, *sorted(topics.get(cluster, ())))
        ]
    connection.execute(delete(cluster_topics).where(cluster_topics.c.cluster.in_(names)))
    if standing:
        changed = update(clusters).where(clusters.c.id == bindparam("its_id"))
        changed = changed.values(importance=bindparam("its_importance"), hot=bindparam("its_hot"))
        connection.execute(changed, standing)
    if entries:
        connection.execute(insert(cluster_topics), entries)


def _members(connection: Connection, names: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    """Each event with its stories that count, by event."""
    table = stories.c
    chosen = select(table.cluster, table.id, table.source, table.moment, table.teaser).where(
        table.cluster.in_(names), table.withdrawn.is_(False), table.kind != "sponsored"
    )
    found: dict[str, list[Any]] = {}
    for row in connection.execute(chosen):
        found.setdefault(row.cluster, []).append(row)
    yield from sorted(found.items())


def _topics(connection: Connection, names: Sequence[str]) -> dict[str, set[str]]:
    joined = story_topics.join(stories, stories.c.id == story_topics.c.story)
    chosen = (
        select(stories.c.cluster, story_topics.c.topic)
        .select_from(joined)
        .where(stories.c.cluster.in_(names), stories.c.withdrawn.is_(False), stories.c.kind != "sponsored")
    )
    found: dict[str, set[str]] = {}
    for cluster, topic in connection.execute(chosen):
        found.setdefault(cluster, set()).add(topic)
    return found
