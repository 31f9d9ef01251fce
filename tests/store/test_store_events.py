"""Events in the store: each has its effect once, in whatever order and however often it comes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from digest.models.mail import Delivery, Event, EventKind, State
from digest.models.people import Recipient
from digest.store import events as kept
from digest.store import ledger, preferences, suppression
from digest.store.database import Database, open_database
from digest.store.events import Ingested, ingest
from digest.store.ledger import delivery_prefix
from digest.store.schema import consents, events, letters, subscribers, subscriptions
from sent_ledger import KEY, SENT, put, row, sent, subscribed, suppressed, told

NOW = SENT + timedelta(days=40)
HARD: dict[str, Any] = {"bounce": "hard", "reason": "550 5.1.1 no such user"}
SOFT: dict[str, Any] = {"bounce": "soft"}
FORGED: dict[str, Any] = {"proven": False}
K = EventKind


def give(database: Database, *batch: Event) -> Ingested:
    with database.begin() as connection:
        return ingest(connection, batch, KEY, NOW)


OUTCOMES: list[tuple[list[EventKind], str | None]] = [
    ([K.DELIVERED], "delivered"),
    ([K.OPENED], "delivered"),
    ([K.DEFERRED], None),
    ([K.LEFT], None),
    ([K.DELIVERED, K.BOUNCED], "bounced"),
    ([K.BOUNCED, K.DELIVERED], "bounced"),
    ([K.COMPLAINED, K.BOUNCED, K.DELIVERED], "complained"),
    ([], None),
]


def test_an_outcome_only_rises(database: Database) -> None:
    keys = sent(database, len(OUTCOMES))
    for key, (kinds, _) in zip(keys, OUTCOMES, strict=True):
        for kind in kinds:
            assert len(give(database, told(kind, key)).new) == 1
    found = [row(database, key) for key in keys]
    assert [one.outcome for one in found] == [outcome for _, outcome in OUTCOMES]
    assert {one.state for one in found} == {"accepted"}


def test_an_event_that_comes_again_counts_once_within_a_batch_and_across(database: Database) -> None:
    first, _ = sent(database)
    event = told(K.DELIVERED, first)
    assert give(database, event, event).duplicates == 1
    again = give(database, event, told(K.OPENED, first))
    assert (again.duplicates, [h.event.kind for h in again.new]) == (1, ["opened"])
    with database.read() as connection:
        assert len(connection.scalars(select(events.c.id)).all()) == 2


def test_events_of_other_publications_and_editions_are_counted_and_not_kept(database: Database) -> None:
    first, _ = sent(database)
    done = give(database, told(K.COMPLAINED, "zzzzzzzz-1"), told(K.BOUNCED, f"{first}9", **HARD), told(K.LEFT, ""))
    assert (done.foreign, done.new, done.suppressed, done.left) == (3, (), 0, 0)
    with database.read() as connection:
        assert connection.execute(select(events.c.id)).first() is None


def test_a_hard_bounce_suppresses_the_address_everywhere(database: Database) -> None:
    first, _ = sent(database)
    assert give(database, told(K.BOUNCED, first, **HARD)).suppressed == 1
    assert give(database, told(K.BOUNCED, first, "again", **HARD)).suppressed == 0
    assert suppressed(database) == {"r0@reader.example *": "bounced"}


def test_a_bounce_that_is_about_us_suppresses_nobody(database: Database) -> None:
    for day in range(5):
        first = sent(database, 1, f"daily/2026-11-{10 + day}")[0]
        give(database, told(K.BOUNCED, first, bounce="block"))
    assert suppressed(database) == {}


def test_three_soft_bounces_of_different_mails_within_thirty_days_suppress(database: Database) -> None:
    wanted = [[0, 1, 2], [0, 1], [0, 16, 31], [0, 20, 31, 40], [0, 0, 0]]
    days = sorted({day for some in wanted for day in some})
    keys = {day: sent(database, len(wanted), f"daily/2026-{10 + day // 28:02d}-{1 + day % 28:02d}") for day in days}
    for reader, some in enumerate(wanted):
        for number, day in enumerate(some):
            give(database, told(K.BOUNCED, keys[day][reader], f"e{reader}.{number}", minutes=day * 1440, **SOFT))
    assert list(suppressed(database)) == ["r0@reader.example *", "r3@reader.example *"]


def test_a_complaint_suppresses_the_address_that_was_written_to_and_not_a_newer_one(database: Database) -> None:
    first, _ = sent(database)
    with database.begin() as connection:
        new = {"email": "new@reader.example", "email_key": "new@reader.example"}
        connection.execute(update(subscribers).where(subscribers.c.email_key == "r0@reader.example").values(**new))
    give(database, told(K.COMPLAINED, first))
    assert suppressed(database) == {"r0@reader.example *": "complained"}


def test_a_complaint_about_someone_who_was_forgotten_suppresses_the_hash_that_is_left(database: Database) -> None:
    first, _ = sent(database)
    put(database, [first], email="")
    with database.begin() as connection:
        blank = {"email": None, "email_key": None, "forgotten": "f" * 64}
        connection.execute(update(subscribers).where(subscribers.c.email_key == "r0@reader.example").values(**blank))
    give(database, told(K.COMPLAINED, first))
    assert suppressed(database) == {"None *": "complained"}


CLAIMS: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"address": "other@reader.example"}, False),
    ({"address": "nonsense"}, False),
    ({"address": "R3@Reader.Example"}, True),
    ({"subscriber": 5}, True),
    ({"subscriber": 2}, False),
]


def test_a_report_that_anybody_could_have_written_suppresses_nobody(database: Database) -> None:
    keys = sent(database, len(CLAIMS))
    for key, (more, proven) in zip(keys, CLAIMS, strict=True):
        done = give(database, told(K.COMPLAINED, key, **FORGED, **more))
        bounce = give(database, told(K.BOUNCED, key, **HARD, **FORGED, **more))
        assert (done.unproven, bounce.unproven) == ((0, 0) if proven else (1, 1))
    assert list(suppressed(database)) == ["r3@reader.example *", "r4@reader.example *"]


def test_three_hard_bounces_that_nothing_proves_count_as_soft_ones(database: Database) -> None:
    for day in range(3):
        first = sent(database, 1, f"daily/2026-11-{10 + day}")[0]
        give(database, told(K.BOUNCED, first, **HARD, **FORGED))
    assert suppressed(database) == {"r0@reader.example *": "bounced three times"}


def test_leaving_by_a_delivery_ends_its_digest_and_with_a_star_every_one(database: Database) -> None:
    first, second = sent(database)
    assert give(database, told(K.LEFT, first)).left == 1
    assert give(database, told(K.LEFT, second, digest="*")).left == 2
    assert subscribed(database) == [
        (1, "daily", "left"),
        (1, "weekly", "active"),
        (2, "daily", "left"),
        (2, "weekly", "left"),
    ]


def test_leaving_by_a_token_needs_no_delivery_and_touches_nobody_else(database: Database) -> None:
    sent(database)
    event = told(K.LEFT, "", "mail:1", subscriber=2, digest="weekly")
    assert give(database, event, told(K.LEFT, "", "mail:2", subscriber=99, digest="daily")).foreign == 1
    assert [state for *_, state in subscribed(database)] == ["active", "active", "active", "left"]
    with database.read() as connection:
        assert connection.scalars(select(events.c.delivery)).all() == [preferences.about(2)]


@pytest.mark.parametrize("how", ["consent", "returned"])
@pytest.mark.parametrize(("minutes", "state"), [(5, "active"), (-5, "left")], ids=["renewed later", "renewed before"])
def test_leaving_that_is_heard_late_does_not_end_what_was_renewed_since(
    database: Database, how: str, minutes: int, state: str
) -> None:
    first, _ = sent(database)
    at = SENT + timedelta(minutes=1 + minutes)
    with database.begin() as connection:
        if how == "returned":
            preferences.note(connection, "back", preferences.about(1), "returned", at, doc={"digest": "daily"})
        else:
            values = {
                "subscriber": 1,
                "digest": "daily",
                "at": at.timestamp(),
                "how": "form",
                "wording": "",
                "version": "",
            }
            consent = connection.execute(insert(consents).values(**values)).inserted_primary_key
            assert consent
            mine = (subscriptions.c.subscriber == 1) & (subscriptions.c.digest == "daily")
            connection.execute(update(subscriptions).where(mine).values(consent=consent[0]))
    give(database, told(K.LEFT, first))
    assert subscribed(database)[0] == (1, "daily", state)


def test_who_left_is_skipped_by_a_run_under_way(database: Database) -> None:
    first, _ = sent(database, state=State.PLANNED)
    with database.read() as connection:
        recipient = Recipient(first, 1, "r0@reader.example", "", "everyone", "en")
        assert not suppression.barred(connection, KEY, "daily", [recipient], day=NOW, big=False)
    give(database, told(K.LEFT, "", "mail:1", subscriber=1, digest="daily"))
    with database.read() as connection:
        (barred,) = suppression.barred(connection, KEY, "daily", [recipient], day=NOW, big=False)
    assert (barred.state, barred.reason) == (State.SKIPPED, "unsubscribed")


def test_reading_is_noted_with_its_latest_time_and_what_programs_do_is_not(database: Database) -> None:
    first, second = sent(database)
    give(database, told(K.CLICKED, first, minutes=9), told(K.OPENED, first, minutes=3))
    give(database, told(K.USEFUL, first, minutes=5), told(K.OPENED, second, machine=True), told(K.DELIVERED, second))
    with database.read() as connection:
        noted = dict(connection.execute(select(subscribers.c.id, subscribers.c.engaged)).all())
    assert noted == {1: (SENT + timedelta(minutes=9)).timestamp(), 2: None}


DOUBTS: list[tuple[State, int, list[EventKind], str]] = [
    (State.UNKNOWN, 1, [K.DELIVERED], "accepted"),
    (State.UNKNOWN, 1, [K.DEFERRED], "accepted"),
    (State.UNKNOWN, 1, [K.COMPLAINED], "accepted"),
    (State.UNKNOWN, 1, [K.BOUNCED], "rejected"),
    (State.UNKNOWN, 1, [K.BOUNCED, K.DELIVERED], "accepted"),
    (State.UNKNOWN, 1, [K.DELIVERED, K.BOUNCED], "accepted"),
    (State.UNKNOWN, 1, [K.LEFT], "unknown"),
    (State.REJECTED, 1, [K.BOUNCED, K.DELIVERED], "rejected"),
    (State.PLANNED, 1, [K.DELIVERED], "accepted"),
    (State.DEFERRED, 2, [K.OPENED], "accepted"),
    (State.PLANNED, 0, [K.DELIVERED], "planned"),
    (State.PLANNED, 1, [K.DEFERRED], "planned"),
    (State.INTENT, 1, [K.DELIVERED], "intent"),
    (State.CLAIMED, 1, [K.DELIVERED], "claimed"),
]


def test_a_delivery_in_doubt_is_settled_by_what_is_told_of_it(database: Database) -> None:
    keys = sent(database, len(DOUBTS))
    for key, (state, attempts, kinds, after) in zip(keys, DOUBTS, strict=True):
        put(database, [key], state=state.value, attempts=attempts)
        for kind in kinds:
            give(database, told(kind, key, bounce="soft" if kind == K.BOUNCED else ""))
        found = row(database, key)
        assert (found.state, bool(found.reason)) == (after, after == "rejected" and state is State.UNKNOWN)


def test_a_doubt_that_arises_after_its_events_came_is_settled_too(database: Database) -> None:
    keys = sent(database, 3, state=State.INTENT)
    give(database, told(K.DELIVERED, keys[0]), told(K.BOUNCED, keys[1], **SOFT))
    put(database, keys, state="unknown", reason="cut off")
    with database.begin() as connection:
        assert kept.settle_heard(connection, NOW, SENT + timedelta(days=1)) == 0
        assert kept.settle_heard(connection, NOW, SENT - timedelta(days=1)) == 2
    assert [row(database, key).state for key in keys] == ["accepted", "rejected", "unknown"]


def test_a_letter_that_bounces_suppresses_its_address(database: Database) -> None:
    sent(database)
    values = {"id": "l-1", "kind": "confirm", "subscriber": None, "email": "new@reader.example", "state": "accepted"}
    with database.begin() as connection:
        connection.execute(insert(letters).values(**values, due=0.0, changed=0.0, doc={}))
    assert give(database, told(K.BOUNCED, "l-1", **HARD)).suppressed == 1
    assert suppressed(database) == {"new@reader.example *": "bounced"}


def test_deliveries_that_a_run_holds_are_given_back_and_the_others_kept(postgres_url: str, tmp_path: Path) -> None:
    database = open_database(postgres_url, tmp_path, create=True)
    first, second = sent(database)
    with database.begin() as run:
        run.execute(update(kept.deliveries).where(kept.deliveries.c.id == first).values(reply="x"))
        done = give(database, told(K.DELIVERED, first), told(K.DELIVERED, second), told(K.DELIVERED, "zz-1"))
        assert [event.delivery for event in done.busy] == [first]
        assert (len(done.new), done.foreign) == (1, 1)
    assert len(give(database, *done.busy).new) == 1
    database.engine.dispose()


def test_many_at_once_neither_block_each_other_nor_lose_anything(postgres_url: str, tmp_path: Path) -> None:
    database = open_database(postgres_url, tmp_path, create=True)
    keys = sent(database, 60, state=State.INTENT)
    batch = [told(kind, key) for key in keys for kind in (K.DELIVERED, K.CLICKED, K.BOUNCED)]

    def hear(order: int) -> int:
        left, new = batch[::order], 0
        while left:
            done = give(database, *left)
            left, new = list(done.busy), new + len(done.new)
        return new

    def record(start: int) -> int:
        results = [Delivery(key, State.ACCEPTED) for key in keys[start::-1]]
        with database.begin() as connection:
            ledger.record(connection, results, NOW)
        return 0

    with ThreadPoolExecutor(6) as crew:
        tasks = [crew.submit(hear, order) for order in (1, -1, 1)]
        tasks += [crew.submit(record, len(keys) - 1) for _ in range(3)]
        assert sum(task.result() for task in tasks) == len(batch)
    assert {row(database, key).outcome for key in keys} == {"bounced"}
    database.engine.dispose()


EDITIONS = [f"daily/2026-11-{day}" for day in (20, 21, 22, 23)]
KEYS = [f"{delivery_prefix('ledger', edition)}-{number}" for edition in EDITIONS for number in (1, 2)]
ONE = st.tuples(
    st.sampled_from(list(K)[:9]),
    st.integers(0, 7),
    st.integers(0, 60 * 24 * 35),
    st.sampled_from(["hard", "soft", "block"]),
    st.booleans(),
)


def snapshot(pattern: Path, batches: Sequence[Sequence[Event]]) -> tuple[Any, ...]:
    """What a store holds after these batches."""
    with TemporaryDirectory() as folder:
        shutil.copy(pattern, Path(folder) / "store.db")
        database = open_database("sqlite:///store.db", Path(folder), create=False)
        keys = [key for edition in EDITIONS for key in sent(database, 2, edition, state=State.UNKNOWN)]
        assert keys == KEYS
        for batch in batches:
            give(database, *batch)
        with database.read() as connection:
            engaged = connection.execute(select(subscribers.c.id, subscribers.c.engaged)).all()
        held = [(found.state, found.outcome, found.reason[:30]) for found in (row(database, key) for key in keys)]
        found = (held, sorted(suppressed(database)), subscribed(database), [tuple(one) for one in engaged])
        database.engine.dispose()
    return found


@settings(max_examples=25)
@given(st.lists(ONE, min_size=1, max_size=10), st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_order_split_and_repetition_of_the_same_events_ends_alike(
    migrated_sqlite: Path, given_: list[tuple[EventKind, int, int, str, bool]], random: Any, size: int
) -> None:
    batch = [
        told(kind, KEYS[at], f"e{n}", minutes, bounce=bounce if kind == K.BOUNCED else "", proven=proven)
        for n, (kind, at, minutes, bounce, proven) in enumerate(given_)
    ]
    shuffled = batch + batch[: len(batch) // 2]
    random.shuffle(shuffled)
    parts = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert snapshot(migrated_sqlite, parts) == snapshot(migrated_sqlite, [batch])
