"""Bring a store to the schema of this version (Alembic), and refuse one from a later version."""

from __future__ import annotations

from pathlib import Path

from digest.errors import StoreError
from digest.store.database import Database

HEAD = "0002"


def migrate(database: Database) -> None:
    """Create or upgrade the schema; does nothing, and imports nothing, when it is already there.

    Raises:
        StoreError: the store was made by a later version of digest.
    """
    from sqlalchemy import inspect, text

    with database.read() as connection:
        version = None
        if inspect(connection).has_table("alembic_version"):
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreError(
            f"the store has schema {version}, this digest knows up to {HEAD}",
            where=str(database.path or database.engine.url),
            hint="upgrade digest on this machine",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
