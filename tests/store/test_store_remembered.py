"""What an edition remembers beside its plans stays through every saving of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.models.edition import Edition, Plan
from digest.store import editions, remembered
from digest.store.database import Database

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def test_documents_stay_when_the_edition_is_saved_again(database: Database) -> None:
    plan = Plan("daily", "daily/2026-11-24", NOW, None, ())
    edition = Edition("daily/2026-11-24", "daily", "2026-11-24", NOW, NOW + timedelta(hours=12), plans=(plan,))
    with database.begin() as connection:
        editions.save(connection, edition)
        assert remembered.recall(connection, edition.id, "proposal") is None
        remembered.remember(connection, edition.id, "proposal", {"cut": "x", "sections": [["a", 1]]})
        remembered.remember(connection, edition.id, "lines", {"a": ["b"]})
        remembered.remember(connection, edition.id, "lines", {"a": ["c"]})
    with database.begin() as connection:
        editions.save(connection, edition)
    with database.read() as connection:
        assert remembered.recall(connection, edition.id, "proposal") == {"cut": "x", "sections": [["a", 1]]}
        assert remembered.recall(connection, edition.id, "lines") == {"a": ["c"]}
        assert remembered.recall(connection, "daily/2026-11-25", "lines") is None
        loaded = editions.load(connection, edition.id)
    assert loaded is not None
    assert loaded.plans == (plan,)
