"""Taking people in: once, streaming, and never undoing what a reader decided."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.models.people import Consent, Frequency, Subscription
from digest.store import joining, people, suppression
from digest.store.database import Database
from digest.store.joining import Joining, fence, unfence

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
KEY = b"k" * 32


def person(local: str = "ada", state: Consent = Consent.ACTIVE, **given: object) -> Joining:
    email = f"{local}@reader.example"
    return Joining(email, email, subscriptions=(Subscription(0, "daily", state, topics=("world",)),), **given)  # type: ignore[arg-type]


def join(database: Database, *batch: Joining) -> joining.Joined:
    with database.begin() as connection:
        return joining.join(connection, batch, KEY, NOW)


def everyone(database: Database) -> list[tuple[object, object]]:
    with database.read() as connection:
        return list(people.listing(connection))


def test_the_same_people_twice_are_there_once(database: Database) -> None:
    batch = (person("ada", name="Ada", tags=("vip",), attributes={"city": "Delhi"}), person("bo"))
    first = join(database, *batch)
    assert (first.new, first.known) == (2, 0)
    before = everyone(database)
    second = join(database, *batch)
    assert (second.new, second.known) == (0, 2)
    assert everyone(database) == before
    subscriber, held = before[0]
    assert subscriber.name == "Ada"  # type: ignore[attr-defined]
    assert subscriber.tags == ("vip",)  # type: ignore[attr-defined]
    assert subscriber.attributes == {"city": "Delhi"}  # type: ignore[attr-defined]
    assert held[0].topics == ("world",)  # type: ignore[index]
    assert held[0].frequency is Frequency.DAILY  # type: ignore[index]


def test_a_later_import_changes_what_it_says_and_keeps_the_rest(database: Database) -> None:
    join(database, person("ada", name="Ada", language="EN", timezone="Asia/Kolkata"))
    join(database, person("ada", name="Ada Lovelace"))
    subscriber = everyone(database)[0][0]
    assert (subscriber.name, subscriber.language, subscriber.timezone) == ("Ada Lovelace", "en", "Asia/Kolkata")  # type: ignore[attr-defined]


def test_who_left_is_never_made_active_again(database: Database) -> None:
    join(database, person("ada"))
    join(database, person("ada", Consent.LEFT))
    again = join(database, person("ada"))
    assert again.kept_out == 1
    assert everyone(database)[0][1][0].state is Consent.LEFT  # type: ignore[index]


def test_a_pause_is_kept_with_its_end(database: Database) -> None:
    until = datetime(2026, 12, 1, tzinfo=UTC)
    paused = Subscription(0, "daily", Consent.PAUSED, paused_until=until)
    join(database, Joining("ada@reader.example", "ada@reader.example", subscriptions=(paused,)))
    held = everyone(database)[0][1][0]  # type: ignore[index]
    assert (held.state, held.paused_until) == (Consent.PAUSED, until)


def test_consent_is_kept_with_its_time(database: Database) -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    join(database, person("ada", consent="form 2", joined=since))
    held = everyone(database)[0][1][0]  # type: ignore[index]
    assert held.consent is not None
    assert held.since == since


def test_bounced_people_come_in_suppressed(database: Database) -> None:
    done = join(database, person("ada", suppressed="bounced"), person("bo"))
    assert done.suppressed == 1
    with database.read() as connection:
        assert [(s.email, s.reason) for s in suppression.suppressed(connection)] == [
            ("ada@reader.example", "bounced")
        ]


@given(st.lists(st.text(st.characters(exclude_characters=",", exclude_categories=("Cs", "Cc")), min_size=1)))
def test_fenced_words_come_back(words: list[str]) -> None:
    assert unfence(fence(words)) == tuple(dict.fromkeys(word.lower() for word in words))
