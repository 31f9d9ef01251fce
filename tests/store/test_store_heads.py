"""The heads of topics: the right order from an index, right again after every story that comes, goes or is merged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from digest.models.edition import Edition
from digest.models.story import Kind, Story, TopicScore
from digest.store import editions, heads, stories
from digest.store.database import Database
from digest.store.schema import clusters
from digest.store.schema import stories as table

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
HALF_LIFE = 12 * 3600.0
LONG_AGO = 0.0


def key(importance: float, at: datetime) -> float:
    return math.log2(importance) + at.timestamp() / HALF_LIFE


def keep(
    connection: Connection,
    name: str,
    *,
    hours: float = 1.0,
    source: str = "wire",
    cluster: str | None = None,
    topics: Sequence[str] = ("world",),
    kind: Kind = Kind.NEWS,
) -> str:
    """Store and place one story; its event."""
    story = Story(name, f"Title {name}", source=source, kind=kind, published=NOW - timedelta(hours=hours))
    stories.save(connection, [story], NOW - timedelta(hours=hours))
    event = cluster or name
    stories.place(connection, {name: ([TopicScore(t, 1.0, "explicit") for t in topics], event)}, {}, NOW)
    return event


def refresh(connection: Connection, *events: str, **weights: float) -> None:
    heads.refresh(connection, events, weights, key)


def order(connection: Connection, topic: str = "world", most: int = 10, floor: float = LONG_AGO) -> list[str]:
    return [head.cluster for head in heads.heads(connection, [topic], floor, most)[topic]]


def test_newer_events_come_first_and_more_sources_make_up_for_age(database: Database) -> None:
    with database.begin() as connection:
        keep(connection, "old", hours=6)
        keep(connection, "new", hours=2)
        keep(connection, "big1", hours=10)
        for number in range(2, 6):
            keep(connection, f"big{number}", hours=10, source=f"s{number}", cluster="big1")
        refresh(connection, "old", "new", "big1")
        assert order(connection) == ["big1", "new", "old"]
        assert order(connection, most=2) == ["big1", "new"]
        assert order(connection, floor=key(1.0, NOW - timedelta(hours=4))) == ["big1", "new"]
        assert order(connection, "sport") == []
        assert heads.heads(connection, [], LONG_AGO, 5) == {}


def test_a_source_counts_once_by_its_weight(database: Database) -> None:
    with database.begin() as connection:
        keep(connection, "a")
        keep(connection, "a2", cluster="a")
        keep(connection, "b", source="weighty")
        keep(connection, "b2", source="small", cluster="b", hours=0.5)
        refresh(connection, "a", "b", weighty=3.0, small=0.5)
        rows = {row.id: row for row in connection.execute(select(clusters))}
        assert rows["a"].importance == 1.0
        assert rows["b"].importance == 3.5
        assert rows["b"].hot == key(3.5, NOW - timedelta(hours=0.5))
        best = heads.heads(connection, ["world"], LONG_AGO, 5)["world"][0]
        assert (best.cluster, best.story, best.source) == ("b", "b", "weighty")


def test_an_event_stands_once_in_each_of_its_members_topics(database: Database) -> None:
    with database.begin() as connection:
        keep(connection, "a", topics=("world", "business"))
        keep(connection, "a2", cluster="a", topics=("world", "science"))
        refresh(connection, "a")
        assert [order(connection, t) for t in ("world", "business", "science")] == [["a"]] * 3
        keep(connection, "none", topics=(), hours=2)
        refresh(connection, "none")
        assert order(connection, heads.ANY) == ["a", "none"]


def test_an_editors_boost_moves_an_event_by_half_lives(database: Database) -> None:
    with database.begin() as connection:
        keep(connection, "a", hours=20)
        keep(connection, "b", hours=1)
        connection.execute(update(clusters).where(clusters.c.id == "a").values(boost=2.0))
        refresh(connection, "a", "b")
        assert order(connection) == ["a", "b"]


def test_withdrawn_sponsored_and_merged_events_stand_nowhere(database: Database) -> None:
    with database.begin() as connection:
        for name in ("gone", "kept", "merged"):
            keep(connection, name)
        keep(connection, "paid", kind=Kind.SPONSORED)
        refresh(connection, "gone", "kept", "merged", "paid")
        assert sorted(order(connection)) == ["gone", "kept", "merged"]
        connection.execute(update(table).where(table.c.id == "gone").values(withdrawn=True))
        stories.place(connection, {}, {"merged": "kept"}, NOW)
        refresh(connection, "gone", "kept", "merged")
        assert order(connection) == ["kept"]


def test_what_an_audience_got_is_left_out_for_it_alone(database: Database) -> None:
    with database.begin() as connection:
        for name in ("a", "b"):
            keep(connection, name)
        refresh(connection, "a", "b")
        edition = Edition("daily/2026-11-23", "daily", "2026-11-23", NOW, NOW)
        editions.save(connection, edition)
        editions.note_sent(connection, edition.id, "everyone", {"a": "a"}, NOW - timedelta(days=1))
        for audience, days, wanted in (
            ("everyone", 7, ["b"]),
            ("others", 7, ["a", "b"]),
            ("everyone", 0, ["a", "b"]),
        ):
            unsent = (audience, NOW - timedelta(days=days))
            found = heads.heads(connection, ["world"], LONG_AGO, 5, unsent=unsent)["world"]
            assert sorted(head.cluster for head in found) == wanted


def test_whole_events_newest_stories_and_how_many(database: Database) -> None:
    with database.begin() as connection:
        keep(connection, "a", hours=3)
        keep(connection, "a2", hours=90, cluster="a")
        keep(connection, "a3", hours=2, cluster="a")
        keep(connection, "b", hours=1)
        since = NOW - timedelta(hours=24)
        assert heads.members(connection, ["a"], since) == ("a", "a3")
        assert heads.newest(connection, NOW, 3) == ("a", "b")
        assert heads.newest(connection, NOW - timedelta(hours=1.5), 1) == ("a",)
        assert heads.more_than(connection, since, 2)
        assert not heads.more_than(connection, since, 3)
