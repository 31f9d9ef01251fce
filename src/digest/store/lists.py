"""The lists of personal readers: what each was given, frozen with their delivery, and what reached them before.

A list is kept once per edition however many readers share it; every question is asked for a window of readers at a
time.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update

from digest.models.mail import State
from digest.store.schema import cluster_aliases, deliveries, lists, sent, subscriptions

Listed = tuple[tuple[str, str, str], ...]
_BATCH = 500
_MERGES = 20
T = TypeVar("T")


class Got(NamedTuple):
    """That a reader was sent an edition, as one of a segment; `list` names their own list where they had one."""

    subscriber: int
    edition: str
    segment: str
    list: str | None


def name(edition: str, listed: Listed) -> str:
    """The id of a list of (section, story, event): the same list of an edition has the same id."""
    text = json.dumps([edition, listed], ensure_ascii=False)
    return base64.b32encode(hashlib.sha256(text.encode()).digest()[:15]).decode().lower()


def chosen_topics(connection: Connection, digest: str, readers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The topics that each of these readers chose in their subscription; none for who chose none."""
    found: dict[int, tuple[str, ...]] = {}
    for part in _parts(readers):
        rows = select(subscriptions.c.subscriber, subscriptions.c.topics).where(
            subscriptions.c.digest == digest, subscriptions.c.subscriber.in_(part)
        )
        for reader, fenced in connection.execute(rows):
            found[reader] = tuple(topic for topic in fenced.split(",") if topic)
    return found


def kept(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Delivery → the id of its list, for those that have one."""
    found: dict[str, str] = {}
    for part in _parts(keys):
        rows = select(deliveries.c.id, deliveries.c.list).where(deliveries.c.id.in_(part))
        found.update({key: name for key, name in connection.execute(rows) if name is not None})
    return found


def keep(connection: Connection, edition: str, given: Mapping[str, str], contents: Mapping[str, Listed]) -> None:
    """Freeze the list (by id) of each delivery; `contents` are the lists by id. A delivery that has one keeps it."""
    names = sorted(set(given.values()))
    known = {
        key for part in _parts(names) for key in connection.scalars(select(lists.c.id).where(lists.c.id.in_(part)))
    }
    fresh = [{"id": name, "edition": edition, "stories": contents[name]} for name in names if name not in known]
    if fresh:
        connection.execute(insert(lists), fresh)
    if given:
        mine = deliveries.c.id == bindparam("its_delivery")
        statement = update(deliveries).where(mine, deliveries.c.list.is_(None)).values(list=bindparam("its_list"))
        connection.execute(statement, [{"its_delivery": key, "its_list": own} for key, own in given.items()])


def read(connection: Connection, names: Collection[str]) -> dict[str, Listed]:
    """The contents of lists by id."""
    found: dict[str, Listed] = {}
    for part in _parts(sorted(names)):
        for key, doc in connection.execute(select(lists.c.id, lists.c.stories).where(lists.c.id.in_(part))):
            found[key] = tuple((section, story, cluster) for section, story, cluster in doc)
    return found


def history(connection: Connection, readers: Sequence[int], since: datetime, but: str) -> Iterator[Got]:
    """What was accepted for these readers since then, in any edition other than `but`."""
    for part in _parts(readers):
        rows = select(deliveries.c.subscriber, deliveries.c.edition, deliveries.c.segment, deliveries.c.list).where(
            deliveries.c.subscriber.in_(part),
            deliveries.c.state == State.ACCEPTED.value,
            deliveries.c.changed >= since.timestamp(),
            deliveries.c.edition != but,
        )
        yield from map(Got._make, connection.execute(rows))


def segment_got(connection: Connection, edition: str, segment: str) -> tuple[str, ...]:
    """The events that a segment as a whole got in an edition."""
    rows = select(sent.c.cluster).where(sent.c.audience == segment, sent.c.edition == edition)
    return tuple(connection.scalars(rows.order_by(sent.c.cluster)))


def names_of(connection: Connection, clusters: Collection[str]) -> dict[str, frozenset[str]]:
    """Every id that these events have or had → those of `clusters` that it means: merged events share a history."""
    roots = {cluster: cluster for cluster in clusters}
    for _ in range(_MERGES):
        moved = _aliased(connection, set(roots.values()))
        if not moved:
            break
        roots = {cluster: moved.get(root, root) for cluster, root in roots.items()}
    root_of = {root: root for root in roots.values()}
    front = set(root_of)
    for _ in range(_MERGES):
        fresh = {old: root_of[new] for old, new in _merged_into(connection, front).items() if old not in root_of}
        if not fresh:
            break
        root_of |= fresh
        front = set(fresh)
    mine: dict[str, set[str]] = {}
    for cluster, root in roots.items():
        mine.setdefault(root, set()).add(cluster)
    return {name: frozenset(mine[root]) for name, root in root_of.items()}


def _aliased(connection: Connection, clusters: Collection[str]) -> dict[str, str]:
    alias, cluster = cluster_aliases.c.alias, cluster_aliases.c.cluster
    found: dict[str, str] = {}
    for part in _parts(sorted(clusters)):
        found.update((old, new) for old, new in connection.execute(select(alias, cluster).where(alias.in_(part))))
    return found


def _merged_into(connection: Connection, clusters: Collection[str]) -> dict[str, str]:
    alias, cluster = cluster_aliases.c.alias, cluster_aliases.c.cluster
    found: dict[str, str] = {}
    for part in _parts(sorted(clusters)):
        found.update((old, new) for old, new in connection.execute(select(alias, cluster).where(cluster.in_(part))))
    return found


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
