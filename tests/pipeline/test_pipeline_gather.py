"""Gathering: what is new is kept and placed, what changed stays where it is, what fails is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.clock import StillClock
from digest.errors import ConfigError
from digest.pipeline.gather import gather, peek
from digest.pipeline.project import Project
from digest.store import stories


def kept(project: Project) -> dict[str, stories.Stored]:
    with project.store.database.read() as connection:
        return {s.story.url or s.story.id: s for s in stories.recent(connection)}


def test_every_story_has_a_topic_and_an_event(project: Project) -> None:
    found = kept(project)
    assert len(found) == 53
    assert all(s.topics for s in found.values())
    rules = {t.rule.split(":")[0].split(" ")[0] for s in found.values() for t in s.topics}
    assert {"explicit", "match"} <= rules or {"explicit", "category"} <= rules


def test_two_reports_of_one_event_share_it(project: Project) -> None:
    found = kept(project)
    first = next(s for url, s in found.items() if "heat-proof-dose" in url)
    second = next(s for url, s in found.items() if "dengue-vaccine-trial" in url)
    assert first.cluster == second.cluster
    assert len({s.cluster for s in found.values()}) >= 50


def test_a_changed_story_stays_in_its_event_and_gets_its_topics_anew(
    paper: Path, project: Project, reopen: Callable[[], Project]
) -> None:
    before = next(s for url, s in kept(project).items() if "dengue-vaccine-trial" in url)
    path = paper / "sample" / "stories" / "sat-science-dengue-iloilo.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('topics = ["science"]', 'topics = ["world"]'), encoding="utf-8")
    again = reopen()
    (done,) = gather(again)
    assert (done.new, done.changed) == (0, 1)
    after = next(s for url, s in kept(again).items() if "dengue-vaccine-trial" in url)
    assert after.cluster == before.cluster
    assert after.revision == 2
    assert [t.topic for t in after.topics] == ["world"]


def test_the_next_day_brings_only_what_is_new(project: Project, clock: StillClock) -> None:
    clock.forward(timedelta(days=1))
    (done,) = gather(project)
    assert done.new >= 12
    assert done.changed == 0
    (again,) = gather(project)
    assert (again.new, again.changed) == (0, 0)


def test_a_peek_keeps_nothing(reopen: Callable[[], Project]) -> None:
    project = reopen()
    (report,) = peek(project)
    assert len(report.stories) == 53
    assert kept(project) == {}


def test_an_unknown_source_is_named_with_the_known_ones(project: Project) -> None:
    with pytest.raises(ConfigError, match="known: desk"):
        list(gather(project, ["wire"]))
