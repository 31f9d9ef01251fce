"""A number that grows whenever a reader stops wanting mail, so that a send under way knows at once to ask again."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from digest.models.mail import State
from digest.store import runs as running
from digest.store.inserting import insert_into
from digest.store.schema import deliveries, editions, meta, runs

_KEY = "withdrawals"


def tell(connection: Connection) -> None:
    """Somebody withdrew, in this transaction."""
    connection.execute(insert_into(connection, meta).values(key=_KEY, value="0").on_conflict_do_nothing())
    # Locked by the update that follows on PostgreSQL; SQLite has one writer at a time.
    before = connection.scalar(select(meta.c.value).where(meta.c.key == _KEY).with_for_update())
    connection.execute(update(meta).where(meta.c.key == _KEY).values(value=str(int(before or 0) + 1)))


def told(connection: Connection) -> int:
    """How often somebody did."""
    return int(connection.scalar(select(meta.c.value).where(meta.c.key == _KEY)) or 0)


def under_way(connection: Connection, subscriber: int, digest: str) -> bool:
    """Whether a running send is about to write to this reader, or is writing just now."""
    alive = select(runs.c.id).where(runs.c.edition == deliveries.c.edition, runs.c.state == running.RUNNING).exists()
    chosen = (
        select(deliveries.c.id)
        .join(editions, editions.c.id == deliveries.c.edition)
        .where(
            deliveries.c.subscriber == subscriber,
            deliveries.c.state.in_([State.INTENT.value, State.CLAIMED.value]),
            editions.c.digest == digest,
            alive,
        )
        .limit(1)
    )
    return connection.execute(chosen).first() is not None
