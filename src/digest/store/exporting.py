"""Every subscriber with all that an export says about them, a page at a time, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, select

from digest.models.people import Subscriber, Subscription
from digest.store import people
from digest.store.schema import consents, suppressions
from digest.store.suppression import EVERYWHERE
from digest.tokens import address_hash

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Kept:
    """A person as the store keeps them. `wording` and `agreed` are of the consent that a subscription of theirs rests
    on, `barred` and `since` say why and since when their address is suppressed."""

    person: Subscriber
    subscriptions: tuple[Subscription, ...]
    wording: str = ""
    agreed: datetime | None = None
    barred: str = ""
    since: datetime | None = None


def everyone(
    connection: Connection,
    suppression_key: bytes,
    matching: ColumnElement[bool] | None = None,
    digest: str | None = None,
) -> Iterator[Kept]:
    """People by number, all or those whom a condition admits over subscribers and their subscription to `digest`."""
    any_barred = connection.execute(select(suppressions.c.address).limit(1)).first() is not None
    for page in people.pages(connection, matching, digest, PAGE):
        rests = {one.consent for _, held in page for one in held if one.consent is not None}
        agreed = select(consents.c.id, consents.c.wording, consents.c.at).where(consents.c.id.in_(rests))
        said = {row.id: (row.wording, row.at) for row in connection.execute(agreed)} if rests else {}
        barred = _barred(connection, page, suppression_key) if any_barred else {}
        for person, held in page:
            wording, at = next((said[one.consent] for one in held if one.consent in said), ("", None))
            reason, since = barred.get(person.id, ("", None))
            yield Kept(person, held, wording, _time(at), reason, _time(since))


def attribute_names(connection: Connection) -> tuple[str, ...]:
    """Every attribute that anybody has, in order."""
    if connection.dialect.name == "postgresql":
        text = "SELECT DISTINCT json_object_keys(attributes) FROM subscribers WHERE email IS NOT NULL"
    else:
        text = (
            "SELECT DISTINCT held.key FROM subscribers, json_each(subscribers.attributes) AS held"
            " WHERE subscribers.attributes <> '{}'"
        )
    return tuple(sorted(row[0] for row in connection.exec_driver_sql(text)))


def _barred(connection: Connection, page: people.Page, suppression_key: bytes) -> dict[int, tuple[str, float]]:
    """(reason, since when) of those people of a page whose address is suppressed, by number."""
    hashes = {address_hash(suppression_key, key): number for number, key in people.keys_of(connection, page)}
    listed = select(suppressions).where(suppressions.c.scope == EVERYWHERE, suppressions.c.address.in_(list(hashes)))
    return {hashes[row.address]: (row.reason, row.at) for row in connection.execute(listed)}


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
