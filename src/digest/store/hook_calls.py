"""The queue of calls to the newsroom's own systems: each event once for each address, until taken or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from digest.store.inserting import insert_into
from digest.store.schema import hook_calls, subscribers

WAITING, DONE, FAILED = "waiting", "done", "failed"


def queue(connection: Connection, calls: Sequence[tuple[str, str, Mapping[str, Any]]], now: datetime) -> int:
    """Queue calls (id, address, what it says); one that is there already stays as it is. How many are new."""
    at = now.timestamp()
    rows = [
        {"id": key, "url": url, "state": WAITING, "due": at, "changed": at, "doc": dict(doc)}
        for key, url, doc in sorted(calls, key=lambda call: call[0])
    ]
    if not rows:
        return 0
    statement = (
        insert_into(connection, hook_calls).on_conflict_do_nothing(index_elements=["id"]).returning(hook_calls.c.id)
    )
    return len(connection.scalars(statement, rows).all())


def claim(connection: Connection, url: str, now: datetime, size: int, lease: timedelta) -> tuple[Any, ...]:
    """The next calls of one address that are due, the earliest first; no other process gets them within `lease`."""
    chosen = (
        select(hook_calls)
        .where(hook_calls.c.state == WAITING, hook_calls.c.due <= now.timestamp(), hook_calls.c.url == url)
        .order_by(hook_calls.c.due, hook_calls.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    rows = tuple(connection.execute(chosen))
    if rows:
        mine = hook_calls.c.id.in_([row.id for row in rows])
        connection.execute(update(hook_calls).where(mine).values(due=(now + lease).timestamp()))
    return rows


def taken(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Write down that these were taken by the other side."""
    values = {"state": DONE, "changed": now.timestamp()}
    connection.execute(update(hook_calls).where(hook_calls.c.id.in_(keys)).values(**values))


def missed(connection: Connection, keys: Sequence[str], now: datetime, again: datetime | None) -> None:
    """Write down that these were not taken: tried again at `again`, or never if that is None."""
    values: dict[str, Any] = {"attempts": hook_calls.c.attempts + 1, "changed": now.timestamp()}
    values |= {"state": FAILED} if again is None else {"due": again.timestamp()}
    connection.execute(update(hook_calls).where(hook_calls.c.id.in_(keys)).values(**values))


def abandon(connection: Connection, urls: Sequence[str], now: datetime) -> int:
    """Give up what waits for addresses other than these; how many."""
    gone = update(hook_calls).where(hook_calls.c.state == WAITING, hook_calls.c.url.not_in(urls))
    return connection.execute(gone.values(state=FAILED, changed=now.timestamp())).rowcount


def forget_old(connection: Connection, before: datetime) -> int:
    """Delete calls that were over before that moment; how many."""
    over = hook_calls.c.state.in_([DONE, FAILED])
    return connection.execute(delete(hook_calls).where(over, hook_calls.c.changed < before.timestamp())).rowcount


def addresses(connection: Connection, people: Sequence[int]) -> dict[int, str]:
    """The addresses of people as they are now; nothing of those who were forgotten."""
    chosen = select(subscribers.c.id, subscribers.c.email).where(
        subscribers.c.id.in_(people), subscribers.c.email.is_not(None)
    )
    return dict(connection.execute(chosen).all())
