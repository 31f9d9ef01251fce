"""What new readers were given by their welcome: the events of an edition that went out before they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from digest.store.schema import sent

_READER = "reader:"
_BATCH = 500


def audience(subscriber: int) -> str:
    """What stands for one reader among the audiences that got something. No segment has a colon in its name."""
    return f"{_READER}{subscriber}"


def got(
    connection: Connection, readers: Sequence[int], since: datetime, but: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(reader, events) of those who were welcomed since then with an edition other than `but`."""
    for start in range(0, len(readers), _BATCH):
        names = {audience(reader): reader for reader in readers[start : start + _BATCH]}
        chosen = select(sent.c.audience, sent.c.cluster).where(
            sent.c.audience.in_(names), sent.c.at >= since.timestamp(), sent.c.edition != but
        )
        found: dict[int, list[str]] = {}
        for name, cluster in connection.execute(chosen.order_by(sent.c.audience, sent.c.cluster)):
            found.setdefault(names[name], []).append(cluster)
        yield from ((reader, tuple(clusters)) for reader, clusters in found.items())
