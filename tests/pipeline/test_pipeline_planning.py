"""Any stored story has an answer: where it stands, or what keeps it out."""

from __future__ import annotations

from datetime import timedelta

from digest.clock import StillClock
from digest.pipeline.build import build, freeze
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.pinning import drop
from digest.pipeline.planning import explain
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from digest.store import stories


def _keys(project: Project) -> list[str]:
    with project.store.database.read() as connection:
        return [s.story.id for s in stories.recent(connection)]


def test_every_story_for_the_edition_and_every_segment(project: Project) -> None:
    identity = identify(project, "daily")
    made = draft(project, identity)
    for segment in (None, *made.segments):
        plan = made.segments[segment] if segment else made.base
        picked = {pick.story for pick in plan.picks()}
        for key in _keys(project)[::4] if segment else _keys(project):
            said = explain(project, identity, key, segment)
            assert said["reason"]
            assert (said["where"] == "left out") == (key not in picked)


def test_a_dropped_story_says_by_whom(project: Project) -> None:
    identity = identify(project, "daily")
    key = next(draft(project, identity).base.picks()).story
    drop(project, identity, key)
    assert explain(project, identity, key, None)["reason"] == "dropped by an editor"


def test_a_frozen_edition_still_answers(project: Project, clock: StillClock) -> None:
    identity = identify(project, "daily")
    frozen = freeze(project, build(project, draft(project, identity)), project.now()).draft
    (project.root / "sample" / "stories" / "late.md").write_text(
        '+++\ntitle = "It came late"\npublished = 2026-11-24T07:30:00+05:30\n'
        'url = "https://ledger.example/late"\n+++\n\nIt did.\n'
    )
    later = open_project(load_settings(project.root, {}), StillClock(clock() + timedelta(hours=1)), {})
    list(gather(later))
    known = {*frozen.stories, *(left.story for left in frozen.base.left_out)}
    late = next(key for key in _keys(later) if key not in known)
    assert "after" in explain(later, identity, late, None)["reason"]
    for key in _keys(later)[::3]:
        assert explain(later, identity, key, "everyone")["reason"]
