"""Editions: kept with plan, pool and variants exactly as they were, and what an audience already got."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.models.edition import (
    Candidate,
    Edition,
    EditionState,
    LeftOut,
    Pick,
    Plan,
    PlanSection,
    Pool,
    Rendering,
)
from digest.store import editions, stories
from digest.store.database import Database

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
KEY = "daily/2026-11-24"
PLAN = Plan(
    "daily",
    KEY,
    NOW,
    "everyone",
    (PlanSection("lead", (Pick("s1", 2, "c1", "Title", 1.5, ("fresh", "two sources")),)),),
    (LeftOut("s2", "Other", "over the reading time"),),
)
EDITION = Edition(
    KEY,
    "daily",
    "2026-11-24",
    NOW,
    NOW + timedelta(hours=12),
    EditionState.CHECKED,
    "Subject",
    "Preheader",
    "hash",
    NOW,
    NOW - timedelta(days=1),
    (replace(PLAN, segment=None), PLAN),
)
POOL = Pool(KEY, NOW, (Candidate("s1", 2, "c1", ("world",), 1.5, ("fresh",)), Candidate("s2", 1, "c2", (), 0.5, ())))
VARIANT = Rendering(KEY, "everyone", "en", "daily", "S", "P", "<p>ü {{email}}</p>", "ü", ("email",), 3, 2, 300)


def test_an_edition_comes_back_as_it_was(database: Database) -> None:
    with database.begin() as connection:
        editions.save(connection, EDITION, POOL)
        editions.keep_variants(connection, KEY, [VARIANT])
    with database.read() as connection:
        assert editions.load(connection, KEY) == EDITION
        assert editions.pool_of(connection, EDITION) == POOL
        assert editions.kept_variants(connection, KEY) == {"everyone": VARIANT}
        assert editions.load(connection, "daily/2026-11-25") is None


def test_saving_again_replaces(database: Database) -> None:
    with database.begin() as connection:
        editions.save(connection, EDITION, POOL)
        editions.save(connection, replace(EDITION, subject="Other"), Pool(KEY, NOW, POOL.candidates[:1]))
        loaded = editions.load(connection, KEY)
        assert loaded
        assert loaded.subject == "Other"
        assert len(editions.pool_of(connection, EDITION).candidates) == 1


def test_the_previous_edition_is_the_last_that_went_out(database: Database) -> None:
    with database.begin() as connection:
        for day, state in ((21, EditionState.SENT), (22, EditionState.CANCELLED), (23, EditionState.DRAFT)):
            key = f"daily/2026-11-{day}"
            editions.save(connection, replace(EDITION, id=key, state=state))
        found = editions.previous(connection, "daily", KEY)
        assert found
        assert found.id == "daily/2026-11-21"
        assert editions.previous(connection, "weekly", KEY) is None
        assert [e.id for e in editions.latest(connection, "daily", limit=2)] == [
            "daily/2026-11-23",
            "daily/2026-11-22",
        ]


def test_an_approval_holds_for_exactly_one_content(database: Database) -> None:
    with database.begin() as connection:
        editions.save(connection, EDITION)
        editions.approve(connection, EDITION, "mara", "fine", NOW)
        editions.approve(connection, EDITION, "mara", "still fine", NOW)
        editions.approve(connection, EDITION, "tom", "", NOW + timedelta(minutes=1))
        assert editions.approvers(connection, EDITION) == ("mara", "tom")
        assert editions.approvers(connection, replace(EDITION, hash="changed")) == ()


def test_what_an_audience_got_is_known_under_every_id_of_its_event(database: Database) -> None:
    with database.begin() as connection:
        editions.save(connection, EDITION)
        editions.note_sent(connection, KEY, "everyone", {"c1": "h1", "c2": "h2"}, NOW)
        editions.note_sent(connection, KEY, "everyone", {"c1": "h1"}, NOW)
        stories.place(connection, {}, {"c1": "c0"}, NOW)
        tomorrow = "daily/2026-11-25"
        got = editions.already(connection, "everyone", NOW - timedelta(days=7), tomorrow)
        assert got == {"c0": KEY, "c1": KEY, "c2": KEY}
        assert editions.already(connection, "everyone", NOW + timedelta(seconds=1), tomorrow) == {}
        assert editions.already(connection, "business", NOW - timedelta(days=7), tomorrow) == {}
        assert editions.already(connection, "everyone", NOW - timedelta(days=7), KEY) == {}
