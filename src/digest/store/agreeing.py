"""Our suppressions beside those of a provider: what theirs add to ours, who came back, and what we know alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, or_, select

from digest.models.mail import EVERY_DIGEST, EventKind
from digest.models.people import Consent
from digest.store import preferences
from digest.store.inserting import insert_into
from digest.store.schema import consents, events, meta, subscribers, subscriptions, suppressions
from digest.store.suppression import EVERYWHERE, suppress

_PART = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A reader behind an address. `renewed` is when they last agreed or came back, `active` whether they get
    anything, `grouped` when they were first seen on the provider's group."""

    subscriber: int
    active: bool
    renewed: datetime | None
    grouped: datetime | None


def known(connection: Connection, keys: Collection[str]) -> Mapping[str, Known]:
    """The readers with these normalised addresses."""
    found: dict[str, Known] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _PART):
        chosen = select(subscribers.c.id, subscribers.c.email_key).where(
            subscribers.c.email_key.in_(ordered[start : start + _PART])
        )
        people = {row.id: row.email_key for row in connection.execute(chosen)}
        active = set(
            connection.scalars(
                select(subscriptions.c.subscriber).where(
                    subscriptions.c.subscriber.in_(people), subscriptions.c.state != Consent.LEFT.value
                )
            )
        )
        agreed = dict(
            connection.execute(
                select(consents.c.subscriber, func.max(consents.c.at))
                .where(consents.c.subscriber.in_(people))
                .group_by(consents.c.subscriber)
            ).all()
        )
        told = _told(connection, people)
        for subscriber, key in people.items():
            grouped, returned = told.get(subscriber, (None, None))
            renewed = max((at for at in (agreed.get(subscriber), returned) if at is not None), default=None)
            found[key] = Known(subscriber, subscriber in active, _time(renewed), _time(grouped))
    return found


def _told(connection: Connection, people: Iterable[int]) -> dict[int, tuple[float | None, float | None]]:
    """For each reader when they were first seen on the group, and when they last came back."""
    whose = {preferences.about(subscriber): subscriber for subscriber in people}
    notes = {_note_id(subscriber) for subscriber in whose.values()}
    chosen = select(events.c.id, events.c.delivery, events.c.kind, events.c.at).where(
        events.c.delivery.in_(whose), or_(events.c.kind == EventKind.RETURNED.value, events.c.id.in_(notes))
    )
    found: dict[int, tuple[float | None, float | None]] = {}
    for key, delivery, _, at in connection.execute(chosen.order_by(events.c.at)):
        subscriber = whose[delivery]
        grouped, returned = found.get(subscriber, (None, None))
        found[subscriber] = (at, returned) if key in notes else (grouped, at)
    return found


def note_group(connection: Connection, subscriber: int, now: datetime) -> None:
    """Remember that a reader is on the provider's group, which keeps no times itself; the first time counts."""
    if preferences.told(connection, _note_id(subscriber)) is None:
        doc = {"digest": EVERY_DIGEST, "how": "sendgrid"}
        whose = preferences.about(subscriber)
        preferences.note(connection, _note_id(subscriber), whose, EventKind.LEFT.value, now, doc=doc)


def unnote_group(connection: Connection, people: Iterable[int]) -> None:
    """Forget that these readers were on the group."""
    connection.execute(delete(events).where(events.c.id.in_([_note_id(subscriber) for subscriber in people])))


def _note_id(subscriber: int) -> str:
    return f"sendgrid-group-{subscriber}"


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


def add(connection: Connection, keys: Sequence[tuple[str, str]], suppression_key: bytes, now: datetime) -> int:
    """Suppress (address, reason) everywhere; how many are new."""
    return sum(suppress(connection, key, suppression_key, reason, now) for key, reason in keys)


def end(connection: Connection, subscriber: int, suppression_key: bytes, now: datetime) -> None:
    """End all subscriptions of a reader who left everything at the provider."""
    preferences.leave_all(connection, subscriber, suppression_key, now)


def ours(connection: Connection) -> Iterator[str]:
    """Every address that is suppressed everywhere and still known by name."""
    chosen = select(suppressions.c.email).where(suppressions.c.scope == EVERYWHERE, suppressions.c.email.is_not(None))
    yield from connection.scalars(chosen.order_by(suppressions.c.email))


def last(connection: Connection, name: str) -> datetime | None:
    """When this was last done."""
    text = connection.scalar(select(meta.c.value).where(meta.c.key == name))
    return None if text is None else _time(float(text))


def note(connection: Connection, name: str, now: datetime) -> None:
    """Write down that this was done."""
    statement = insert_into(connection, meta).values(key=name, value=str(now.timestamp()))
    changes = {"value": statement.excluded.value}
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes))
