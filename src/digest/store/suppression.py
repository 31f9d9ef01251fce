"""Who must not be written to: suppressed addresses, and people whose consent no longer covers this mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from digest.models.mail import Delivery, State
from digest.models.people import Consent, Frequency, Recipient, Suppression
from digest.store.schema import deliveries, subscribers, subscriptions, suppressions
from digest.tokens import address_hash

EVERYWHERE = "*"
FORGOTTEN = "forgotten"
_TOGETHER = 10_000
_ACTIVE, _DAILY, _WEEKLY = Consent.ACTIVE.value, Frequency.DAILY.value, Frequency.WEEKLY.value
_NOBODY = (0, None, None, None, "")


def of(digest: str) -> ColumnElement[bool]:
    """The condition that joins subscribers to their subscription to one digest."""
    return and_(subscriptions.c.subscriber == subscribers.c.id, subscriptions.c.digest == digest)


def barred(
    connection: Connection,
    suppression_key: bytes,
    digest: str,
    claimed: Sequence[Recipient],
    *,
    day: datetime,
    big: bool,
) -> tuple[Delivery, ...]:
    """Those of the claimed who must not be written to after all: suppressed, left or paused since the freeze, or
    not wanting it this often. `day` is the edition's local day; `big` whether this is a big story."""
    if not claimed:
        return ()
    wishes = subscriptions.c
    chosen = (
        select(subscribers.c.id, subscribers.c.email_key, wishes.state, wishes.paused_until, wishes.frequency)
        .select_from(subscribers.outerjoin(subscriptions, of(digest)))
        .where(subscribers.c.id.in_([recipient.subscriber for recipient in claimed]))
    )
    rows = {row[0]: row for row in connection.execute(chosen)}
    hashes = {key: address_hash(suppression_key, email) for key, email, *_ in rows.values() if email}
    listed = dict(
        connection.execute(
            select(suppressions.c.address, func.min(suppressions.c.reason))
            .where(suppressions.c.address.in_(hashes.values()), suppressions.c.scope.in_([EVERYWHERE, digest]))
            .group_by(suppressions.c.address)
        ).all()
    )
    weekly = [key for key, *_, frequency in rows.values() if frequency == _WEEKLY]
    lately = _mailed(connection, digest, weekly, day - timedelta(days=6, hours=12))
    out = []
    for recipient in claimed:
        _, email, state, paused_until, frequency = rows.get(recipient.subscriber, _NOBODY)
        if listed and (reason := listed.get(hashes.get(recipient.subscriber, ""))):
            out.append(Delivery(recipient.delivery, State.SUPPRESSED, reason))
        elif why := _unwilling(email, state, paused_until, frequency, day, big, recipient.subscriber in lately):
            out.append(Delivery(recipient.delivery, State.SKIPPED, why))
    return tuple(out)


def _unwilling(
    email: str | None,
    state: str | None,
    paused_until: float | None,
    frequency: str,
    day: datetime,
    big: bool,
    lately: bool,
) -> str:
    if state == _ACTIVE and frequency == _DAILY and email is not None:
        return ""
    if email is None:
        return "forgotten since the send began"
    if state is None or state == Consent.LEFT.value:
        return "unsubscribed"
    if state == Consent.PENDING.value:
        return "has not confirmed"
    if state == Consent.PAUSED.value and not (paused_until and paused_until <= day.timestamp()):
        return "paused"
    if frequency == Frequency.WEEKDAYS.value and day.isoweekday() > 5:
        return "wants it on weekdays only"
    if frequency == _WEEKLY and lately:
        return "wants it weekly"
    if frequency == Frequency.BIG.value and not big:
        return "wants only big stories"
    return ""


def _mailed(connection: Connection, digest: str, people: Sequence[int], since: datetime) -> set[int]:
    if not people:
        return set()
    chosen = select(deliveries.c.subscriber).where(
        deliveries.c.subscriber.in_(people),
        deliveries.c.edition.startswith(f"{digest}/", autoescape=True),
        deliveries.c.state == State.ACCEPTED.value,
        deliveries.c.changed >= since.timestamp(),
    )
    return set(connection.scalars(chosen))


def suppress(
    connection: Connection, key: str, suppression_key: bytes, reason: str, now: datetime, scope: str = EVERYWHERE
) -> bool:
    """Never write to this (normalised) address again: for one digest, or everywhere. Whether that is new."""
    address = address_hash(suppression_key, key)
    known = select(func.count()).where(suppressions.c.address == address, suppressions.c.scope == scope)
    if connection.scalar(known):
        return False
    row = {"address": address, "scope": scope, "email": key, "reason": reason, "at": now.timestamp()}
    connection.execute(insert(suppressions).values(**row))
    return True


def suppressed_everywhere(connection: Connection, keys: Sequence[str], suppression_key: bytes) -> dict[str, str]:
    """Those of the (normalised) addresses that are suppressed for every digest, with the reason."""
    if connection.execute(select(suppressions.c.address).limit(1)).first() is None:
        return {}
    hashes = {address_hash(suppression_key, key): key for key in keys}
    listed = list(hashes)
    found: dict[str, str] = {}
    for start in range(0, len(listed), _TOGETHER):
        chosen = select(suppressions.c.address, suppressions.c.reason).where(
            suppressions.c.scope == EVERYWHERE, suppressions.c.address.in_(listed[start : start + _TOGETHER])
        )
        found |= {hashes[row.address]: row.reason for row in connection.execute(chosen)}
    return found


def suppressed(connection: Connection) -> Iterator[Suppression]:
    """Every suppressed address that is still known by name, newest first."""
    for row in connection.execute(select(suppressions).order_by(suppressions.c.at.desc(), suppressions.c.address)):
        yield Suppression(row.email or "(forgotten)", row.scope, row.reason, datetime.fromtimestamp(row.at, UTC))


def of_address(connection: Connection, key: str, suppression_key: bytes) -> tuple[Suppression, ...]:
    """What bars one (normalised) address, for every digest or for some."""
    chosen = select(suppressions).where(suppressions.c.address == address_hash(suppression_key, key))
    return tuple(
        Suppression(key, row.scope, row.reason, datetime.fromtimestamp(row.at, UTC))
        for row in connection.execute(chosen.order_by(suppressions.c.scope))
    )


def unname(connection: Connection, key: str, suppression_key: bytes) -> None:
    """Keep of a suppressed address nothing but its keyed hash."""
    address = address_hash(suppression_key, key)
    connection.execute(update(suppressions).where(suppressions.c.address == address).values(email=None))
