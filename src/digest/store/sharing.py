"""Links that show one edition to one named person, and what people remarked on editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from digest.store.schema import remarks, shares

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Share:
    """A link to one edition for one person: `right` is view, comment or approve."""

    id: str
    edition: str
    person: str
    right: str
    expires: datetime
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person said of an edition; `hash` is the content that they saw."""

    id: int
    edition: str
    hash: str
    by: str
    text: str
    at: datetime


def keep_share(connection: Connection, share: Share) -> None:
    """Keep a new share."""
    values = {"id": share.id, "edition": share.edition, "person": share.person, "right": share.right}
    times = {"expires": share.expires.timestamp(), "created": share.created.timestamp()}
    connection.execute(insert(shares).values(**values, **times))


def find_share(connection: Connection, key: str) -> Share | None:
    """The share with this id, revoked and expired ones too."""
    row = connection.execute(select(shares).where(shares.c.id == key)).first()
    return _share(row) if row else None


def shares_of(connection: Connection, edition: str) -> tuple[Share, ...]:
    """The shares of an edition, newest first."""
    chosen = select(shares).where(shares.c.edition == edition).order_by(shares.c.created.desc(), shares.c.id)
    return tuple(_share(row) for row in connection.execute(chosen.limit(MOST_LISTED)))


def revoke(connection: Connection, edition: str, key: str, now: datetime) -> bool:
    """Take a share of this edition back; whether it was open until now."""
    mine = (shares.c.id == key, shares.c.edition == edition, shares.c.revoked.is_(None))
    return bool(connection.execute(update(shares).where(*mine).values(revoked=now.timestamp())).rowcount)


def keep_remark(connection: Connection, edition: str, content: str, by: str, text: str, now: datetime) -> None:
    """Keep what a person said of an edition with this content."""
    values = {"edition": edition, "hash": content, "by": by, "text": text, "at": now.timestamp()}
    connection.execute(insert(remarks).values(**values))


def remarks_on(connection: Connection, edition: str) -> tuple[Remark, ...]:
    """What was said of an edition, oldest first; of very many the newest."""
    chosen = select(remarks).where(remarks.c.edition == edition).order_by(remarks.c.id.desc()).limit(MOST_LISTED)
    found = [Remark(r.id, r.edition, r.hash, r.by, r.text, _time(r.at)) for r in connection.execute(chosen)]
    return tuple(reversed(found))


def _share(row: Row[Any]) -> Share:
    revoked = None if row.revoked is None else _time(row.revoked)
    return Share(row.id, row.edition, row.person, row.right, _time(row.expires), _time(row.created), revoked)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
