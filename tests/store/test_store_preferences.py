"""What readers decide, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from digest.models.people import Consent, Frequency
from digest.store import editions, letters, preferences, suppression, welcomes
from digest.store.database import Database
from digest.store.schema import editions as editions_table
from digest.store.schema import subscribers, suppressions

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
KEY = "reader@reader.example"
SECRET = b"a key that never rotates"


def reader(database: Database, key: str = KEY) -> int:
    with database.begin() as connection:
        return preferences.take(connection, key, key, "daily", "en", NOW)


def test_a_new_person_is_pending_and_known_once(database: Database) -> None:
    mine = reader(database)
    assert reader(database) == mine
    with database.read() as connection:
        held = preferences.reader(connection, mine, "daily")
        assert held is not None
        assert held.subscription.state is Consent.PENDING
        assert preferences.reader(connection, mine, "weekly") is None
        assert preferences.reader(connection, mine + 1, "daily") is None


def test_choices_and_consents_are_written_down(database: Database) -> None:
    mine = reader(database)
    until = NOW + timedelta(days=14)
    with database.begin() as connection:
        consent = preferences.agree(connection, mine, "daily", "double opt-in", "Yes.", "2", NOW)
        preferences.change(
            connection,
            mine,
            "daily",
            state=Consent.PAUSED,
            frequency=Frequency.WEEKLY,
            topics=("world", "city"),
            paused_until=until,
            consent=consent,
        )
        held = preferences.reader(connection, mine, "daily")
    assert held is not None
    found = held.subscription
    assert (found.state, found.frequency, found.topics) == (Consent.PAUSED, Frequency.WEEKLY, ("world", "city"))
    assert (found.paused_until, found.consent) == (until, consent)


def test_an_address_belongs_to_one_person(database: Database) -> None:
    mine, other = reader(database), reader(database, "other@reader.example")
    with database.begin() as connection:
        assert preferences.move(connection, mine, "Free@reader.example", "free@reader.example")
        assert not preferences.move(connection, other, "free@reader.example", "free@reader.example")
        assert preferences.key_of(connection, mine) == "free@reader.example"


def test_leaving_everything_bars_an_address_until_it_is_lifted_and_a_complaint_for_good(database: Database) -> None:
    mine = reader(database)
    with database.begin() as connection:
        assert preferences.barrier(connection, KEY, SECRET, "daily") == ""
        preferences.leave_all(connection, mine, SECRET, NOW)
        assert preferences.barrier(connection, KEY, SECRET, "daily") == preferences.LEFT_ALL
        preferences.lift(connection, KEY, SECRET)
        assert preferences.barrier(connection, KEY, SECRET, "daily") == ""
        suppression.suppress(connection, KEY, SECRET, "complained", NOW)
        preferences.lift(connection, KEY, SECRET)
        assert preferences.barrier(connection, KEY, SECRET, "daily") == "complained"


def test_forgetting_keeps_a_number_and_a_keyed_hash(database: Database) -> None:
    mine = reader(database)
    with database.begin() as connection:
        letters.put(connection, "ask", KEY, {"to": KEY}, NOW)
        preferences.note(connection, "left-1", preferences.about(mine), "left", NOW, doc={"words": "I am a reader"})
        preferences.forget(connection, mine, SECRET, NOW)
        preferences.forget(connection, mine, SECRET, NOW)
        row = connection.execute(select(subscribers).where(subscribers.c.id == mine)).one()
        kept = connection.execute(select(suppressions)).all()
        assert letters.waiting(connection) == 0
        assert preferences.everything(connection, mine)["events"] == []
    assert (row.email, row.email_key, row.name, dict(row.attributes)) == (None, None, "", {})
    assert [(one.email, one.reason, one.address) for one in kept] == [(None, "forgotten", row.forgotten)]
    # The same address may be somebody's again, when they ask for it themselves.
    assert reader(database) != mine


def test_an_event_with_the_same_id_takes_the_place_of_the_earlier(database: Database) -> None:
    with database.begin() as connection:
        preferences.note(connection, "useful-1", "d-1", "useful", NOW)
        preferences.note(connection, "useful-1", "d-1", "not_useful", NOW + timedelta(minutes=1))
        found = preferences.told(connection, "useful-1")
    assert found is not None
    assert found["kind"] == "not_useful"


def test_a_welcome_counts_as_got_by_that_reader_alone(database: Database) -> None:
    values = {"digest": "daily", "date": "2026-11-24", "cut": 0.0, "send_by": 0.0, "state": "sent", "subject": ""}
    with database.begin() as connection:
        connection.execute(insert(editions_table).values(id="daily/1", **values, preheader="", hash="", doc={}))
        editions.note_sent(connection, "daily/1", welcomes.audience(7), {"b": "s1", "a": "s2"}, NOW)
        since = NOW - timedelta(days=1)
        assert list(welcomes.got(connection, [6, 7, 8], since, "daily/2")) == [(7, ("a", "b"))]
        assert list(welcomes.got(connection, [7], since, "daily/1")) == []
        assert list(welcomes.got(connection, [7], NOW + timedelta(days=1), "daily/2")) == []
