"""Consent at the last moment: everyone who must not get this mail is barred, with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from digest.models.mail import Delivery, State
from digest.models.people import Consent, Frequency, Recipient, Subscription
from digest.store import joining, people, suppression
from digest.store.database import Database
from digest.store.joining import Joining
from digest.store.schema import subscribers, subscriptions

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")  # a Tuesday
SATURDAY = NOW + timedelta(days=4)
KEY = b"k" * 32
EMAIL = "ada@reader.example"


def join(database: Database, frequency: Frequency = Frequency.DAILY) -> Recipient:
    held = Subscription(0, "daily", Consent.ACTIVE, frequency)
    with database.begin() as connection:
        joining.join(connection, [Joining(EMAIL, EMAIL, subscriptions=(held,))], KEY, NOW)
        found = people.find(connection, EMAIL)
    assert found
    return Recipient("d-1", found.id, EMAIL, "", "everyone", "en")


def barred(database: Database, recipient: Recipient, day: datetime = NOW, *, big: bool = False) -> list[Delivery]:
    with database.read() as connection:
        return list(suppression.barred(connection, KEY, "daily", [recipient], day=day, big=big))


def test_a_willing_reader_is_not_barred(database: Database) -> None:
    assert barred(database, join(database)) == []


@pytest.mark.parametrize(("scope", "bars"), [("*", True), ("daily", True), ("weekly", False)])
def test_a_suppressed_address_is_barred_in_its_scope(database: Database, scope: str, bars: bool) -> None:
    recipient = join(database)
    with database.begin() as connection:
        assert suppression.suppress(connection, EMAIL, KEY, "complained", NOW, scope=scope)
        assert not suppression.suppress(connection, EMAIL, KEY, "again", NOW, scope=scope)
    found = barred(database, recipient)
    assert found == ([Delivery("d-1", State.SUPPRESSED, "complained")] if bars else [])


def test_an_address_stays_suppressed_for_whoever_joins_with_it_later(database: Database) -> None:
    with database.begin() as connection:
        suppression.suppress(connection, EMAIL, KEY, "bounced", NOW)
    assert [d.state for d in barred(database, join(database))] == [State.SUPPRESSED]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": "left"}, "unsubscribed"),
        ({"state": "pending"}, "has not confirmed"),
        ({"state": "paused"}, "paused"),
        ({"state": "paused", "paused_until": (NOW + timedelta(days=1)).timestamp()}, "paused"),
        ({"state": "paused", "paused_until": (NOW - timedelta(days=1)).timestamp()}, None),
        ({"frequency": "big"}, "wants only big stories"),
        ({"frequency": "weekdays"}, None),
    ],
)
def test_what_changed_since_the_freeze_counts(
    database: Database, values: dict[str, object], reason: str | None
) -> None:
    recipient = join(database)
    with database.begin() as connection:
        connection.execute(update(subscriptions).values(**values))
    found = barred(database, recipient)
    assert [(d.state, d.reason) for d in found] == ([(State.SKIPPED, reason)] if reason else [])


def test_weekday_readers_rest_at_the_weekend_and_big_stories_reach_who_wants_them(database: Database) -> None:
    recipient = join(database, Frequency.WEEKDAYS)
    assert [d.reason for d in barred(database, recipient, SATURDAY)] == ["wants it on weekdays only"]
    assert barred(database, join(database, Frequency.BIG), big=True) == []


def test_a_forgotten_person_is_barred(database: Database) -> None:
    recipient = join(database)
    with database.begin() as connection:
        connection.execute(update(subscribers).values(email=None, email_key=None))
    assert [d.state for d in barred(database, recipient)] == [State.SKIPPED]
