"""The ledger: one row a person and edition, every step of it, and a sum that always holds."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, true
from sqlalchemy.exc import IntegrityError

from digest.models.edition import Edition
from digest.models.mail import Answer, Delivery, State
from digest.models.people import Consent, Subscription
from digest.store import editions, joining, ledger, lookup, preferences
from digest.store.database import Database, open_database
from digest.store.joining import Joining
from digest.store.migrate import migrate
from digest.store.schema import deliveries

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
EDITION = "daily/2026-11-24"
KEY = b"k" * 32


def people(database: Database, number: int, state: Consent = Consent.ACTIVE, first: int = 0) -> None:
    batch = [
        Joining(f"r{n}@reader.example", f"r{n}@reader.example", subscriptions=(Subscription(0, "daily", state),))
        for n in range(first, first + number)
    ]
    with database.begin() as connection:
        joining.join(connection, batch, KEY, NOW)


def begin(database: Database, **options: object) -> int:
    with database.begin() as connection:
        edition = Edition(EDITION, "daily", "2026-11-24", NOW, NOW + timedelta(hours=12))
        editions.save(connection, edition)
        run = ledger.open_run(connection, EDITION, "memory", {}, NOW)
        return ledger.freeze(
            connection,
            run=run,
            edition=EDITION,
            digest="daily",
            segment="everyone",
            matching=true(),
            prefix="abc",
            language="en",
            now=NOW,
            **options,  # type: ignore[arg-type]
        )


def states(database: Database) -> dict[State, int]:
    with database.read() as connection:
        return ledger.sums(connection, EDITION)


def test_only_active_people_are_frozen_and_each_once(database: Database) -> None:
    people(database, 3)
    people(database, 2, Consent.PENDING, first=10)
    people(database, 2, Consent.LEFT, first=20)
    people(database, 1, Consent.PAUSED, first=30)
    assert begin(database) == 3
    assert begin(database) == 0
    people(database, 1, first=40)
    assert begin(database) == 1
    assert states(database) == {State.PLANNED: 4}


def test_two_rows_for_one_person_cannot_be_written(database: Database) -> None:
    people(database, 1)
    begin(database)
    with database.read() as connection:
        row = dict(ledger.rows(connection, EDITION)[0]._mapping) | {"id": "another"}
    with pytest.raises(Exception, match=r"(?i)unique") as caught, database.begin() as connection:
        connection.execute(insert(deliveries).values(**row))
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_only_and_limit_bound_who_is_added(database: Database) -> None:
    people(database, 5)
    assert begin(database, only=["r3@reader.example"]) == 1
    assert begin(database, limit=2) == 2
    assert begin(database) == 2


def test_a_row_carries_what_its_message_needs(database: Database) -> None:
    people(database, 1)
    begin(database)
    with database.begin() as connection:
        claimed = ledger.claim(connection, EDITION, "me", NOW, 10)
    assert claimed[0].delivery == "abc-1"
    assert claimed[0].email == "r0@reader.example"
    assert claimed[0].segment == "everyone"
    assert claimed[0].since == NOW
    with database.read() as connection:
        assert ledger.rows(connection, EDITION)[0].domain == "reader.example"


def test_what_is_claimed_is_not_claimed_again_until_released(database: Database) -> None:
    people(database, 3)
    begin(database)
    with database.begin() as connection:
        assert len(ledger.claim(connection, EDITION, "me", NOW, 2)) == 2
    with database.begin() as connection:
        assert len(ledger.claim(connection, EDITION, "you", NOW, 10)) == 1
    with database.begin() as connection:
        assert ledger.release(connection, EDITION, NOW) == 3
        assert len(ledger.claim(connection, EDITION, "you", NOW, 10)) == 3


def test_a_deferred_message_waits_until_it_is_due(database: Database) -> None:
    people(database, 1)
    begin(database)
    later = NOW + timedelta(minutes=5)
    with database.begin() as connection:
        claimed = ledger.claim(connection, EDITION, "me", NOW, 10)
        ledger.intend(connection, [claimed[0].delivery], NOW)
        waits = Delivery(claimed[0].delivery, State.DEFERRED, "greylisted", retry_at=later)
        ledger.record(connection, [waits], NOW)
        assert ledger.claim(connection, EDITION, "me", NOW, 10) == ()
        assert ledger.next_due(connection, EDITION) == later
        assert len(ledger.claim(connection, EDITION, "me", later, 10)) == 1


def test_each_further_deferral_waits_longer(database: Database) -> None:
    people(database, 1)
    begin(database)
    now, waits = NOW, []
    for _ in range(6):
        with database.begin() as connection:
            key = ledger.claim(connection, EDITION, "me", now, 1)[0].delivery
            ledger.intend(connection, [key], now)
            again = Delivery(key, State.DEFERRED, "busy", retry_at=now + timedelta(minutes=5))
            ledger.record(connection, [again], now)
            due = ledger.next_due(connection, EDITION)
        assert due
        waits.append((due - now) / timedelta(minutes=1))
        now = due
    assert waits == [5, 15, 45, 120, 120, 120]


def test_an_intent_without_a_result_is_settled_by_the_senders_word(database: Database) -> None:
    people(database, 3)
    begin(database)
    with database.begin() as connection:
        keys = [r.delivery for r in ledger.claim(connection, EDITION, "me", NOW, 10)]
        ledger.intend(connection, keys, NOW)
    with database.begin() as connection:
        assert [key for key, _ in ledger.in_doubt(connection, EDITION)] == keys
        answers = dict(zip(keys, (Answer.ACCEPTED, Answer.ABSENT, Answer.CANNOT), strict=True))
        ledger.settle(connection, answers, NOW)
    assert states(database) == {State.ACCEPTED: 1, State.PLANNED: 1, State.UNKNOWN: 1}


def test_unknown_and_rejected_are_sent_again_only_when_asked(database: Database) -> None:
    people(database, 2)
    begin(database)
    with database.begin() as connection:
        keys = [r.delivery for r in ledger.claim(connection, EDITION, "me", NOW, 10)]
        ledger.intend(connection, keys, NOW)
        bad = [Delivery(keys[0], State.UNKNOWN, "line lost"), Delivery(keys[1], State.REJECTED, "no such person")]
        ledger.record(connection, bad, NOW)
        assert ledger.claim(connection, EDITION, "me", NOW, 10) == ()
        assert ledger.reopen(connection, EDITION, [State.UNKNOWN], NOW) == 1
        assert [r.delivery for r in ledger.claim(connection, EDITION, "me", NOW, 10)] == [keys[0]]


def test_what_is_left_expires_and_the_rest_stays(database: Database) -> None:
    people(database, 3)
    begin(database)
    with database.begin() as connection:
        key = ledger.claim(connection, EDITION, "me", NOW, 1)[0].delivery
        ledger.intend(connection, [key], NOW)
        ledger.record(connection, [Delivery(key, State.ACCEPTED)], NOW)
        assert ledger.close_out(connection, EDITION, State.EXPIRED, "too late", NOW) == 2
    assert states(database) == {State.ACCEPTED: 1, State.EXPIRED: 2}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "intend", "result", "release", "settle", "freeze", "expire"]), st.integers(0, 9)
    ),
    max_size=25,
)
RESULTS = (State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNKNOWN)


@settings(max_examples=40)
@given(STEPS)
def test_whatever_happens_everyone_is_counted_exactly_once(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        database = open_database("sqlite:///store.db", Path(folder), create=True)
        migrate(database)
        people(database, 6)
        begin(database)
        accepted: set[str] = set()
        for step, value in steps:
            if step == "freeze":
                assert begin(database) == 0
            with database.begin() as connection:
                if step == "claim":
                    claimed = {r.delivery for r in ledger.claim(connection, EDITION, "me", NOW, value)}
                    assert not claimed & accepted
                elif step == "intend":
                    mine = [r.id for r in ledger.rows(connection, EDITION, [State.CLAIMED], value)] if value else []
                    ledger.intend(connection, mine, NOW)
                elif step == "result":
                    known = ledger.rows(connection, EDITION, [State.INTENT], value + 1)
                    results = [Delivery(r.id, RESULTS[(value + i) % 4], "why") for i, r in enumerate(known)]
                    ledger.record(connection, results, NOW)
                elif step == "release":
                    ledger.release(connection, EDITION, NOW)
                elif step == "settle":
                    doubts = ledger.in_doubt(connection, EDITION)
                    ledger.settle(connection, {key: list(Answer)[value % 3] for key, _ in doubts}, NOW)
                elif step == "expire" and value > 7:
                    ledger.close_out(connection, EDITION, State.EXPIRED, "late", NOW)
                got = {r.id for r in ledger.rows(connection, EDITION, [State.ACCEPTED])}
                assert accepted <= got
                accepted = got
            assert sum(states(database).values()) == 6
        database.engine.dispose()


def test_text_only_counts_from_the_next_freeze_on(database: Database) -> None:
    people(database, 2)
    with database.begin() as connection:
        preferences.change_person(connection, 1, plain=True)
    begin(database)
    with database.begin() as connection:
        preferences.change_person(connection, 1, plain=False)
        preferences.change_person(connection, 2, plain=True)
        taken = ledger.take(connection, EDITION, "me", NOW, 10)
        frozen = lookup.frozen(connection, 1, EDITION)
    assert [(one.person.subscriber, one.person.plain) for one in taken] == [(1, True), (2, False)]
    assert frozen is not None
    assert frozen[0].plain is True


def test_those_who_were_put_off_are_claimed_before_the_others(database: Database) -> None:
    people(database, 6)
    begin(database)
    with database.begin() as connection:
        first = ledger.claim(connection, EDITION, "run", NOW, 2)
        later = [Delivery(one.delivery, State.DEFERRED, "busy", retry_at=NOW + timedelta(minutes=5)) for one in first]
        ledger.record(connection, later, NOW)
    with database.begin() as connection:
        early = ledger.claim(connection, EDITION, "run", NOW, 1)
        due = ledger.claim(connection, EDITION, "run", NOW + timedelta(hours=1), 3)
    assert {one.delivery for one in first} < {one.delivery for one in due}
    assert not {one.delivery for one in early} & {one.delivery for one in (*first, *due)}


def test_a_claim_does_not_sort_all_that_is_due(tmp_path: Path, migrated_sqlite: Path) -> None:
    """However many are due, the next few are read off an index: a sort would make each window take longer than
    sending it does."""
    shutil.copy(migrated_sqlite, tmp_path / "store.db")
    opened = open_database("sqlite:///store.db", tmp_path, create=False)
    asked: list[tuple[str, Any]] = []
    event.listen(opened.engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    people(opened, 3)
    begin(opened)
    asked.clear()
    with opened.begin() as connection:
        assert len(ledger.take(connection, EDITION, "run", NOW, 2)) == 2
    updates = [(words, values) for words, values in asked if words.startswith("UPDATE")]
    with opened.read() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all() for words, values in updates]
    opened.engine.dispose()
    assert plans
    assert all("INDEX" in str(plan) and "TEMP B-TREE" not in str(plan) for plan in plans)
