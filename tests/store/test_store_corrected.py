"""Splits, joins and corrections in either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.models.story import Story
from digest.store import corrected, stories
from digest.store.database import Database

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def held(database: Database) -> Database:
    """Three stories, `a` the oldest, all in the event of `a`; and `d` alone."""
    with database.begin() as connection:
        arrived = [
            Story(key * 16, f"Title {key}", url=f"https://news.example/{key}", published=NOW - timedelta(hours=age))
            for key, age in (("a", 5), ("b", 4), ("c", 3), ("d", 2))
        ]
        stories.save(connection, arrived, NOW)
        a, d = "a" * 16, "d" * 16
        stories.place(connection, {key * 16: ((), a) for key in "abc"} | {d: ((), d)}, {}, NOW)
    return database


def _cluster(database: Database, key: str) -> str:
    with database.read() as connection:
        (found,) = stories.these(connection, [key * 16])
    return found.cluster


def test_a_later_story_split_off_is_its_own_event(held: Database) -> None:
    with held.begin() as connection:
        assert corrected.split(connection, "b" * 16, "a" * 16, NOW) == "b" * 16
    assert [_cluster(held, key)[0] for key in "abc"] == ["a", "b", "a"]
    with held.read() as connection:
        assert corrected.apart(connection) == {frozenset(("a" * 16, "b" * 16))}
        assert corrected.held(connection) == {"b" * 16}
        assert stories.placed(connection, ["b" * 16]) == {"b" * 16}


def test_the_first_story_keeps_the_events_id_and_the_rest_take_another(held: Database) -> None:
    with held.begin() as connection:
        assert corrected.split(connection, "a" * 16, "a" * 16, NOW) == "a" * 16
    assert [_cluster(held, key)[0] for key in "abc"] == ["a", "b", "b"]


def test_one_that_is_alone_cannot_be_split(held: Database) -> None:
    with held.begin() as connection:
        assert corrected.split(connection, "d" * 16, "d" * 16, NOW) is None


def test_joined_events_keep_the_older_id_and_an_alias(held: Database) -> None:
    with held.begin() as connection:
        corrected.split(connection, "b" * 16, "a" * 16, NOW)
        assert corrected.join(connection, "d" * 16, "a" * 16, NOW) == "a" * 16
    assert _cluster(held, "d") == "a" * 16
    with held.begin() as connection:
        # What was split from an event that was merged away stays apart from where that went.
        corrected.join(connection, "a" * 16, "b" * 16, NOW)
        assert corrected.apart(connection) == frozenset()
        assert corrected.members(connection, "a" * 16) == tuple(key * 16 for key in "abcd")


def test_splitting_again_what_was_joined(held: Database) -> None:
    with held.begin() as connection:
        corrected.join(connection, "a" * 16, "d" * 16, NOW)
        assert corrected.split(connection, "d" * 16, "a" * 16, NOW) == "d" * 16
        assert frozenset(("a" * 16, "d" * 16)) in corrected.apart(connection)


def test_a_later_correction_replaces_an_earlier_one(held: Database) -> None:
    with held.begin() as connection:
        corrected.correct(connection, "a" * 16, {"world": True, "sport": False}, NOW)
        corrected.correct(connection, "a" * 16, {"world": False}, NOW)
        assert stories.corrections(connection) == {"a" * 16: {"world": False, "sport": False}}


def test_ids_by_their_beginning(held: Database) -> None:
    with held.begin() as connection:
        assert stories.whole_id(connection, "AAAA") == "a" * 16
        assert stories.whole_id(connection, "aaa") is None
        assert stories.whole_id(connection, "zzzz") is None
        assert stories.whole_id(connection, "%%%%") is None
        stories.save(connection, [Story("aaaab", "Other")], NOW)
        assert stories.whole_id(connection, "aaaa") is None
        assert stories.whole_id(connection, "aaaab") == "aaaab"
        assert [s.story.id for s in stories.these(connection, ["d" * 16, "b" * 16, "nothing"])] == [
            "b" * 16,
            "d" * 16,
        ]
