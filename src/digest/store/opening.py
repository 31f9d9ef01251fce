"""Open a publication's store: migrated, checked to be this publication's, with its keys at hand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import Stale
from digest.store.database import Database, open_database
from digest.store.migrate import migrate

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FURTHER = "signing_key:"
_GENERATED = {"store": 8, "signing_key": 32, "suppression_key": 32}


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `id` names it in `[delivery] ledger`; the keys are its own and never leave it.

    `signing_keys` are (key id, secret) of every key that readers' links were ever signed with, the newest last.
    """

    database: Database
    id: str
    signing_key: bytes
    suppression_key: bytes
    signing_keys: tuple[tuple[str, bytes], ...] = ()


def open_store(url: str, root: Path, publication: str, *, create: bool = True) -> Store:
    """The store at `url` for the publication with this id.

    Raises:
        Stale: the store belongs to another publication.
        StoreError: it cannot be opened.
    """
    database = open_database(url, root, create=create)
    migrate(database)
    with database.read() as connection:
        known = _read(connection)
    if not {"publication", *_GENERATED} <= known.keys():
        with database.begin() as connection:
            _found(connection, publication)
            known = _read(connection)
    if known["publication"] != publication:
        raise Stale(
            f'this store belongs to the publication "{known["publication"]}", not to "{publication}"',
            where=str(database.path or url),
            hint="name another store in [store] url, or set [publication] id back",
        )
    return Store(
        database,
        known["store"],
        bytes.fromhex(known["signing_key"]),
        bytes.fromhex(known["suppression_key"]),
        _keys(known),
    )


def signing_keys(database: Database) -> tuple[tuple[str, bytes], ...]:
    """The keys of readers' links as the store has them now: another process may have added one."""
    with database.read() as connection:
        return _keys(_read(connection))


def add_signing_key(database: Database) -> str:
    """Sign with a new key from the next link on; its id. Links that are out keep working by the key they name."""
    from digest.store.schema import meta

    with database.begin() as connection:
        name = str(len(_keys(_read(connection))) + 1)
        row = {"key": f"{_FURTHER}{name}", "value": secrets.token_hex(_GENERATED["signing_key"])}
        connection.execute(meta.insert(), row)
    return name


def _keys(known: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    further = {int(key[len(_FURTHER) :]): value for key, value in known.items() if key.startswith(_FURTHER)}
    all_keys = {1: known["signing_key"]} | further
    return tuple((str(name), bytes.fromhex(all_keys[name])) for name in sorted(all_keys))


def _read(connection: Connection) -> dict[str, str]:
    from sqlalchemy import select

    from digest.store.schema import meta

    return dict(connection.execute(select(meta.c.key, meta.c.value)).all())


def _found(connection: Connection, publication: str) -> None:
    from digest.store.schema import meta

    known = _read(connection)
    rows = {"publication": publication} | {key: secrets.token_hex(size) for key, size in _GENERATED.items()}
    missing = [{"key": key, "value": value} for key, value in rows.items() if key not in known]
    if missing:
        connection.execute(meta.insert(), missing)
