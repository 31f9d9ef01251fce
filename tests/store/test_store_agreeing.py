"""What the store knows of readers whom a provider suppresses."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from digest.store import agreeing, preferences
from digest.store.database import Database
from digest.store.schema import consents
from sent_ledger import KEY, SENT, sent, subscribed, suppressed


def test_a_reader_is_known_with_what_they_last_agreed_to(database: Database) -> None:
    sent(database, 2)
    consent = {"subscriber": 1, "digest": "daily", "how": "form", "wording": "", "version": ""}
    later = SENT + timedelta(hours=2)
    with database.begin() as connection:
        connection.execute(insert(consents).values(**consent, at=SENT.timestamp()))
        preferences.note(connection, "back", preferences.about(1), "returned", later, doc={"digest": "daily"})
        agreeing.note_group(connection, 2, SENT)
        agreeing.note_group(connection, 2, later)
        found = agreeing.known(connection, {"r0@reader.example", "r1@reader.example", "stranger@x.example"})
        agreeing.unnote_group(connection, [2])
        again = agreeing.known(connection, {"r1@reader.example"})
    assert found == {
        "r0@reader.example": agreeing.Known(1, True, later, None),
        "r1@reader.example": agreeing.Known(2, True, None, SENT),
    }
    assert again["r1@reader.example"].grouped is None


def test_what_a_provider_suppresses_is_added_once_and_who_left_there_gets_nothing(database: Database) -> None:
    sent(database, 2)
    with database.begin() as connection:
        assert agreeing.add(connection, [("b@x.example", "bounced"), ("b@x.example", "complained")], KEY, SENT) == 1
        agreeing.end(connection, 2, KEY, SENT)
        assert list(agreeing.ours(connection)) == ["b@x.example", "r1@reader.example"]
    assert suppressed(database)["b@x.example *"] == "bounced"
    assert [state for *_, state in subscribed(database)] == ["active", "active", "left", "left"]


def test_when_something_was_last_done_is_remembered(database: Database) -> None:
    with database.begin() as connection:
        assert agreeing.last(connection, "x") is None
        for at in (SENT, SENT + timedelta(hours=1)):
            agreeing.note(connection, "x", at)
            assert agreeing.last(connection, "x") == at
