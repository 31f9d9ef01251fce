"""How far imports have come, so that one that was killed goes on where it was; and which files hold refused rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from digest.store.inserting import insert_into
from digest.store.schema import meta

_PROGRESS: Final = "import:"
_REJECTS: Final = "rejects:"


def progress(connection: Connection, mark: str) -> Mapping[str, Any] | None:
    """What was kept of an import that has begun and not ended; None when there is none."""
    text = connection.scalar(select(meta.c.value).where(meta.c.key == _PROGRESS + mark))
    return None if text is None else json.loads(text)


def keep(connection: Connection, mark: str, document: Mapping[str, Any]) -> None:
    """Keep how far an import has come; call it in the transaction that takes the people in."""
    _put(connection, _PROGRESS + mark, json.dumps(document))


def end(connection: Connection, mark: str) -> None:
    """Forget an import, which has ended or is to begin anew."""
    connection.execute(delete(meta).where(meta.c.key == _PROGRESS + mark))


def note_rejects(connection: Connection, path: str) -> None:
    """Keep where refused rows were written, since addresses stand there."""
    _put(connection, _REJECTS + path, "1")


def rejects(connection: Connection) -> tuple[str, ...]:
    """Every file that refused rows were written to."""
    chosen = select(meta.c.key).where(meta.c.key.startswith(_REJECTS, autoescape=True)).order_by(meta.c.key)
    return tuple(key.removeprefix(_REJECTS) for key in connection.scalars(chosen))


def unnote_rejects(connection: Connection, path: str) -> None:
    """That a file of refused rows is not there any more."""
    connection.execute(delete(meta).where(meta.c.key == _REJECTS + path))


def _put(connection: Connection, key: str, value: str) -> None:
    statement = insert_into(connection, meta).values(key=key, value=value)
    changes = {"value": statement.excluded.value}
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes))
