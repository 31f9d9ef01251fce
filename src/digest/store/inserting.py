"""The insert statement of the database at hand, which knows what to do on a conflict."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert into `table` with `on_conflict_do_nothing` and `on_conflict_do_update`, alike in both databases."""
    return pg_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)
