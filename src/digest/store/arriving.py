"""The statements by which many people are written at once: straight through the driver, COPY in PostgreSQL.

Numbers are drawn before the rows are written, so that what hangs on a person is written without asking for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, case, func
from sqlalchemy.exc import DatabaseError

from digest.models.mail import EventKind
from digest.models.people import Consent, Frequency
from digest.store.inserting import insert_into
from digest.store.schema import subscriptions, suppressions
from digest.store.suppression import EVERYWHERE
from digest.tokens import address_hash

Cells = tuple[Any, ...]
_COLUMNS: Final = {
    "subscribers": (
        "id",
        "email",
        "email_key",
        "name",
        "language",
        "timezone",
        "tags",
        "attributes",
        "joined",
        "plain",
    ),
    "consents": ("id", "subscriber", "digest", "at", "how", "wording", "version"),
    "subscriptions": ("subscriber", "digest", "state", "frequency", "topics", "paused_until", "consent", "since"),
    "events": ("id", "delivery", "kind", "at", "reason", "doc"),
}
_NO_ATTRIBUTES: Final = "{}"
_CACHE_KB: Final = 16_384


@dataclass(slots=True)
class Rows:
    """Rows to write, by table, with the cells in the order of the columns."""

    subscribers: list[Cells] = field(default_factory=list)
    consents: list[Cells] = field(default_factory=list)
    subscriptions: list[Cells] = field(default_factory=list)
    left: list[Cells] = field(default_factory=list)


def written(attributes: Mapping[str, str]) -> str:
    """Attributes as the store keeps them."""
    return json.dumps(dict(attributes)) if attributes else _NO_ATTRIBUTES


def left(subscriber: int, digest: str, at: float, why: str) -> Cells:
    """The event of somebody's having left a digest before they came here."""
    doc = json.dumps({"subscriber": subscriber, "digest": digest, "how": "import"})
    return f"left-{subscriber}-{digest}-import", f"reader-{subscriber}", EventKind.LEFT.value, at, why, doc


def alone(connection: Connection) -> None:
    """Let nobody else write people until this transaction ends: an address that came in meanwhile would end it. In
    SQLite every transaction that writes is alone."""
    if _is_postgresql(connection):
        connection.exec_driver_sql("LOCK TABLE subscribers IN SHARE ROW EXCLUSIVE MODE")
    else:
        # Addresses come in no order: with the usual 2 MB nearly every one of a million would read a page from disk.
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KB}")


def newest(connection: Connection) -> int:
    """The highest number that anybody was given so far."""
    found = connection.exec_driver_sql("SELECT max(id) FROM subscribers").scalar()
    return int(found or 0)


def free_numbers(connection: Connection, table: str, count: int) -> Sequence[int]:
    """So many numbers for rows of a table with counted keys, which nobody else gets."""
    if not count:
        return ()
    if _is_postgresql(connection):
        drawn = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [int(row[0]) for row in connection.exec_driver_sql(drawn, (table, count))]
    # The transaction holds SQLite's write lock, so nobody draws between this and the insert.
    used = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).scalar() or 0
    return range(int(used) + 1, int(used) + 1 + count)


def numbers(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of those people whose addresses are known."""
    found = _where_in(connection, "SELECT email_key, id FROM subscribers WHERE email_key", keys, "text[]")
    return {row[0]: row[1] for row in found}


def held(connection: Connection, people: Sequence[int]) -> dict[tuple[int, str], tuple[str, int | None]]:
    """(state, consent) of every subscription of these people, by (person, digest)."""
    chosen = "SELECT subscriber, digest, state, consent FROM subscriptions WHERE subscriber"
    return {(row[0], row[1]): (row[2], row[3]) for row in _where_in(connection, chosen, people, "integer[]")}


def add(connection: Connection, rows: Rows) -> None:
    """Write rows of people who are new."""
    _insert(connection, "subscribers", rows.subscribers)
    _insert(connection, "consents", rows.consents)
    _insert(connection, "subscriptions", rows.subscriptions)
    _note(connection, rows.left)


def change(connection: Connection, rows: Sequence[Cells]) -> None:
    """Change (name, language, timezone, tags, plain, attributes, number) of people; None keeps, attributes are
    added to those that are known."""
    if not rows:
        return
    if _is_postgresql(connection):
        text = (
            "UPDATE subscribers SET name = coalesce(%s, name), language = coalesce(%s, language),"
            " timezone = coalesce(%s, timezone), tags = coalesce(%s, tags),"
            " plain = coalesce(%s, plain),"
            " attributes = (attributes::jsonb || %s::jsonb)::json WHERE id = %s"
        )
    else:
        text = (
            "UPDATE subscribers SET name = coalesce(?, name), language = coalesce(?, language),"
            " timezone = coalesce(?, timezone), tags = coalesce(?, tags),"
            " plain = coalesce(?, plain),"
            " attributes = json_patch(attributes, ?) WHERE id = ?"
        )
    connection.exec_driver_sql(text, list(rows))


def merge(connection: Connection, rows: Rows) -> None:
    """Write subscriptions of people who may have them already, by the rule that nobody gets more than they chose."""
    _insert(connection, "consents", rows.consents)
    if rows.subscriptions:
        statement = insert_into(connection, subscriptions)
        new, old = statement.excluded, subscriptions.c
        stays = case(
            (old.state == Consent.LEFT.value, True),
            (new.state == Consent.LEFT.value, False),
            (old.state == Consent.PAUSED.value, new.state != Consent.PAUSED.value),
            (old.state == Consent.ACTIVE.value, new.state == Consent.PENDING.value),
            else_=False,
        )
        statement = statement.on_conflict_do_update(
            index_elements=["subscriber", "digest"],
            set_={
                "state": case((stays, old.state), else_=new.state),
                "paused_until": case((stays, old.paused_until), else_=new.paused_until),
                "frequency": case((new.frequency == Frequency.DAILY.value, old.frequency), else_=new.frequency),
                "topics": case((new.topics == ",", old.topics), else_=new.topics),
                "consent": func.coalesce(old.consent, new.consent),
            },
        )
        names = _COLUMNS["subscriptions"]
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows.subscriptions])
    _note(connection, rows.left)


def suppress(connection: Connection, listed: Sequence[tuple[str, str, datetime]], suppression_key: bytes) -> None:
    """Never write to these (normalised address, reason, since when) again; what is known of an address stays."""
    if not listed:
        return
    rows = [
        {
            "address": address_hash(suppression_key, key),
            "scope": EVERYWHERE,
            "email": key,
            "reason": reason,
            "at": at.timestamp(),
        }
        for key, reason, at in listed
    ]
    connection.execute(insert_into(connection, suppressions).on_conflict_do_nothing(), rows)


def _insert(connection: Connection, table: str, rows: Sequence[Cells]) -> None:
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in _COLUMNS[table])
    if not _is_postgresql(connection):
        marks = ", ".join("?" * len(_COLUMNS[table]))
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608
        return
    from psycopg import Error

    driver: Any = connection.connection.driver_connection
    text = f"COPY {table} ({names}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)
    except Error as problem:
        raise DatabaseError(text, None, problem) from problem


def _note(connection: Connection, rows: Sequence[Cells]) -> None:
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in _COLUMNS["events"])
    marks = ", ".join(("%s" if _is_postgresql(connection) else "?",) * len(_COLUMNS["events"]))
    text = f"INSERT INTO events ({names}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"  # noqa: S608
    connection.exec_driver_sql(text, list(rows))


def _where_in(connection: Connection, start: str, values: Sequence[Any], kind: str) -> Iterable[Any]:
    """The rows of `start`, a text of ours that ends in a column, whose column is among the values."""
    if not values:
        return ()
    if _is_postgresql(connection):
        return connection.exec_driver_sql(f"{start} = ANY(%s::{kind})", (list(values),)).all()
    text = f"{start} IN (SELECT value FROM json_each(?))"  # noqa: S608 - `start` is ours
    return connection.exec_driver_sql(text, (json.dumps(values),)).all()


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
