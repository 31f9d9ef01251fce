"""Find one person among all subscribers, and what the store holds that decides what they get of an edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, literal, or_, select

from digest.models.people import Consent, Recipient
from digest.store.schema import deliveries, subscribers, subscriptions
from digest.store.suppression import of

MOST = 20
# Sorts behind every text that begins with the same letters, in the order of code points.
_LAST = "\U0010ffff"


class Person(NamedTuple):
    """A subscriber as a list of people shows them. `state` is that of their subscription, None without one; `plain`:
    they want mail as text only."""

    id: int
    email: str
    name: str
    language: str
    state: str | None
    plain: bool = False


def search(connection: Connection, text: str, digest: str, most: int = MOST) -> tuple[Person, ...]:
    """People whose address or name begins with `text`: addresses first, each in order, at most `most`. A name is
    found as it was typed, in small letters, in capitals and with Capital Letters.

    Names are answered from an index, and addresses too where the database orders them by bytes, as SQLite does; in
    PostgreSQL one scan answers for the addresses."""
    text = text.strip()
    if not text:
        return ()
    names = sorted({text, text.lower(), text.upper(), text.title(), text[:1].upper() + text[1:]})
    asked = [(subscribers.c.email_key, text.lower()), *((subscribers.c.name, name) for name in names)]
    found: dict[int, Person] = {}
    for column, start in asked:
        chosen = _people(digest, most).where(_begins(connection, column, start)).order_by(column, subscribers.c.id)
        for row in connection.execute(chosen):
            found.setdefault(row.id, _person(row))
    return tuple(found.values())[:most]


def person(connection: Connection, subscriber: int, digest: str) -> Person | None:
    """The subscriber with this number, None where there is none or they were forgotten."""
    row = connection.execute(_people(digest, 1).where(subscribers.c.id == subscriber)).first()
    return _person(row) if row else None


def taken_by(
    connection: Connection, subscriber: int, digest: str, takes: Mapping[str, ColumnElement[bool]], now: datetime
) -> tuple[str, datetime] | None:
    """(segment that takes this person now, since when they subscribed); None when none takes them.

    `takes` is whom each segment takes, as a condition over a subscriber joined with their subscription.
    """
    if not takes:
        return None
    state, until = subscriptions.c.state, subscriptions.c.paused_until
    mailed = or_(state == Consent.ACTIVE, and_(state == Consent.PAUSED, until <= now.timestamp()))
    segment = case(*((condition, literal(name)) for name, condition in takes.items()), else_=None)
    chosen = select(segment, subscriptions.c.since).select_from(subscribers.join(subscriptions, of(digest)))
    row = connection.execute(chosen.where(subscribers.c.id == subscriber, mailed)).first()
    return (row[0], datetime.fromtimestamp(row[1], UTC)) if row and row[0] else None


def frozen(connection: Connection, subscriber: int, edition: str) -> tuple[Recipient, str] | None:
    """(the person as a run froze them for an edition, the state of their delivery); None before any did."""
    chosen = select(deliveries).where(deliveries.c.edition == edition, deliveries.c.subscriber == subscriber)
    row = connection.execute(chosen).first()
    if row is None:
        return None
    since = None if row.since is None else datetime.fromtimestamp(row.since, UTC)
    found = Recipient(row.id, row.subscriber, row.email, row.name, row.segment, row.language, since, plain=row.plain)
    return found, row.state


def _person(row: Any) -> Person:
    return Person(row.id, row.email, row.name, row.language or "", row.state, row.plain)


def _people(digest: str, most: int) -> Select[Any]:
    joined = subscribers.outerjoin(subscriptions, of(digest))
    known = (subscribers.c[name] for name in ("id", "email", "name", "language", "plain"))
    chosen = select(*known, subscriptions.c.state)
    return chosen.select_from(joined).where(subscribers.c.email.is_not(None)).limit(most)


def _begins(connection: Connection, column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """That a column begins with `text`, in the form that each database answers from its index."""
    if connection.dialect.name == "postgresql":
        return column.startswith(text, autoescape=True)
    return and_(column >= text, column < text + _LAST)
