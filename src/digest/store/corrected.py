"""What editors said about stories against the rules: their topics, and which stories are one event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from digest.store.schema import cluster_aliases, clusters, meta, stories, topic_corrections

_APART = "apart"
_HELD = "placed_by_editors"


def correct(connection: Connection, story: str, told: Mapping[str, bool], now: datetime) -> None:
    """Keep of a story which topics it belongs to and which not; a later word replaces an earlier one."""
    for topic, belongs in sorted(told.items()):
        same = (topic_corrections.c.story == story, topic_corrections.c.topic == topic)
        connection.execute(delete(topic_corrections).where(*same))
        values = {"story": story, "topic": topic, "belongs": belongs, "at": now.timestamp()}
        connection.execute(insert(topic_corrections).values(values))


def apart(connection: Connection) -> frozenset[frozenset[str]]:
    """Pairs of events that an editor split, under the ids that they have now."""
    aliases = dict(connection.execute(select(cluster_aliases.c.alias, cluster_aliases.c.cluster)).all())
    pairs = (frozenset(aliases.get(name, name) for name in pair) for pair in _kept(connection, _APART))
    return frozenset(pair for pair in pairs if len(pair) == 2)


def held(connection: Connection) -> frozenset[str]:
    """Stories whose event an editor decided; an ingest does not move them."""
    return frozenset(story for (story,) in _kept(connection, _HELD))


def members(connection: Connection, cluster: str) -> tuple[str, ...]:
    """The ids of all stories of an event, oldest first."""
    chosen = select(stories.c.id).where(stories.c.cluster == cluster).order_by(stories.c.moment, stories.c.id)
    return tuple(connection.scalars(chosen))


def split(connection: Connection, story: str, cluster: str, now: datetime) -> str | None:
    """Make a story an event of its own, and remember that it is; the id of that event, None when it already was
    alone. An event keeps the id of its first story, so where the first is split off the others take a new one."""
    rest = [key for key in members(connection, cluster) if key != story]
    _keep(connection, _HELD, [story])
    if not rest:
        return None
    own, other = (cluster, rest[0]) if cluster == story else (story, cluster)
    moved = rest if cluster == story else [story]
    target = other if cluster == story else own
    _open(connection, target, now)
    connection.execute(delete(cluster_aliases).where(cluster_aliases.c.alias == target))
    connection.execute(update(stories).where(stories.c.id.in_(moved)).values(cluster=target))
    _keep(connection, _APART, [own, other])
    return own


def join(connection: Connection, one: str, two: str, now: datetime) -> str:
    """Make two events one, which keeps the id of the older; the other id stays known as its alias."""
    if one == two:
        return one
    for cluster in (one, two):
        _open(connection, cluster, now)
    first = (
        select(stories.c.cluster).where(stories.c.cluster.in_([one, two])).order_by(stories.c.moment, stories.c.id)
    )
    kept = connection.scalar(first.limit(1)) or one
    gone = two if kept == one else one
    moved = members(connection, gone)
    connection.execute(update(stories).where(stories.c.cluster == gone).values(cluster=kept))
    connection.execute(update(cluster_aliases).where(cluster_aliases.c.cluster == gone).values(cluster=kept))
    stale = or_(cluster_aliases.c.alias == gone, cluster_aliases.c.alias == kept)
    connection.execute(delete(cluster_aliases).where(stale))
    connection.execute(insert(cluster_aliases).values(alias=gone, cluster=kept))
    pairs = [pair for pair in _kept(connection, _APART) if set(pair) != {one, two}]
    _write(connection, _APART, pairs)
    for story in moved:
        _keep(connection, _HELD, [story])
    return kept


def _open(connection: Connection, cluster: str, now: datetime) -> None:
    if connection.scalar(select(clusters.c.id).where(clusters.c.id == cluster)) is None:
        at = now.timestamp()
        connection.execute(insert(clusters).values(id=cluster, created=at, updated=at, importance=1.0, hot=0.0))


def _kept(connection: Connection, key: str) -> list[list[str]]:
    text = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return [list(entry) for entry in json.loads(text)] if text else []


def _keep(connection: Connection, key: str, entry: Sequence[str]) -> None:
    kept = _kept(connection, key)
    if sorted(entry) not in kept:
        _write(connection, key, [*kept, sorted(entry)])


def _write(connection: Connection, key: str, entries: Sequence[Sequence[str]]) -> None:
    text = json.dumps(sorted(map(list, entries)))
    if not connection.execute(update(meta).where(meta.c.key == key).values(value=text)).rowcount:
        connection.execute(insert(meta).values(key=key, value=text))
