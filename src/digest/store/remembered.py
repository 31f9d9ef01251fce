"""What an edition remembers beside its plans: the selection that its file was written from, what was approved,
which findings were ignored. Plain JSON documents, each under its name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from digest.store.schema import editions


def remember(connection: Connection, edition: str, name: str, document: Any) -> None:
    """Keep a document of an edition that is stored; one of the same name is replaced."""
    doc = connection.scalar(select(editions.c.doc).where(editions.c.id == edition)) or {}
    connection.execute(update(editions).where(editions.c.id == edition).values(doc=dict(doc) | {name: document}))


def recall(connection: Connection, edition: str, name: str) -> Any:
    """The document of that name; None when there is none."""
    doc = connection.scalar(select(editions.c.doc).where(editions.c.id == edition)) or {}
    return doc.get(name)
