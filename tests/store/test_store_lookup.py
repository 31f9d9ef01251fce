"""One person among many, found by how their address or name begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, literal, text

from digest.store import lookup
from digest.store.database import Database
from digest.store.schema import subscribers, subscriptions

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
PEOPLE = (
    (1, "ada@one.example", "Ada Lovelace", "active", None),
    (2, "adam_x@one.example", "Zoë", "paused", None),
    (3, "adamyx@one.example", "ädelheid", "paused", NOW - timedelta(days=1)),
    (4, "zed@one.example", "ADA UPPER", "left", None),
    (5, None, "", "left", None),
    (6, "odd%@one.example", "Ädam", None, None),
)


@pytest.fixture
def peopled(database: Database) -> Database:
    with database.begin() as connection:
        for number, email, name, state, until in PEOPLE:
            connection.execute(
                insert(subscribers).values(
                    id=number, email=email, email_key=email, name=name, attributes={}, joined=NOW.timestamp()
                )
            )
            if state:
                connection.execute(
                    insert(subscriptions).values(
                        subscriber=number,
                        digest="daily",
                        state=state,
                        paused_until=until.timestamp() if until else None,
                        since=NOW.timestamp(),
                    )
                )
    return database


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ada", [1, 2, 3, 4]),
        ("ADA", [1, 2, 3, 4]),
        (" Ada ", [1, 2, 3, 4]),
        ("adam_", [2]),
        ("odd%", [6]),
        ("zo", [2]),
        ("äd", [6, 3]),
        ("Lovelace", []),
        ("%", []),
        ("", []),
    ],
)
def test_addresses_come_before_names(peopled: Database, wanted: str, found: list[int]) -> None:
    with peopled.read() as connection:
        assert sorted(person.id for person in lookup.search(connection, wanted, "daily")) == sorted(found)
        if len(found) > 1 and found[0] == 1:
            assert lookup.search(connection, wanted, "daily")[0].id == 1
            assert [person.id for person in lookup.search(connection, wanted, "daily", most=2)] == [1, 2]


def test_the_subscription_is_of_the_digest(peopled: Database) -> None:
    with peopled.read() as connection:
        assert lookup.person(connection, 2, "daily") == lookup.Person(2, "adam_x@one.example", "Zoë", "", "paused")
        other = lookup.person(connection, 2, "weekly")
        assert other is not None
        assert other.state is None
        assert lookup.person(connection, 5, "daily") is None
        assert lookup.person(connection, 77, "daily") is None


@pytest.mark.parametrize(("number", "segment"), [(1, "mine"), (2, None), (3, "mine"), (4, None), (6, None)])
def test_only_who_is_mailed_is_taken(peopled: Database, number: int, segment: str | None) -> None:
    takes = {"none": literal(False), "mine": subscribers.c.id > 0}
    with peopled.read() as connection:
        found = lookup.taken_by(connection, number, "daily", takes, NOW)
        assert (found[0] if found else None) == segment
        assert lookup.taken_by(connection, number, "daily", {}, NOW) is None
        assert lookup.frozen(connection, number, "daily/2026-11-24") is None


def test_names_are_answered_from_the_index(peopled: Database) -> None:
    if peopled.engine.dialect.name != "sqlite":
        pytest.skip("a plan over six rows says nothing in PostgreSQL")
    query = "EXPLAIN QUERY PLAN SELECT id FROM subscribers WHERE name >= 'Ada' AND name < 'Ada\U0010ffff' LIMIT 5"
    with peopled.read() as connection:
        assert "ix_subscribers_name_begins" in str(connection.execute(text(query)).all())
