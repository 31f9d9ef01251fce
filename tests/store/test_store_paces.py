"""The pace that processes share: each moment is given once, days are counted, domains that ask for less get it."""

from __future__ import annotations

import pytest

from digest.store import paces
from digest.store.database import Database


def test_moments_are_given_once_and_in_a_row(database: Database) -> None:
    with database.begin() as connection:
        assert paces.reserve(connection, "all", 5, 0.5, 100.0) == 100.0
    with database.begin() as connection:
        assert paces.reserve(connection, "all", 1, 0.5, 101.0) == 102.5
        assert paces.reserve(connection, "all", 1, 0.5, 200.0, slack=0.25) == 199.75


def test_a_day_is_counted_and_taken_back(database: Database) -> None:
    with database.begin() as connection:
        paces.spend(connection, "2026-11-24", 5)
        paces.spend(connection, "2026-11-24", -2)
        assert paces.spent(connection, "2026-11-24") == 3
        assert paces.spent(connection, "2026-11-25") == 0
        paces.spend(connection, "2026-11-25", 1)
        assert paces.spent(connection, "2026-11-25") == 1


def test_a_domain_is_halved_once_a_rest_and_recovers_little_by_little(database: Database) -> None:
    with database.begin() as connection:
        for _ in range(3):
            paces.slower(connection, "busy.example", 1000.0)
        slowed = paces.slowed(connection, ["busy.example", "calm.example"])
        assert slowed == {"busy.example": paces.Slowed(0.5, 1900.0)}
        now = 1960.0
        paces.faster(connection, "busy.example", now - 30)
        assert paces.slowed(connection, ["busy.example"])["busy.example"].factor == 0.5
        steps = 0
        while paces.any_slowed(connection):
            paces.faster(connection, "busy.example", now)
            now, steps = now + 60, steps + 1
        assert steps == 8


def test_days_of_sending_are_counted_not_days_that_pass(database: Database) -> None:
    with database.begin() as connection:
        assert paces.sending_day(connection, "a@b.example", "2026-11-24", begin=False) == 0
        assert paces.sending_day(connection, "a@b.example", "2026-11-24", begin=True) == 0
        assert paces.sending_day(connection, "a@b.example", "2026-11-24", begin=True) == 0
        assert paces.sending_day(connection, "a@b.example", "2026-12-24", begin=False) == 1


def test_moments_that_nobody_holds_are_given_back(database: Database) -> None:
    with database.begin() as connection:
        paces.reserve(connection, "domain:slow.example", 1000, 1.0, 100.0)
        paces.let_go(connection, "held", 0.0)
        assert paces.reserve(connection, "domain:slow.example", 1, 1.0, 110.0) == pytest.approx(110.0)
