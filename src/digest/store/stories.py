"""Stories, their revisions, topics and clusters, and how each source is doing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, insert, or_, select, update

from digest.models.story import Story, TopicScore, from_json, hash_of, normalise_title, to_json
from digest.store.schema import (
    cluster_aliases,
    clusters,
    revisions,
    stories,
    story_topics,
    story_urls,
    topic_corrections,
)

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A story as it is kept: which revision, in which cluster, with which topics."""

    story: Story
    revision: int
    cluster: str
    topics: tuple[TopicScore, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the stories of one ingest."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: int


def save(connection: Connection, arrived: Iterable[Story], now: datetime) -> Saved:
    """Keep stories. One already known is a new revision when its content changed, and nothing otherwise.

    A teaser never overwrites the full story with its URL or title. New stories stand alone in a cluster of
    their own id until they are placed.
    """
    new: dict[str, Story] = {}
    changed: dict[str, Story] = {}
    same = 0
    unique: dict[str, Story] = {}
    for story in arrived:
        if story.id not in unique or unique[story.id].teaser:
            unique[story.id] = story
    known = _known(connection, list(unique))
    rows, docs, urls = [], [], []
    for key, story in unique.items():
        story = story.with_seen(now)
        whole = to_json(story)
        digest_of = hash_of(whole)
        row = known.get(key)
        if row is None:
            new[key] = story
            rows.append(_row(story, 1, digest_of, cluster=key))
            docs.append({"story": key, "revision": 1, "hash": digest_of, "at": now.timestamp(), "doc": whole})
            if story.url:
                urls.append({"url": story.url, "story": key})
        elif row.hash == digest_of or (story.teaser and not row.teaser):
            same += 1
        else:
            changed[key] = story
            values = _row(story, row.revision + 1, digest_of, cluster=row.cluster)
            values["seen"] = row.seen
            values["moment"] = story.published.timestamp() if story.published else row.seen
            connection.execute(update(stories).where(stories.c.id == key).values(**values))
            doc = {"story": key, "revision": row.revision + 1, "hash": digest_of, "at": now.timestamp()}
            docs.append(doc | {"doc": whole})
    for table, values_list in ((stories, rows), (revisions, docs), (story_urls, urls)):
        if values_list:
            connection.execute(insert(table), values_list)
    return Saved(tuple(new), tuple(changed), same)


def place(
    connection: Connection,
    placed: Mapping[str, tuple[Sequence[TopicScore], str]],
    aliases: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep the topics and the cluster of each story (`placed`: id → (topics, cluster)), and merged clusters."""
    at = now.timestamp()
    if placed:
        moved = update(stories).where(stories.c.id == bindparam("story")).values(cluster=bindparam("event"))
        connection.execute(moved, [{"story": key, "event": cluster} for key, (_, cluster) in placed.items()])
        gone = delete(story_topics).where(story_topics.c.story == bindparam("key"))
        connection.execute(gone, [{"key": key} for key in placed])
    values = [
        {"story": key, "topic": t.topic, "confidence": t.confidence, "rule": t.rule}
        for key, (topics, _) in placed.items()
        for t in topics
    ]
    if values:
        connection.execute(insert(story_topics), values)
    wanted = sorted({cluster for _, cluster in placed.values()} | set(aliases.values()))
    known: set[str] = set()
    for start in range(0, len(wanted), _BATCH):
        part = select(clusters.c.id).where(clusters.c.id.in_(wanted[start : start + _BATCH]))
        known.update(connection.scalars(part))
    fresh = [
        {"id": cluster, "created": at, "updated": at, "importance": 1.0, "hot": 0.0}
        for cluster in wanted
        if cluster not in known
    ]
    if fresh:
        connection.execute(insert(clusters), fresh)
    for alias, cluster in aliases.items():
        connection.execute(update(stories).where(stories.c.cluster == alias).values(cluster=cluster))
        connection.execute(delete(cluster_aliases).where(cluster_aliases.c.alias == alias))
        connection.execute(insert(cluster_aliases).values(alias=alias, cluster=cluster))


def placed(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these stories already have their place: their cluster is kept."""
    found: set[str] = set()
    for start in range(0, len(keys), _BATCH):
        joined = stories.join(clusters, clusters.c.id == stories.c.cluster)
        part = select(stories.c.id).select_from(joined).where(stories.c.id.in_(keys[start : start + _BATCH]))
        found.update(connection.scalars(part))
    return found


def since(connection: Connection, moment: datetime) -> tuple[Stored, ...]:
    """Every story published (else seen) or first seen at or after `moment`, oldest first."""
    at = moment.timestamp()
    chosen = (
        _selection().where(or_(stories.c.moment >= at, stories.c.seen >= at)).order_by(stories.c.moment, stories.c.id)
    )
    return tuple(_stored(connection, connection.execute(chosen).all()))


def titles_seen(connection: Connection, after: datetime, until: datetime) -> tuple[str, ...]:
    """The titles of the stories first seen after one moment and up to another, first seen first."""
    chosen = select(stories.c.title).where(stories.c.seen > after.timestamp(), stories.c.seen <= until.timestamp())
    return tuple(connection.scalars(chosen.order_by(stories.c.seen, stories.c.id)))


def arrived(connection: Connection, after: datetime, until: datetime) -> set[str]:
    """The ids of the stories first seen after a moment, or published between it and another; not the withdrawn."""
    start, end = after.timestamp(), until.timestamp()
    new = or_(stories.c.seen > start, and_(stories.c.moment > start, stories.c.moment <= end))
    return set(connection.scalars(select(stories.c.id).where(new, stories.c.withdrawn.is_(False))))


def recent(connection: Connection, limit: int | None = None) -> Iterator[Stored]:
    """Stored stories, newest first."""
    chosen = _selection().order_by(stories.c.moment.desc(), stories.c.id)
    rows = connection.execute(chosen.limit(limit) if limit else chosen)
    for part in rows.partitions(_BATCH):
        yield from _stored(connection, part)


def get(connection: Connection, key: str) -> Stored | None:
    """The one story whose id begins so (at least four characters); None when there are none or several."""
    key = key.lower()
    if len(key) < 4:
        return None
    rows = connection.execute(_selection().where(stories.c.id.startswith(key, autoescape=True)).limit(2)).all()
    return next(_stored(connection, rows), None) if len(rows) == 1 else None


def whole_id(connection: Connection, key: str) -> str | None:
    """The id that `key` is, or is the beginning of (at least four characters); None where none or several fit."""
    key = key.lower()
    if connection.scalar(select(stories.c.id).where(stories.c.id == key)) is not None:
        return key
    if len(key) < 4:
        return None
    chosen = select(stories.c.id).where(stories.c.id.startswith(key, autoescape=True)).limit(2)
    found = connection.scalars(chosen).all()
    return found[0] if len(found) == 1 else None


def these(connection: Connection, keys: Iterable[str]) -> tuple[Stored, ...]:
    """The stored stories with these whole ids, by time; what is not stored is not among them."""
    wanted = sorted(set(keys))
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), _BATCH):
        rows += connection.execute(_selection().where(stories.c.id.in_(wanted[start : start + _BATCH]))).all()
    found = tuple(_stored(connection, rows))
    return tuple(sorted(found, key=lambda s: (s.story.when.timestamp() if s.story.when else 0.0, s.story.id)))


def revision(connection: Connection, key: str, number: int) -> Story | None:
    """A story as it was at one revision."""
    chosen = select(revisions.c.doc).where(revisions.c.story == key, revisions.c.revision == number)
    doc = connection.scalar(chosen)
    return from_json(doc) if doc else None


def with_title(connection: Connection, title: str) -> Story | None:
    """The stored full story with this title (normalised), newest first; what a teaser takes its link from."""
    chosen = (
        _selection()
        .where(stories.c.title_key == normalise_title(title), stories.c.teaser.is_(False), stories.c.url.is_not(None))
        .order_by(stories.c.moment.desc())
        .limit(1)
    )
    row = connection.execute(chosen).first()
    return from_json(row.doc) if row else None


def corrections(connection: Connection) -> dict[str, dict[str, bool]]:
    """What editors said: story → topic → whether it belongs."""
    said: dict[str, dict[str, bool]] = {}
    for row in connection.execute(select(topic_corrections)):
        said.setdefault(row.story, {})[row.topic] = row.belongs
    return said


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(keys), _BATCH):
        part = select(stories).where(stories.c.id.in_(keys[start : start + _BATCH]))
        found.update({row.id: row for row in connection.execute(part)})
    return found


def _row(story: Story, number: int, digest_of: str, *, cluster: str) -> dict[str, Any]:
    seen = story.seen.timestamp() if story.seen else 0.0
    return {
        "id": story.id,
        "url": story.url,
        "title": story.title,
        "title_key": normalise_title(story.title),
        "teaser": story.teaser,
        "source": story.source,
        "kind": story.kind.value,
        "language": story.language,
        "published": story.published.timestamp() if story.published else None,
        "seen": seen,
        "moment": story.published.timestamp() if story.published else seen,
        "revision": number,
        "hash": digest_of,
        "cluster": cluster,
        "withdrawn": story.withdrawn,
    }


def _selection() -> Select[Any]:
    joined = stories.join(
        revisions, (revisions.c.story == stories.c.id) & (revisions.c.revision == stories.c.revision)
    )
    return select(
        stories.c.id, stories.c.revision, stories.c.cluster, stories.c.seen, stories.c.withdrawn, revisions.c.doc
    ).select_from(joined)


def _stored(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Stored]:
    topics: dict[str, list[TopicScore]] = {}
    keys = [row.id for row in rows]
    for start in range(0, len(keys), _BATCH):
        chosen = select(story_topics).where(story_topics.c.story.in_(keys[start : start + _BATCH]))
        for row in connection.execute(chosen.order_by(story_topics.c.confidence.desc(), story_topics.c.topic)):
            topics.setdefault(row.story, []).append(TopicScore(row.topic, row.confidence, row.rule))
    for row in rows:
        doc = dict(row.doc) | {"seen": datetime.fromtimestamp(row.seen, UTC).isoformat(), "withdrawn": row.withdrawn}
        yield Stored(from_json(doc), row.revision, row.cluster, tuple(topics.get(row.id, ())))
