"""What differs between two versions of an edition, and only that."""

from __future__ import annotations

import pytest

from digest.errors import Refused, UsageError
from digest.models.edition import EditionState
from digest.pipeline.approval import approve
from digest.pipeline.build import build, freeze
from digest.pipeline.comparing import compare, difference, version
from digest.pipeline.draft import draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.naming import identify
from digest.pipeline.pinning import drop
from digest.pipeline.project import Project
from digest.pipeline.selecting import select
from digest.pipeline.snapshot import Snapshot, Told
from digest.store import editions


def _snapshot(*sections: tuple[str, str]) -> Snapshot:
    told = tuple(
        Told(key, name, number, key.upper(), (f"about {key}",))
        for name, keys in sections
        for number, key in enumerate(keys, 1)
    )
    return Snapshot("daily/2026-11-24", "S", "P", told)


def test_only_what_differs_is_listed() -> None:
    before = _snapshot(("lead", "a"), ("world", "bcd"), ("latest", "e"))
    assert difference(before, before, "x").none
    found = difference(before, _snapshot(("lead", "b"), ("world", "dcf"), ("latest", "e")), "x")
    assert [t.story for t in found.added] == ["f"]
    assert [t.story for t in found.removed] == ["a"]
    assert [(old.story, old.place, new.place) for old, new in found.moved] == [
        ("b", "world 1", "lead 1"),
        ("d", "world 3", "world 1"),
        ("c", "world 2", "world 2"),
    ]


def test_a_story_that_only_shifted_has_not_moved() -> None:
    found = difference(_snapshot(("world", "abc")), _snapshot(("world", "xabc")), "x")
    assert ([t.story for t in found.added], found.moved) == (["x"], ())
    found = difference(_snapshot(("world", "abc")), _snapshot(("world", "bc")), "x")
    assert ([t.story for t in found.removed], found.moved) == (["a"], ())
    found = difference(_snapshot(("world", "abc")), _snapshot(("world", "cab")), "x")
    assert {new.story for _, new in found.moved} == {"a", "b", "c"}


def test_against_what_was_approved(project: Project) -> None:
    identity = identify(project, "daily")
    select(project, identity)
    approve(project, build(project, draft(project, identity)), "Ann", "", project.now())
    assert compare(project, identity).none
    first = next(draft(project, identity).base.picks())
    path = file_path(project, identity.id)
    entry = f'{{ id = "{first.story}" }}'
    path.write_text(
        path.read_text()
        .replace(entry, entry.replace(" }", ', title = "Mine", lines = ["My line."] }'), 1)
        .replace('subject = "', 'subject = "My ', 1)
    )
    dropped = list(draft(project, identity).base.picks())[2].story
    drop(project, identity, dropped)
    found = compare(project, identity, "approved").as_json()
    assert found["subject"]["after"].startswith("My ")
    assert [r["story"] for r in found["removed"]] == [dropped]
    mine = next(r for r in found["reworded"] if r["story"] == first.story)
    assert mine["title"] == {"before": first.title, "after": "Mine"}
    assert mine["lines"]["after"] == ["My line."]
    assert mine["lines"]["before"]


def test_against_the_last_edition(project: Project) -> None:
    identity = identify(project, "daily")
    with pytest.raises(Refused, match="the first edition"):
        compare(project, identity)
    with pytest.raises(Refused, match="never approved"):
        compare(project, identity, "approved")
    built = freeze(project, build(project, draft(project, identity)), project.now())
    with project.store.database.begin() as connection:
        editions.set_state(connection, identity.id, EditionState.SENT, project.now())
    tomorrow = identify(project, "daily@2026-11-25")
    found = compare(project, tomorrow, "last")
    assert (found.edition, found.against) == ("daily/2026-11-25", "daily/2026-11-24")
    assert not found.added
    assert not found.moved
    assert len(list(built.draft.base.picks())) >= len(found.removed)


def test_an_unknown_version_is_refused() -> None:
    assert version(None) is None
    with pytest.raises(UsageError, match="no version"):
        version("yesterday")
