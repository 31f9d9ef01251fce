"""How each source is doing: when it was read, what it gave, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from digest.store.schema import sources


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is doing. Times are aware; `error` is what the last failed try said."""

    name: str
    tried: datetime | None
    succeeded: datetime | None
    gave: int
    failures: int
    error: str | None
    etag: str | None
    last_modified: str | None


def of_all(connection: Connection) -> dict[str, SourceHealth]:
    """How each source is doing, by name."""
    return {
        row.name: SourceHealth(
            row.name,
            _time(row.tried),
            _time(row.succeeded),
            row.gave,
            row.failures,
            row.error,
            row.etag,
            row.last_modified,
        )
        for row in connection.execute(select(sources))
    }


def note(connection: Connection, now: SourceHealth) -> None:
    """Keep how a source did."""
    values = {
        "tried": now.tried.timestamp() if now.tried else None,
        "succeeded": now.succeeded.timestamp() if now.succeeded else None,
        "gave": now.gave,
        "failures": now.failures,
        "error": now.error,
        "etag": now.etag,
        "last_modified": now.last_modified,
    }
    done = connection.execute(update(sources).where(sources.c.name == now.name).values(**values))
    if not done.rowcount:
        connection.execute(insert(sources).values(name=now.name, **values))


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
