"""A ledger after a send: editions, people who read `daily`, and their deliveries, in a store of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from digest.models.edition import Edition
from digest.models.mail import Event, EventKind, State
from digest.models.people import Consent, Subscription
from digest.store import editions, joining, ledger
from digest.store.database import Database
from digest.store.joining import Joining
from digest.store.schema import deliveries, subscribers, subscriptions, suppressions

EDITION = "daily/2026-11-24"
KEY = b"k" * 32
SENT = datetime.fromisoformat("2026-11-24T07:00:00+00:00")


def sent(
    database: Database,
    people: int = 2,
    edition: str = EDITION,
    *,
    state: State = State.ACCEPTED,
    attempts: int = 1,
    now: datetime = SENT,
) -> list[str]:
    """Send an edition to the first so many readers, who join if need be; the ids of their deliveries."""
    emails = [f"r{number}@reader.example" for number in range(people)]
    held = (Subscription(0, "daily", Consent.ACTIVE), Subscription(0, "weekly", Consent.ACTIVE))
    joined = [Joining(email, email, joined=now, subscriptions=held) for email in emails]
    with database.begin() as connection:
        if not connection.scalar(select(subscribers.c.id).where(subscribers.c.email_key == emails[-1])):
            joining.join(connection, joined, KEY, now)
        editions.save(connection, Edition(edition, "daily", edition[-10:], now, now + timedelta(hours=12)))
        run = ledger.open_run(connection, edition, "memory", {}, now)
        readers = connection.execute(select(subscribers).where(subscribers.c.email_key.in_(emails))).all()
        prefix = ledger.delivery_prefix("ledger", edition)
        same = {"edition": edition, "run": run, "segment": "everyone", "state": state.value, "attempts": attempts}
        same |= {"domain": "reader.example", "name": "", "language": "en", "changed": now.timestamp()}
        rows: list[dict[str, Any]] = [
            same | {"id": f"{prefix}-{row.id}", "subscriber": row.id, "email": row.email}
            for row in sorted(readers, key=lambda row: row.id)
        ]
        connection.execute(insert(deliveries), rows)
    return [row["id"] for row in rows]


def told(kind: EventKind, delivery: str, key: str = "", minutes: float = 1, **more: Any) -> Event:
    """An event about a delivery, so long after the send."""
    return Event(key or f"{kind}:{delivery}", delivery, kind, SENT + timedelta(minutes=minutes), **more)


def row(database: Database, delivery: str) -> Any:
    """A delivery's row."""
    with database.read() as connection:
        return connection.execute(select(deliveries).where(deliveries.c.id == delivery)).one()


def put(database: Database, keys: Sequence[str], **values: Any) -> None:
    """Change rows of the ledger, as a sender would."""
    with database.begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id.in_(keys)).values(**values))


def suppressed(database: Database) -> dict[str, str]:
    """Suppressed addresses with their reasons."""
    with database.read() as connection:
        rows = connection.execute(select(suppressions.c.email, suppressions.c.scope, suppressions.c.reason))
        return {f"{email} {scope}": reason for email, scope, reason in rows}


def subscribed(database: Database) -> list[tuple[int, str, str]]:
    """Every subscription with its state."""
    with database.read() as connection:
        columns = (subscriptions.c.subscriber, subscriptions.c.digest, subscriptions.c.state)
        return sorted(tuple(found) for found in connection.execute(select(*columns)))
