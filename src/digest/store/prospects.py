"""Whom a segment takes now, a page at a time, for what looks at everybody and writes nothing down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from digest.models.people import Consent, Recipient
from digest.store.schema import subscribers, subscriptions
from digest.store.suppression import of


def prospects(
    connection: Connection,
    digest: str,
    segment: str,
    matching: ColumnElement[bool],
    now: datetime,
    *,
    only: Sequence[str] = (),
    after: int = 0,
    size: int = 1000,
) -> tuple[Recipient, ...]:
    """The next people by number whom `matching` admits and who may be mailed, as a run would freeze them; their
    deliveries are called `preview-NUMBER`."""
    paused_no_more = and_(subscriptions.c.state == Consent.PAUSED, subscriptions.c.paused_until <= now.timestamp())
    active = or_(subscriptions.c.state == Consent.ACTIVE, paused_no_more)
    known = (subscribers.c[name] for name in ("id", "email", "name", "language", "plain"))
    chosen = (
        select(*known, subscriptions.c.since)
        .select_from(subscribers.join(subscriptions, of(digest)))
        .where(subscribers.c.email.is_not(None), subscribers.c.id > after, active, matching)
        .order_by(subscribers.c.id)
        .limit(size)
    )
    if only:
        chosen = chosen.where(subscribers.c.email_key.in_(only))
    return tuple(
        Recipient(
            f"preview-{row.id}",
            row.id,
            row.email,
            row.name,
            segment,
            row.language or "",
            None if row.since is None else datetime.fromtimestamp(row.since, UTC),
            plain=row.plain,
        )
        for row in connection.execute(chosen)
    )
