"""Freeze whom a run is for: one row of the ledger for each person whom a segment takes and who has none yet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, insert, literal, or_, select, update

from digest.models.mail import State
from digest.store.schema import deliveries, runs, subscribers, subscriptions


def delivery_prefix(publication: str, edition: str) -> str:
    """What the ids of an edition's deliveries begin with; the subscriber's number follows."""
    digest = hashlib.sha256(f"{publication}\n{edition}".encode()).digest()
    return base64.b32encode(digest[:5]).decode().lower()


def freeze(
    connection: Connection,
    *,
    run: str,
    edition: str,
    digest: str,
    segment: str,
    matching: ColumnElement[bool],
    prefix: str,
    language: str,
    now: datetime,
    languages: Sequence[str] = (),
    only: Sequence[str] = (),
    limit: int | None = None,
) -> int:
    """Plan a delivery for everyone whom `matching` admits and who has no row in this edition; how many.

    `languages` are primary subtags that readers may have instead of `language`, each where it is their own. Only
    active subscriptions are mailed (or paused ones whose pause is over), whatever the segment's filter says. One
    statement, so that memory does not grow with the number of people.
    """
    at = now.timestamp()
    active = or_(
        subscriptions.c.state == "active",
        and_(subscriptions.c.state == "paused", subscriptions.c.paused_until <= at),
    )
    taken = select(deliveries.c.id).where(
        deliveries.c.edition == edition, deliveries.c.subscriber == subscribers.c.id
    )
    people = (
        select(
            (literal(f"{prefix}-") + cast(subscribers.c.id, String)).label("id"),
            literal(edition).label("edition"),
            subscribers.c.id.label("subscriber"),
            literal(run).label("run"),
            literal(segment).label("segment"),
            literal(State.PLANNED.value).label("state"),
            subscribers.c.email,
            _domain(connection).label("domain"),
            subscribers.c.name,
            _language(language, languages).label("language"),
            subscriptions.c.since,
            subscribers.c.plain,
            literal(at).label("changed"),
        )
        .select_from(subscribers.join(subscriptions, subscriptions.c.subscriber == subscribers.c.id))
        .where(subscriptions.c.digest == digest, subscribers.c.email.is_not(None), active, matching, ~taken.exists())
        .order_by(subscribers.c.id)
    )
    if only:
        people = people.where(subscribers.c.email_key.in_(only))
    if limit is not None:
        people = people.limit(limit)
    names = [column.name for column in people.selected_columns]
    statement = insert(deliveries).from_select(names, people)
    made = connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    connection.execute(update(runs).where(runs.c.id == run).values(planned=runs.c.planned + made))
    return made


def _language(language: str, languages: Sequence[str]) -> ColumnElement[str]:
    """The reader's own language where it is one of `languages` (`de-AT` is `de`), else `language`."""
    theirs = func.lower(func.replace(subscribers.c.language, "_", "-"))
    own = [(or_(theirs == tag, theirs.startswith(f"{tag}-", autoescape=True)), literal(tag)) for tag in languages]
    return case(*own, else_=literal(language)) if own else literal(language)


def _domain(connection: Connection) -> ColumnElement[str]:
    key = subscribers.c.email_key
    if connection.dialect.name == "postgresql":
        return func.split_part(key, "@", -1)
    return func.substr(key, func.instr(key, "@") + 1)
