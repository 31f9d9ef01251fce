"""What NAME means: today's edition, the next unsent one, or that of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.clock import StillClock
from digest.errors import ConfigError, UsageError
from digest.models.edition import EditionState
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.settings import Clock
from digest.store import editions


def scheduled(project: Project, schedule: str) -> Project:
    digest = replace(project.settings.digests["daily"], schedule=Clock.parse(schedule))
    return replace(project, settings=replace(project.settings, digests={"daily": digest}))


def finish(project: Project, key: str) -> None:
    draft(project, identify(project, key))
    with project.store.database.begin() as connection:
        editions.set_state(connection, key, EditionState.SENT, project.now())


def test_a_bare_name_is_today_in_the_publications_zone(reopen: Callable[[], Project], clock: StillClock) -> None:
    project = reopen()
    assert identify(project, "daily").id == "daily/2026-11-24"
    clock.forward(timedelta(hours=16))
    assert project.clock().date().isoformat() == "2026-11-24"
    clock.forward(timedelta(hours=1))
    assert identify(project, "daily").id == "daily/2026-11-25"


def test_a_bare_name_rolls_forward_once_today_is_sent_but_never_for_a_send(project: Project) -> None:
    finish(project, "daily/2026-11-24")
    assert identify(project, "daily").id == "daily/2026-11-25"
    assert identify(project, "daily", sending=True).id == "daily/2026-11-24"


def test_the_next_edition_keeps_to_the_schedule(project: Project) -> None:
    finish(project, "daily/2026-11-24")
    assert identify(scheduled(project, "0 7 * * 5"), "daily").id == "daily/2026-11-27"


@pytest.mark.parametrize("name", ["daily@2026-11-20", "daily/2026-11-20"])
def test_a_day_may_be_named(reopen: Callable[[], Project], name: str) -> None:
    found = identify(reopen(), name)
    assert found.id == "daily/2026-11-20"
    assert found.cut
    assert found.cut.isoformat() == "2026-11-20T07:00:00+05:30"


def test_a_digest_with_several_editions_a_day_is_named_by_its_time(
    reopen: Callable[[], Project], clock: StillClock
) -> None:
    project = scheduled(reopen(), "0 7,17 * * *")
    assert identify(project, "daily").id == "daily/2026-11-24-0700"
    assert identify(project, "daily@2026-11-24-1700").id == "daily/2026-11-24-1700"
    clock.forward(timedelta(hours=10))
    assert identify(project, "daily").id == "daily/2026-11-24-1700"


@pytest.mark.parametrize(
    "name", ["daily@", "daily@tomorrow", "../etc", "daily@2026-11-24-07", "daily@2026-02-30", ""]
)
def test_what_is_no_name_is_a_usage_error(reopen: Callable[[], Project], name: str) -> None:
    with pytest.raises(UsageError):
        identify(reopen(), name)


def test_an_unknown_digest_is_named_with_the_known_ones(reopen: Callable[[], Project]) -> None:
    with pytest.raises(ConfigError, match="known: daily"):
        identify(reopen(), "weekly")
