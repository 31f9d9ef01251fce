"""Shares, remarks and messages in doubt as both databases keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from digest.models.mail import State
from digest.store import pulse, sharing
from digest.store.database import Database
from digest.store.schema import deliveries, editions, runs, subscribers

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
EDITION = "daily/2026-11-24"


def test_a_share_is_kept_found_listed_and_taken_back_once(database: Database) -> None:
    kept = sharing.Share("one", EDITION, "Mira", "approve", NOW + timedelta(days=1), NOW)
    other = sharing.Share("two", EDITION, "Ben", "view", NOW, NOW + timedelta(seconds=1))
    with database.begin() as connection:
        sharing.keep_share(connection, kept)
        sharing.keep_share(connection, other)
    with database.begin() as connection:
        assert sharing.find_share(connection, "one") == kept
        assert sharing.find_share(connection, "three") is None
        assert sharing.shares_of(connection, EDITION) == (other, kept)
        assert sharing.shares_of(connection, "daily/2026-11-25") == ()
        assert not sharing.revoke(connection, "daily/2026-11-25", "one", NOW)
        assert sharing.revoke(connection, EDITION, "one", NOW)
        assert not sharing.revoke(connection, EDITION, "one", NOW)
        found = sharing.find_share(connection, "one")
    assert found is not None
    assert found.revoked == NOW


def test_remarks_are_told_in_their_order(database: Database) -> None:
    with database.begin() as connection:
        for number in range(3):
            sharing.keep_remark(connection, EDITION, "hash", "Mira", f"remark {number}", NOW)
        sharing.keep_remark(connection, "daily/2026-11-25", "hash", "Mira", "elsewhere", NOW)
        found = sharing.remarks_on(connection, EDITION)
    assert [one.text for one in found] == ["remark 0", "remark 1", "remark 2"]
    assert found[0].at == NOW


def test_only_messages_without_an_answer_are_decided_on(database: Database) -> None:
    edition = {"id": EDITION, "digest": "daily", "date": "2026-11-24", "cut": 0.0, "send_by": 0.0, "state": "sent"}
    edition |= {"subject": "", "preheader": "", "hash": "", "doc": {}}
    run = {"id": "r1", "edition": EDITION, "transport": "folder", "state": "finished", "started": 0.0, "planned": 3}
    at = {"unknown": NOW - timedelta(hours=1), "accepted": NOW - timedelta(seconds=10), "planned": NOW}
    with database.begin() as connection:
        connection.execute(insert(editions).values(**edition))
        connection.execute(insert(runs).values(**run, options={}))
        for number, (state, changed) in enumerate(at.items(), 1):
            person = {"id": number, "email": f"{number}@news.example", "attributes": {}, "joined": 0.0}
            connection.execute(insert(subscribers).values(**person))
            row: dict[str, Any] = {"id": f"d{number}", "edition": EDITION, "subscriber": number, "run": "r1"}
            row |= {"segment": "everyone", "state": state, "email": person["email"], "domain": "news.example"}
            row |= {"name": "", "language": "en", "changed": changed.timestamp(), "reason": "the line broke"}
            connection.execute(insert(deliveries).values(**row))
    with database.begin() as connection:
        assert [one.id for one in pulse.doubts(connection, EDITION, 10)] == ["d1"]
        assert pulse.settled(connection, EDITION, NOW - timedelta(minutes=1)) == 1
        assert pulse.settled(connection, EDITION, NOW - timedelta(hours=2)) == 2
        keys = ["d1", "d2", "d3", "d4"]
        assert pulse.decide(connection, EDITION, keys, State.PLANNED, "Mira said so", NOW) == 1
        assert pulse.decide(connection, EDITION, keys, State.PLANNED, "Mira said so", NOW) == 0
        assert pulse.doubts(connection, EDITION, 10) == ()
