"""Editions are kept built while nothing changes, and built anew when anything does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from web_preview_paper import NOW, opened, write_story

from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.web.preview.desk import Desk


def test_an_edition_is_built_once(untouched: Project) -> None:
    desk = Desk(untouched)
    identity = identify(untouched, "daily")
    assert desk.proof(identity) is desk.proof(identity)


@pytest.mark.parametrize(
    "file",
    [
        "digest.toml",
        "digest.local.toml",
        "audiences/everyone.toml",
        "templates/_footer.mjml.j2",
        "sample/weather.txt",
    ],
)
def test_a_saved_file_builds_it_anew(project: Project, file: str) -> None:
    desk, identity = Desk(project), identify(project, "daily")
    before = desk.proof(identity)
    path = project.root / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(text + "\n", encoding="utf-8")
    after = desk.proof(identity)
    assert after is not before
    assert desk.proof(identity) is after


def test_a_new_story_builds_it_anew(project: Project) -> None:
    desk, identity = Desk(project), identify(project, "daily")
    before = desk.proof(identity)
    write_story(project.root, "A story that came late in the night")
    assert sum(result.new for result in gather(project)) == 1
    after = desk.proof(identity)
    assert after is not before
    assert len(after.built.draft.pool.candidates) == len(before.built.draft.pool.candidates) + 1


def test_a_draft_grows_old(folder: Path) -> None:
    moments = [NOW]
    project = opened(folder, lambda: moments[-1])
    desk, identity = Desk(project), identify(project, "daily")
    before = desk.proof(identity)
    moments.append(NOW + timedelta(seconds=30))
    assert desk.proof(identity) is before
    moments.append(NOW + timedelta(minutes=2))
    assert desk.proof(identity) is not before
    project.store.database.engine.dispose()


def test_only_a_few_are_kept(project: Project) -> None:
    desk = Desk(project)
    first = desk.proof(identify(project, "daily"))
    day = NOW + timedelta(days=1)
    for number in range(12):
        desk.proof(identify(project, f"daily@{day + timedelta(days=number):%Y-%m-%d}"))
    assert desk.proof(identify(project, "daily")) is not first


def test_another_store_is_opened_when_the_settings_name_one(project: Project) -> None:
    desk = Desk(project)
    text = (project.root / "digest.toml").read_text(encoding="utf-8")
    (project.root / "digest.toml").write_text(text.replace("var/digest.db", "var/other.db"), encoding="utf-8")
    other = desk.project()
    assert other.store.id != project.store.id
    other.store.database.engine.dispose()


def test_postgresql_tells_of_changes_too(folder: Path, postgres_url: str) -> None:
    text = (folder / "digest.toml").read_text(encoding="utf-8")
    (folder / "digest.toml").write_text(text.replace("sqlite:///var/digest.db", postgres_url), encoding="utf-8")
    project = opened(folder)
    list(gather(project))
    desk, identity = Desk(project), identify(project, "daily")
    before = desk.proof(identity)
    assert desk.proof(identity) is before
    write_story(folder, "A story that came late in the night")
    list(gather(project))
    assert desk.proof(identity) is not before
    project.store.database.engine.dispose()
