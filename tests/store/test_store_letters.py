"""Letters in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.models.mail import Answer, Delivery, State
from digest.store import letters
from digest.store.database import Database

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
KEY = "reader@reader.example"


def put(database: Database, kind: str = "ask", now: datetime = NOW) -> str:
    with database.begin() as connection:
        return letters.put(connection, kind, KEY, {"to": KEY}, now)


def test_the_same_question_at_the_same_moment_is_one_letter(database: Database) -> None:
    assert put(database) == put(database)
    with database.read() as connection:
        assert letters.waiting(connection) == 1


def test_a_letter_is_due_intended_and_recorded(database: Database) -> None:
    key = put(database)
    with database.begin() as connection:
        assert [letter.id for letter in letters.due(connection, NOW, 10)] == [key]
        letters.intend(connection, [key], NOW)
        assert letters.due(connection, NOW, 10) == ()
        assert [letter.id for letter in letters.in_doubt(connection)] == [key]
        letters.record(connection, [Delivery(key, State.DEFERRED, "busy")], NOW)
        assert letters.due(connection, NOW, 10) == ()
        assert len(letters.due(connection, NOW + timedelta(minutes=1), 10)) == 1
        letters.intend(connection, [key], NOW)
        letters.settle(connection, {key: Answer.ACCEPTED}, NOW)
        assert letters.counted(connection) == {"accepted": 1}


def test_asking_is_counted_by_address_and_kind(database: Database) -> None:
    keys = [put(database, now=NOW + timedelta(seconds=at)) for at in range(3)]
    put(database, "welcome")
    with database.begin() as connection:
        letters.record(connection, [Delivery(key, State.ACCEPTED) for key in keys], NOW)
        assert letters.asked(connection, KEY, ["ask"], NOW - timedelta(days=1)) == 3
        assert letters.asked(connection, KEY, ["ask"], NOW - timedelta(days=1), but=keys[0]) == 2
        assert letters.asked(connection, KEY, ["ask"], NOW + timedelta(days=1)) == 0


def test_what_is_kept_about_a_letter_stays_beside_the_rest(database: Database) -> None:
    key = put(database)
    with database.begin() as connection:
        letter = letters.get(connection, key)
        assert letter is not None
        letters.keep(connection, letter, day="2026-11-24")
        letter = letters.get(connection, key)
        assert letter is not None
        letters.use(connection, letter, NOW)
        letter = letters.get(connection, key)
    assert letter is not None
    assert dict(letter.doc) == {
        "to": KEY,
        "created": NOW.timestamp(),
        "day": "2026-11-24",
        "used": NOW.timestamp(),
    }
    assert letter.created == NOW


def test_only_what_is_done_with_is_pruned(database: Database) -> None:
    done, waiting = put(database), put(database, "welcome")
    with database.begin() as connection:
        letters.drop(connection, done, "nobody", NOW)
        assert letters.prune(connection, NOW + timedelta(days=40)) == 1
        assert letters.get(connection, waiting) is not None
