"""The edition file through several hands: what an editor wrote stays, what was left alone follows the news."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.clock import StillClock
from digest.errors import ConfigError, Refused, Stale
from digest.pipeline.build import build, freeze
from digest.pipeline.draft import draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.gather import gather
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project, open_project
from digest.pipeline.selecting import select
from digest.settings import load_settings
from digest.store import stories


@pytest.fixture
def identity(project: Project) -> Identity:
    return identify(project, "daily")


def _edit(project: Project, identity: Identity, *pairs: tuple[str, str]) -> str:
    path = file_path(project, identity.id)
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return text


def _ids(text: str, section: str) -> list[str]:
    block = text.split(f'name = "{section}"')[1].split("[[", maxsplit=1)[0].split("#: Left", maxsplit=1)[0]
    return re.findall(r'id = "(\w+)"', block)


def _plan(project: Project, identity: Identity) -> dict[str, list[str]]:
    return {s.name: [p.story for p in s.picks] for s in draft(project, identity).base.sections}


def _publish(paper: Path, name: str, title: str, at: str, topic: str = "business") -> None:
    (paper / "sample" / "stories" / f"{name}.md").write_text(
        f'+++\ntitle = "{title}"\npublished = {at}\ntopics = ["{topic}"]\nurl = "https://ledger.example/{name}"\n+++\n\n'
        f"{title}. It was said in the morning that it is so, and nobody had another word to add to it.\n"
    )


def _at(paper: Path, moment: timedelta, clock: StillClock) -> Project:
    later = StillClock(clock() + moment)
    opened = open_project(load_settings(paper, {}), later, {})
    list(gather(opened))
    return opened


def test_what_is_written_is_what_is_drafted(project: Project, identity: Identity) -> None:
    before = draft(project, identity)
    made = select(project, identity)
    assert made.wrote
    assert made.draft.file == "editions/daily-2026-11-24.toml"
    assert made.draft.edition.subject == before.edition.subject
    assert made.draft.edition.preheader == before.edition.preheader
    assert [p.story for p in made.draft.base.picks()] == [p.story for p in before.base.picks()]
    for name, plan in made.draft.segments.items():
        assert [p.story for p in plan.picks()] == [p.story for p in before.segments[name].picks()]
        assert all("placed by an editor" not in p.reasons for p in plan.picks())


def test_selecting_again_leaves_the_file_alone(project: Project, identity: Identity) -> None:
    select(project, identity)
    text = file_path(project, identity.id).read_bytes()
    again = select(project, identity)
    assert (again.wrote, again.news) == (False, ())
    assert file_path(project, identity.id).read_bytes() == text


def test_the_same_store_and_clock_write_the_same_bytes(project: Project, identity: Identity) -> None:
    select(project, identity)
    path = file_path(project, identity.id)
    text = path.read_bytes()
    path.unlink()
    select(project, identity)
    assert path.read_bytes() == text
    select(project, identity, refresh=True)
    assert path.read_bytes() == text


def test_order_moves_and_deletions_are_kept(project: Project, identity: Identity) -> None:
    select(project, identity)
    text = file_path(project, identity.id).read_text()
    world, culture = _ids(text, "world"), _ids(text, "culture")
    assert len(world) == 2
    first, second = (next(line for line in text.splitlines() if f'"{key}"' in line) + "\n" for key in world)
    film = next(line for line in text.splitlines() if f'"{culture[0]}"' in line) + "\n"
    _edit(project, identity, (film, ""), (first + second, second + film))
    plan = _plan(project, identity)
    assert plan["world"] == [world[1], culture[0]]
    assert "culture" not in plan
    made = draft(project, identity)
    for segment in made.segments.values():
        assert world[0] not in {pick.story for pick in segment.picks()}, "a deleted line is out for everybody"


def test_a_refresh_keeps_edits_and_takes_news_elsewhere(
    project: Project, paper: Path, clock: StillClock, identity: Identity
) -> None:
    select(project, identity)
    text = file_path(project, identity.id).read_text()
    world, business = _ids(text, "world"), _ids(text, "business")
    _edit(
        project,
        identity,
        (f'{{ id = "{world[1]}" }}', f'{{ id = "{world[1]}", title = "My own headline" }}'),
        ("[[sections]]", "# a word of mine\n[[sections]]"),
        (next(line for line in text.splitlines() if f'"{world[0]}"' in line) + "\n", "  # out with it\n"),
    )
    _publish(paper, "bank", "Central bank cuts its rate by half a point", "2026-11-24T08:00:00+05:30")
    later = _at(paper, timedelta(hours=2), clock)
    told = select(later, identity)
    assert not told.wrote
    assert any("Central bank" in line and "business" in line for line in told.news)
    assert _plan(later, identity)["business"] == business, "nothing is slipped in"
    again = select(later, identity, refresh=True)
    assert again.wrote
    text = file_path(project, identity.id).read_text()
    plan = {s.name: s.picks for s in again.draft.base.sections}
    assert [p.title for p in plan["world"]] == ["My own headline"]
    assert "Central bank cuts its rate by half a point" in {p.title for p in plan["business"]}
    assert "# a word of mine" in text
    assert "# out with it" in text
    assert world[0] in text.split("drop = [")[1].split("]")[0], "what was deleted stays out by name"
    assert select(later, identity).news == ()


def test_an_update_beneath_is_told_and_taken_only_by_a_refresh(
    project: Project, paper: Path, clock: StillClock, identity: Identity
) -> None:
    _publish(paper, "bank", "Central bank cuts its rate", "2026-11-24T06:00:00+05:30")
    list(gather(project))
    made = select(project, identity).draft
    assert "Central bank cuts its rate" in {p.title for p in made.base.picks()}
    _publish(paper, "bank", "Central bank raises its rate", "2026-11-24T06:00:00+05:30")
    later = _at(paper, timedelta(hours=1), clock)
    news = select(later, identity).news
    assert news[0] == "updated since: “Central bank raises its rate” (it was “Central bank cuts its rate”)"
    assert "Central bank cuts its rate" in {p.title for p in draft(later, identity).base.picks()}
    taken = select(later, identity, refresh=True).draft
    assert "Central bank raises its rate" in {p.title for p in taken.base.picks()}


def test_a_withdrawn_story_blocks_until_it_is_out(project: Project, identity: Identity) -> None:
    select(project, identity)
    key = _plan(project, identity)["lead"][0]
    with project.store.database.begin() as connection:
        from sqlalchemy import update

        from digest.store.schema import stories as table

        connection.execute(update(table).where(table.c.id == key).values(withdrawn=True))
    with pytest.raises(Stale, match="its source has withdrawn it") as caught:
        draft(project, identity)
    assert re.search(r"daily-2026-11-24\.toml:\d+$", caught.value.where or "")
    assert key not in {p.story for p in select(project, identity, refresh=True).draft.base.picks()}


def test_a_file_of_another_selection_is_refused_and_can_be_made_to_fit(project: Project, identity: Identity) -> None:
    select(project, identity)
    _edit(project, identity, ('base = "', 'base = "0'), ('subject = "', 'subject = "Mine: '))
    for act in (draft, select):
        with pytest.raises(Stale, match="another selection") as caught:
            act(project, identity)
        assert caught.value.exit_code == 6
        assert "--refresh" in (caught.value.hint or "")
    fits = select(project, identity, refresh=True).draft
    assert fits.edition.subject.startswith("Mine: ")


def test_a_file_that_is_wrong_is_not_written_over(project: Project, identity: Identity) -> None:
    select(project, identity)
    text = _edit(project, identity, ("[[sections]]", "[[section]]"))
    for refresh in (False, True):
        with pytest.raises(ConfigError, match="did you mean sections"):
            select(project, identity, refresh=refresh)
    assert file_path(project, identity.id).read_text() == text


def test_two_editors_at_once_one_is_refused_in_words(project: Project, identity: Identity) -> None:
    with project.store.database.lock(f"select {identity.id}", "x"), pytest.raises(Stale, match="edition file"):
        select(project, identity)
    assert not file_path(project, identity.id).exists()
    assert select(project, identity).wrote


def test_a_file_saved_in_between_is_not_lost(project: Project, identity: Identity) -> None:
    from digest.pipeline.basis import basis
    from digest.pipeline.filing import put
    from digest.pipeline.proposal import Proposal

    select(project, identity)
    path = file_path(project, identity.id)
    read = path.read_text()
    path.write_text(read + "# saved by an editor\n")
    found = basis(project, identity, project.now())
    with pytest.raises(Stale, match="saved by somebody else"):
        put(project, found, found.plan(), Proposal("", "", "", {}), "new", read)
    assert path.read_text().endswith("# saved by an editor\n")
    assert draft(project, identity).file, "the proposal that the file was written from is still remembered"


def test_a_frozen_edition_writes_nothing(project: Project, identity: Identity) -> None:
    freeze(project, build(project, draft(project, identity)), project.now())
    made = select(project, identity)
    assert made.draft.frozen
    assert not made.wrote
    assert not file_path(project, identity.id).exists()


def test_old_news_asks_for_a_refresh(project: Project, paper: Path, clock: StillClock, identity: Identity) -> None:
    select(project, identity)
    evening = open_project(load_settings(paper, {}), StillClock(clock() + timedelta(hours=13)), {})
    with pytest.raises(Refused, match="old news is not sent"):
        draft(evening, identity)
    assert select(evening, identity, refresh=True).draft.edition.cut == evening.now()


def test_a_clock_before_every_story_has_nothing_to_write(paper: Path, reopen: Callable[[], Project]) -> None:
    list(gather(reopen()))
    early = open_project(load_settings(paper, {}), StillClock(reopen().now() - timedelta(days=4000)), {})
    found = identify(early, "daily")
    with pytest.raises(Refused, match="no story to send"):
        select(early, found)
    assert not file_path(early, found.id).exists()


def test_a_store_with_one_story(paper: Path, reopen: Callable[[], Project]) -> None:
    for file in (paper / "sample" / "stories").iterdir():
        file.unlink()
    _publish(paper, "one", "Central bank cuts its rate", "2026-11-24T06:00:00+05:30")
    project = reopen()
    list(gather(project))
    identity = identify(project, "daily")
    made = select(project, identity).draft
    assert [p.title for p in made.base.picks()] == ["Central bank cuts its rate"]
    assert select(project, identity, refresh=True).draft.base.picks()
    assert build(project, made).renderings


def test_the_same_headline_every_day_stands_once_in_each(
    paper: Path, reopen: Callable[[], Project], clock: StillClock
) -> None:
    for file in (paper / "sample" / "stories").iterdir():
        file.unlink()
    for day in (22, 23, 24):
        _publish(paper, f"air-{day}", "Air quality in the city today", f"2026-11-{day}T06:00:00+05:30", "city")
    _publish(paper, "bank", "Central bank cuts its rate", "2026-11-24T05:00:00+05:30")
    project = reopen()
    list(gather(project))
    identity = identify(project, "daily")
    made = select(project, identity).draft
    titles = [p.title for p in made.base.picks()]
    assert titles.count("Air quality in the city today") == 1
    newest = next(p for p in made.base.picks() if p.title.startswith("Air"))
    with project.store.database.read() as connection:
        stored = stories.get(connection, newest.story)
    assert stored is not None
    assert stored.story.published == clock() - timedelta(hours=1)
