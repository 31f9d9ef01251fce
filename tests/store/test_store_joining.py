"""Taking people in: once, streaming, and never undoing what a reader decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from digest.models.people import Consent, Frequency, Subscription
from digest.store import arriving, joining, people, preferences, suppression
from digest.store.database import Database
from digest.store.joining import Joining, fence, unfence
from digest.store.schema import consents

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


def state(database: Database, email: str = "ada@reader.example", digest: str = "daily") -> Subscription:
    return next(
        one
        for subscriber, held in everyone(database)
        for one in held  # type: ignore[attr-defined]
        if subscriber.email == email and one.digest == digest  # type: ignore[attr-defined]
    )


def wants(**terms: object) -> Subscription:
    return replace(Subscription(0, "daily", Consent.ACTIVE), **terms)  # type: ignore[arg-type]


def came(*subscriptions: Subscription, email: str = "ada@reader.example", **given: object) -> Joining:
    return Joining(email, email, subscriptions=subscriptions, **given)  # type: ignore[arg-type]


def test_an_import_never_gives_anybody_more_than_they_chose(database: Database) -> None:
    until = datetime(2026, 12, 1, tzinfo=UTC)
    join(
        database, came(wants(state=Consent.PAUSED, paused_until=until, frequency=Frequency.WEEKLY, topics=("world",)))
    )
    join(database, came(wants()))
    held = state(database)
    assert (held.state, held.paused_until, held.frequency, held.topics) == (
        Consent.PAUSED,
        until,
        Frequency.WEEKLY,
        ("world",),
    )


def test_a_confirmed_reader_does_not_become_pending_and_a_pending_one_may_be_confirmed(database: Database) -> None:
    join(database, came(wants()))
    join(database, came(wants(state=Consent.PENDING)))
    assert state(database).state is Consent.ACTIVE
    bo = "bo@reader.example"
    join(database, came(wants(state=Consent.PENDING), email=bo))
    join(database, came(wants(), email=bo))
    assert state(database, bo).state is Consent.ACTIVE


def test_what_the_file_says_about_topics_and_frequency_counts(database: Database) -> None:
    join(database, came(wants(topics=("world",))))
    join(database, came(wants(topics=("business",), frequency=Frequency.WEEKLY)))
    assert (state(database).topics, state(database).frequency) == (("business",), Frequency.WEEKLY)


def test_one_person_on_two_lines_of_a_batch_keeps_both_and_leaving_wins(database: Database) -> None:
    weekly = Subscription(0, "weekly", Consent.ACTIVE)
    done = join(
        database,
        came(wants(state=Consent.LEFT), name="Ada", attributes={"a": "1"}),
        came(wants(), weekly, attributes={"b": "2"}),
    )
    assert (done.new, done.known, done.repeated) == (1, 0, 1)
    assert state(database).state is Consent.LEFT
    assert state(database, digest="weekly").state is Consent.ACTIVE
    subscriber = everyone(database)[0][0]
    assert (subscriber.name, subscriber.attributes) == ("Ada", {"a": "1", "b": "2"})  # type: ignore[attr-defined]


def test_text_only_is_kept_until_a_file_says_otherwise(database: Database) -> None:
    told = []
    for says in (True, None, False, None):
        join(database, came(wants(), text_only=says))
        told.append(everyone(database)[0][0].plain)  # type: ignore[attr-defined]
    assert told == [True, True, False, False]


def test_attributes_are_added_to_those_that_are_known(database: Database) -> None:
    join(database, came(wants(), attributes={"city": "Delhi", "plan": "gold"}))
    join(database, came(wants(), attributes={"city": "Pune"}))
    assert everyone(database)[0][0].attributes == {"city": "Pune", "plan": "gold"}  # type: ignore[attr-defined]


def test_who_came_from_the_same_file_before_is_repeated_not_known(database: Database) -> None:
    join(database, came(wants(), email="old@reader.example"))
    with database.begin() as connection:
        after = arriving.newest(connection)
    for batch, told in (
        ([came(wants()), came(wants(), email="old@reader.example")], (1, 1, 0)),
        ([came(wants()), came(wants(), email="new@reader.example")], (1, 0, 1)),
    ):
        with database.begin() as connection:
            done = joining.join(connection, batch, KEY, NOW, after=after)
        assert (done.new, done.known, done.repeated) == told


def test_a_suppressed_address_comes_in_as_left_and_a_forgotten_one_not_at_all(database: Database) -> None:
    gone, barred = "gone@reader.example", "barred@reader.example"
    with database.begin() as connection:
        suppression.suppress(connection, barred, KEY, "bounced", NOW)
        suppression.suppress(connection, gone, KEY, suppression.FORGOTTEN, NOW)
        suppression.unname(connection, gone, KEY)
    done = join(database, came(wants(), email=gone), came(wants(), email=barred), came(wants()))
    assert (done.new, done.kept_out) == (2, 2)
    assert state(database, barred).state is Consent.LEFT
    assert {subscriber.email for subscriber, _ in everyone(database)} == {barred, "ada@reader.example"}  # type: ignore[attr-defined]


def test_when_and_why_are_kept_of_who_left_and_who_is_suppressed(database: Database) -> None:
    when = datetime(2024, 5, 6, tzinfo=UTC)
    left = wants(state=Consent.LEFT)
    join(
        database,
        came(left, ended=when, why="too many"),
        came(left, email="bo@reader.example", suppressed="bounced", ended=when, why="mailbox gone"),
    )
    with database.read() as connection:
        ada = people.find(connection, "ada@reader.example")
        assert ada is not None
        told = preferences.last_left(connection, ada.id, "daily")
        assert told is not None
        assert (told["at"], told["reason"], told["doc"]["how"]) == (when, "too many", "import")
        (listed,) = suppression.suppressed(connection)
    assert (listed.email, listed.reason, listed.at) == ("bo@reader.example", "bounced: mailbox gone", when)


def test_consent_is_kept_once_and_added_where_there_was_none(database: Database) -> None:
    when = datetime(2024, 5, 6, tzinfo=UTC)
    join(database, came(wants()))
    for _ in range(2):
        join(database, came(wants(), consent="form 3", consented=when))
    with database.read() as connection:
        kept = connection.execute(select(consents.c.id, consents.c.wording, consents.c.at)).all()
    assert [tuple(row) for row in kept] == [(state(database).consent, "form 3", when.timestamp())]


def test_numbers_go_on_where_they_were(database: Database) -> None:
    for start in (0, 3, 6):
        join(database, *(came(wants(), email=f"r{n}@reader.example", consent="x") for n in range(start, start + 3)))
    with database.begin() as connection:
        made = preferences.take(connection, "x@reader.example", "x@reader.example", "daily", "en", NOW)
        assert made > max(connection.scalars(select(consents.c.subscriber)))
