"""The editions that went out to one public segment, as an archive lists them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from digest.models.edition import EditionState
from digest.store.schema import editions, runs, variants

# What the archive remembers of an edition: that it was withdrawn, and what was corrected.
NAME = "archive"
_OUT = (EditionState.SENT.value, EditionState.SENDING.value)


class Archived(NamedTuple):
    """One edition: its id, digest, day, subject, when its first run began, and what the archive remembers of it."""

    id: str
    digest: str
    date: str
    subject: str
    sent: datetime
    hash: str
    remembered: dict[str, Any]


def archived(connection: Connection, segment: str, digests: Sequence[str], limit: int) -> tuple[Archived, ...]:
    """The newest editions that went out to a segment, newest first."""
    began = select(func.min(runs.c.started)).where(runs.c.edition == editions.c.id).scalar_subquery()
    chosen = (
        select(editions, began.label("began"))
        .join(variants, (variants.c.edition == editions.c.id) & (variants.c.segment == segment))
        .where(editions.c.state.in_(_OUT), editions.c.digest.in_(list(digests)), began.is_not(None))
        .order_by(began.desc(), editions.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Archived(
            row.id,
            row.digest,
            row.date,
            row.subject,
            datetime.fromtimestamp(row.began, UTC),
            row.hash,
            dict(row.doc.get(NAME) or {}),
        )
        for row in connection.execute(chosen)
    )
