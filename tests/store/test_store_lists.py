"""Readers' own lists: frozen once with a delivery, shared where they are equal, and remembered as long as asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, true, update

from digest.models.edition import Edition
from digest.models.people import Consent, Subscription
from digest.store import editions, joining, ledger, lists, stories
from digest.store.database import Database
from digest.store.joining import Joining
from digest.store.schema import deliveries
from digest.store.schema import lists as table

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
EDITION = "daily/2026-11-24"
ONE = (("lead", "s1", "c1"), ("world", "s2", "c2"))
OTHER = (("lead", "s1", "c1"),)


def begin(database: Database, edition: str = EDITION, languages: tuple[str, ...] = ()) -> list[str]:
    """Three readers with a delivery each; the ids of the deliveries."""
    people = [
        Joining(
            f"r{number}@reader.example",
            f"r{number}@reader.example",
            language=language,
            subscriptions=(Subscription(0, "daily", Consent.ACTIVE, topics=topics),),
        )
        for number, (language, topics) in enumerate((("de-AT", ("world", "city")), ("EN", ()), (None, ("world",))))
    ]
    with database.begin() as connection:
        joining.join(connection, people, b"k" * 32, NOW)
        editions.save(connection, Edition(edition, "daily", edition[-10:], NOW, NOW + timedelta(hours=12)))
        run = ledger.open_run(connection, edition, "memory", {}, NOW)
        ledger.freeze(
            connection,
            run=run,
            edition=edition,
            digest="daily",
            segment="own",
            matching=true(),
            prefix=edition[-2:],
            language="en",
            languages=languages,
            now=NOW,
        )
        return list(connection.scalars(select(deliveries.c.id).where(deliveries.c.edition == edition).order_by("id")))


def test_a_list_is_frozen_once_and_shared(database: Database) -> None:
    first, second, third = begin(database)
    one, other = lists.name(EDITION, ONE), lists.name(EDITION, OTHER)
    with database.begin() as connection:
        lists.keep(connection, EDITION, {first: one, second: one}, {one: ONE})
        lists.keep(connection, EDITION, {second: other, third: other}, {other: OTHER})
        assert lists.kept(connection, [first, second, third]) == {first: one, second: one, third: other}
        assert lists.read(connection, {one, other}) == {one: ONE, other: OTHER}
        assert connection.scalar(select(func.count()).select_from(table)) == 2
        lists.keep(connection, EDITION, {}, {})


def test_the_same_list_of_another_edition_is_another_list() -> None:
    assert lists.name(EDITION, ONE) == lists.name(EDITION, ONE)
    assert lists.name(EDITION, ONE) != lists.name("daily/2026-11-25", ONE)
    assert lists.name(EDITION, ONE) != lists.name(EDITION, tuple(reversed(ONE)))


def test_topics_are_those_of_the_subscription(database: Database) -> None:
    begin(database)
    with database.read() as connection:
        readers = list(connection.scalars(select(deliveries.c.subscriber).order_by(deliveries.c.subscriber)))
        assert list(lists.chosen_topics(connection, "daily", readers).values()) == [("world", "city"), (), ("world",)]
        assert lists.chosen_topics(connection, "weekly", readers) == {}


def test_a_reader_is_frozen_with_their_own_language_where_it_is_offered(database: Database) -> None:
    begin(database, languages=("en", "de"))
    with database.read() as connection:
        found = list(connection.scalars(select(deliveries.c.language).order_by(deliveries.c.subscriber)))
    assert found == ["de", "en", "en"]


def test_history_is_what_was_accepted_lately_in_other_editions(database: Database) -> None:
    first, second, third = begin(database)
    one = lists.name(EDITION, ONE)
    with database.begin() as connection:
        lists.keep(connection, EDITION, {first: one, second: one, third: one}, {one: ONE})
        connection.execute(update(deliveries).where(deliveries.c.id == first).values(state="accepted"))
        readers = dict(connection.execute(select(deliveries.c.id, deliveries.c.subscriber)).all())
        everyone = list(readers.values())
        since = NOW - timedelta(days=7)
        got = list(lists.history(connection, everyone, since, "daily/2026-11-25"))
        assert got == [lists.Got(readers[first], EDITION, "own", one)]
        assert list(lists.history(connection, everyone, since, EDITION)) == []
        assert list(lists.history(connection, everyone, NOW + timedelta(seconds=1), "daily/2026-11-25")) == []


def test_what_a_segment_got_as_a_whole(database: Database) -> None:
    begin(database)
    with database.begin() as connection:
        editions.note_sent(connection, EDITION, "everyone", {"c2": "s2", "c1": "s1"}, NOW)
        assert lists.segment_got(connection, EDITION, "everyone") == ("c1", "c2")
        assert lists.segment_got(connection, EDITION, "others") == ()


def test_merged_events_are_known_by_every_name_they_had(database: Database) -> None:
    with database.begin() as connection:
        stories.place(connection, {}, {"a": "b"}, NOW)
        stories.place(connection, {}, {"b": "c"}, NOW)
        stories.place(connection, {}, {"x": "c"}, NOW)
        for known in ("a", "b", "c"):
            found = lists.names_of(connection, {known, "other"})
            assert found == {name: frozenset({known}) for name in ("a", "b", "c", "x")} | {
                "other": frozenset({"other"})
            }
        both = lists.names_of(connection, {"a", "x"})
        assert set(both.values()) == {frozenset({"a", "x"})}
        assert lists.names_of(connection, set()) == {}


def test_an_audience_has_had_an_event_under_every_name_after_any_number_of_merges(database: Database) -> None:
    begin(database)
    with database.begin() as connection:
        editions.note_sent(connection, EDITION, "everyone", {"a": "s1"}, NOW)
        stories.place(connection, {}, {"b": "c"}, NOW)
        stories.place(connection, {}, {"a": "b"}, NOW)
        got = editions.had(connection, "everyone", NOW - timedelta(days=7), "daily/2026-11-25")
    assert set(got) == {"a", "b", "c"}
    assert set(got.values()) == {editions.Had(EDITION, NOW, 1)}
