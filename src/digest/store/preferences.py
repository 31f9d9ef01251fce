"""What readers decide about themselves: their subscription, who they are, and what becomes of their record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from digest.models.mail import EVERY_DIGEST, EventKind
from digest.models.people import Consent, Subscriber, Subscription
from digest.store import letters, people, suppression
from digest.store.inserting import insert_into
from digest.store.joining import fence
from digest.store.schema import consents, deliveries, events, subscribers, subscriptions, suppressions
from digest.store.suppression import EVERYWHERE, of, suppress
from digest.tokens import address_hash

FORGOTTEN = suppression.FORGOTTEN
LEFT_ALL = "unsubscribed from everything"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person and their subscription to one digest."""

    person: Subscriber
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Sent:
    """That an edition was sent, or is to be sent, to a reader."""

    delivery: str
    edition: str
    segment: str
    state: str
    language: str
    list: str | None
    changed: float


def person(connection: Connection, subscriber: int) -> Subscriber | None:
    """The person with this number; None when there is none, or they were forgotten."""
    return people.by_number(connection, subscriber)


def reader(connection: Connection, subscriber: int, digest: str) -> Reader | None:
    """The person and their subscription; None when either is not there."""
    found = person(connection, subscriber)
    held = people.subscription(connection, subscriber, digest) if found else None
    return Reader(found, held) if found and held else None


def key_of(connection: Connection, subscriber: int) -> str | None:
    """The normalised address of a person."""
    key: str | None = connection.scalar(select(subscribers.c.email_key).where(subscribers.c.id == subscriber))
    return key


def change(connection: Connection, subscriber: int, digest: str, **values: Any) -> None:
    """Change columns of a subscription; `topics` and `state` as they are in models, `paused_until` aware or None."""
    given = dict(values)
    if "topics" in given:
        given["topics"] = fence(given["topics"])
    if given.get("paused_until") is not None:
        given["paused_until"] = given["paused_until"].timestamp()
    for name in ("state", "frequency"):
        if name in given:
            given[name] = str(given[name].value)
    mine = (subscriptions.c.subscriber == subscriber, subscriptions.c.digest == digest)
    connection.execute(update(subscriptions).where(*mine).values(**given))


def change_person(connection: Connection, subscriber: int, **values: Any) -> None:
    """Change columns of a person."""
    connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(**values))


def move(connection: Connection, subscriber: int, email: str, key: str) -> bool:
    """Give a person a new address; False when it is somebody else's."""
    owner = connection.scalar(select(subscribers.c.id).where(subscribers.c.email_key == key))
    if owner not in (None, subscriber):
        return False
    change_person(connection, subscriber, email=email, email_key=key)
    return True


def take(connection: Connection, email: str, key: str, digest: str, language: str, now: datetime) -> int:
    """The number of the person with this address, who is made known when they are not, with a pending subscription
    when they have none to this digest."""
    at = now.timestamp()
    found = connection.scalar(select(subscribers.c.id).where(subscribers.c.email_key == key))
    if found is None:
        row = {
            "email": email,
            "email_key": key,
            "name": "",
            "language": language,
            "tags": ",",
            "attributes": {},
            "joined": at,
        }
        made = connection.execute(insert(subscribers).values(**row)).inserted_primary_key
        if made is None:
            raise RuntimeError("the database named no key for a new row")
        found = int(made[0])
    if people.subscription(connection, found, digest) is None:
        held = {"subscriber": found, "digest": digest, "state": Consent.PENDING.value, "since": at}
        connection.execute(insert(subscriptions).values(**held))
    return found


def agree(
    connection: Connection, subscriber: int, digest: str, how: str, wording: str, version: str, now: datetime
) -> int:
    """Keep what a person agreed to and when; the number of the consent."""
    row = {
        "subscriber": subscriber,
        "digest": digest,
        "at": now.timestamp(),
        "how": how,
        "wording": wording,
        "version": version,
    }
    made = connection.execute(insert(consents).values(**row)).inserted_primary_key
    if made is None:
        raise RuntimeError("the database named no key for a new row")
    return int(made[0])


def leave_all(connection: Connection, subscriber: int, suppression_key: bytes, now: datetime) -> None:
    """End every subscription of a person, and never write to their address again until they ask for it."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.subscriber == subscriber)
        .values(state=Consent.LEFT.value, paused_until=None)
    )
    key = key_of(connection, subscriber)
    if key:
        suppress(connection, key, suppression_key, LEFT_ALL, now)


def barrier(connection: Connection, key: str, suppression_key: bytes, digest: str) -> str:
    """Why an address must not be written to, empty when it may."""
    address = address_hash(suppression_key, key)
    chosen = select(func.min(suppressions.c.reason)).where(
        suppressions.c.address == address, suppressions.c.scope.in_([EVERYWHERE, digest])
    )
    return connection.scalar(chosen) or ""


def lift(connection: Connection, key: str, suppression_key: bytes) -> None:
    """Write to an address again whose owner had left everything or was forgotten. Bounces, complaints stay."""
    address = address_hash(suppression_key, key)
    connection.execute(
        delete(suppressions).where(
            suppressions.c.address == address, suppressions.c.reason.in_([LEFT_ALL, FORGOTTEN])
        )
    )


def sent_to(connection: Connection, edition: str, subscriber: int) -> Sent | None:
    """The row of the ledger for one reader of one edition."""
    chosen = select(deliveries).where(deliveries.c.edition == edition, deliveries.c.subscriber == subscriber)
    row = connection.execute(chosen).first()
    return Sent(row.id, row.edition, row.segment, row.state, row.language, row.list, row.changed) if row else None


def admits(connection: Connection, subscriber: int, digest: str, matching: ColumnElement[bool]) -> bool:
    """Whether a condition over subscribers and their subscription to a digest is true of one person."""
    joined = subscribers.join(subscriptions, of(digest))
    chosen = select(subscribers.c.id).select_from(joined).where(subscribers.c.id == subscriber, matching)
    return connection.scalar(chosen) is not None


def last_accepted(connection: Connection, subscriber: int, digest: str) -> float | None:
    """When the last message of a digest was accepted for a reader, in seconds since 1970."""
    chosen = select(func.max(deliveries.c.changed)).where(
        deliveries.c.subscriber == subscriber,
        deliveries.c.edition.startswith(f"{digest}/", autoescape=True),
        deliveries.c.state == "accepted",
    )
    found: float | None = connection.scalar(chosen)
    return found


def note(
    connection: Connection,
    key: str,
    delivery: str,
    kind: str,
    now: datetime,
    reason: str = "",
    doc: Mapping[str, Any] | None = None,
) -> None:
    """Keep an event; one with the same id takes the place of the earlier one."""
    values = {"id": key, "delivery": delivery, "kind": kind, "at": now.timestamp(), "reason": reason}
    statement = insert_into(connection, events).values(**values, doc=dict(doc or {}))
    fresh = statement.excluded
    changes = {"kind": fresh.kind, "at": fresh.at, "reason": fresh.reason, "doc": fresh.doc}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


def told(connection: Connection, key: str) -> Mapping[str, Any] | None:
    """The event with this id: kind, at, reason and doc."""
    row = connection.execute(select(events).where(events.c.id == key)).first()
    return dict(row._mapping) if row else None


def last_left(connection: Connection, subscriber: int, digest: str) -> Mapping[str, Any] | None:
    """The newest event of a reader's leaving this digest, or every digest; its `at` is aware."""
    mine = (events.c.delivery == about(subscriber), events.c.kind == EventKind.LEFT.value)
    for row in connection.execute(select(events).where(*mine).order_by(events.c.at.desc())):
        if row.doc.get("digest") in (digest, EVERY_DIGEST):
            return dict(row._mapping) | {"at": datetime.fromtimestamp(row.at, UTC)}
    return None


def everything(connection: Connection, subscriber: int) -> dict[str, Any]:
    """All that is kept about a person, by table."""
    mine = {
        "subscriber": select(subscribers).where(subscribers.c.id == subscriber),
        "subscriptions": select(subscriptions).where(subscriptions.c.subscriber == subscriber),
        "consents": select(consents).where(consents.c.subscriber == subscriber).order_by(consents.c.id),
        "deliveries": select(deliveries).where(deliveries.c.subscriber == subscriber).order_by(deliveries.c.id),
    }
    found: dict[str, Any] = {
        name: [dict(row._mapping) for row in connection.execute(chosen)] for name, chosen in mine.items()
    }
    keys = [row["id"] for row in found["deliveries"]]
    found["events"] = []
    for part in (keys[start : start + 500] for start in range(0, len(keys), 500)):
        chosen = select(events).where(events.c.delivery.in_(part)).order_by(events.c.at)
        found["events"] += [dict(row._mapping) for row in connection.execute(chosen)]
    found["events"] += [
        dict(row._mapping) for row in connection.execute(select(events).where(events.c.delivery == about(subscriber)))
    ]
    return found


def about(subscriber: int) -> str:
    """What stands for the delivery of an event that is about a person and not about one message."""
    return f"reader-{subscriber}"


def places_of(connection: Connection, subscriber: int) -> tuple[tuple[str, str, str], ...]:
    """(delivery, edition, segment) of everything that was written to a person."""
    chosen = select(deliveries.c.id, deliveries.c.edition, deliveries.c.segment)
    rows = connection.execute(chosen.where(deliveries.c.subscriber == subscriber))
    return tuple((row.id, row.edition, row.segment) for row in rows)


def forget(connection: Connection, subscriber: int, suppression_key: bytes, now: datetime) -> None:
    """Blank everything that says who a person is. Their number stays, and a keyed hash of the address, so that no
    import brings them back."""
    key = key_of(connection, subscriber)
    if key is None:
        return
    address = address_hash(suppression_key, key)
    suppress(connection, key, suppression_key, FORGOTTEN, now)
    connection.execute(update(suppressions).where(suppressions.c.address == address).values(email=None))
    change_person(
        connection,
        subscriber,
        email=None,
        email_key=None,
        forgotten=address,
        name="",
        language=None,
        timezone=None,
        tags=",",
        attributes={},
        engaged=None,
        plain=False,
    )
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.subscriber == subscriber)
        .values(state=Consent.LEFT.value, topics=",", frequency="daily", paused_until=None)
    )
    keys: Collection[str] = [delivery for delivery, _, _ in places_of(connection, subscriber)]
    connection.execute(
        update(deliveries).where(deliveries.c.subscriber == subscriber).values(email="", name="", domain="", reply="")
    )
    blank = {"doc": {}, "reason": ""}
    for part in (list(keys)[start : start + 500] for start in range(0, len(keys), 500)):
        connection.execute(update(events).where(events.c.delivery.in_(part)).values(**blank))
    connection.execute(delete(events).where(events.c.delivery == about(subscriber)))
    letters.purge(connection, subscriber, key)
