"""The counted links of an edition: which short id leads where, and what was counted of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from digest.models.mail import EventKind
from digest.store.remembered import recall, remember
from digest.store.schema import deliveries, events

NAME = "links"


def keep(connection: Connection, edition: str, links: Mapping[str, str]) -> None:
    """Keep where the counted links of an edition lead."""
    remember(connection, edition, NAME, dict(links))


def target(connection: Connection, edition: str, link: str) -> str | None:
    """Where a link of an edition leads; None when the edition has no such link."""
    known = recall(connection, edition, NAME)
    found = known.get(link) if isinstance(known, dict) else None
    return found if isinstance(found, str) else None


def clicked(connection: Connection, delivery: str, since: datetime) -> int:
    """How many different links of one message were followed since then."""
    chosen = select(events.c.doc).where(
        events.c.delivery == delivery, events.c.kind == EventKind.CLICKED.value, events.c.at >= since.timestamp()
    )
    return len({doc.get("link") for doc in connection.scalars(chosen)})


def doubt(connection: Connection, delivery: str, since: datetime) -> None:
    """Hold the clicks of one message since then to be a machine's."""
    mine = (
        events.c.delivery == delivery,
        events.c.kind == EventKind.CLICKED.value,
        events.c.at >= since.timestamp(),
    )
    for key, doc in connection.execute(select(events.c.id, events.c.doc).where(*mine)).all():
        known = dict(doc) | {"machine": True, "why": "many links at once"}
        connection.execute(update(events).where(events.c.id == key).values(doc=known))


def counted(connection: Connection, edition: str) -> dict[str, tuple[int, int]]:
    """Link → (readers who followed it and are likely people, clicks that are likely a machine's)."""
    chosen = (
        select(events.c.delivery, events.c.doc)
        .select_from(events.join(deliveries, deliveries.c.id == events.c.delivery))
        .where(deliveries.c.edition == edition, events.c.kind == EventKind.CLICKED.value)
    )
    people: dict[str, set[str]] = {}
    scanned: dict[str, int] = {}
    for delivery, doc in connection.execute(chosen):
        link = str(doc.get("link", ""))
        if not doc.get("machine"):
            people.setdefault(link, set()).add(delivery)
        else:
            scanned[link] = scanned.get(link, 0) + 1
    names = sorted({*people, *scanned})
    return {link: (len(people.get(link, ())), scanned.get(link, 0)) for link in names}
