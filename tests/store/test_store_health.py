"""How a source is doing is kept, the newest word on each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from digest.store import health
from digest.store.database import Database

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")


def test_the_health_of_a_source_is_kept(database: Database) -> None:
    failing = health.SourceHealth("desk", NOW, None, 3, 1, "no answer", '"e"', None)
    well = replace(failing, succeeded=NOW, failures=0, error=None)
    with database.begin() as connection:
        health.note(connection, failing)
        health.note(connection, well)
        assert health.of_all(connection) == {"desk": well}
