"""What an approval freezes stays as it is: through later reading, until an editor changes it or lets it go."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import Refused, Stale, UsageError
from digest.models.edition import EditionState
from digest.pipeline.approval import approve, demand_approval
from digest.pipeline.approvers import edited
from digest.pipeline.build import Built, build
from digest.pipeline.draft import Draft, draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.pinning import drop
from digest.pipeline.project import Project
from digest.pipeline.selecting import select
from digest.pipeline.sending import make_ready
from digest.send import open_sender
from digest.store import editions
from digest.store.schema import stories as table

Reopen = Callable[[], Project]
OPEN, SHUT = "<mj-section><mj-column><mj-text>", "</mj-text></mj-column></mj-section>"
BASE = '{% include "!base/_end.mjml.j2" %}\n'


def set_up(paper: Path, people: str = "true") -> None:
    settings = paper / "digest.toml"
    text = re.sub(r"(?m)^approval = .*\n", "", settings.read_text())
    settings.write_text(text.replace("[digests.daily]\n", f"[digests.daily]\napproval = {people}\n", 1))


def opened(reopen: Reopen) -> Project:
    project = reopen()
    list(gather(project))
    return project


def made(project: Project) -> Draft:
    return draft(project, identify(project, "daily"))


def built(project: Project, *, keep: bool = True) -> Built:
    return build(project, draft(project, identify(project, "daily"), keep=keep), keep=keep)


def yes(project: Project, by: str = "Ann") -> int:
    return approve(project, built(project), by, "", project.now())


def change_a_story(paper: Path, title: str) -> None:
    path = next(p for p in sorted((paper / "sample" / "stories").glob("*.md")) if title in p.read_text())
    path.write_text(path.read_text().replace(title, f"Changed: {title}", 1))


def withdraw(project: Project, story: str) -> None:
    with project.store.database.begin() as connection:
        connection.execute(table.update().where(table.c.id == story).values(withdrawn=True))


def test_an_approved_edition_is_kept_through_later_reading(paper: Path, reopen: Reopen) -> None:
    set_up(paper)
    project = opened(reopen)
    with pytest.raises(Refused, match="is not approved: 0 of 1"):
        demand_approval(project, made(project))
    # As the preview does it: what was looked at was not kept, and is by the approval.
    before = built(project, keep=False)
    assert approve(project, before, "Ann", "", project.now()) == 0
    lead = before.draft.base.lead
    assert lead
    change_a_story(paper, lead.title)
    (paper / "sample" / "stories" / "late.md").write_text(
        '+++\ntitle = "A late story of weight"\npublished = 2026-11-24T06:59:00+05:30\nfront = 1\n+++\nLate.\n'
    )
    later = opened(reopen)
    sender = open_sender(later.settings.delivery, root=later.root, environ={}, now=later.clock)
    ready = make_ready(later, identify(later, "daily"), sender, lambda: pytest.fail("the sources were read again"))
    assert ready.uses == "the approved edition, unchanged"
    assert ready.built.renderings == before.renderings
    assert ready.built.draft.pool == before.draft.pool
    assert ready.built.draft.edition.state is EditionState.APPROVED
    notes = " ".join(ready.built.draft.notes)
    assert f"updated since, and frozen as it was: “Changed: {lead.title}”" in notes
    assert "--refresh" in notes


def test_a_withdrawn_story_blocks_until_a_refresh_makes_the_approval_void(paper: Path, reopen: Reopen) -> None:
    set_up(paper)
    project = opened(reopen)
    yes(project)
    gone = next(made(project).base.picks())
    withdraw(project, gone.story)
    frozen = made(project)
    assert frozen.frozen
    assert f"withdrawn by its source since: “{gone.title}”" in frozen.notes
    with pytest.raises(Stale, match="withdrawn by its source after the edition was frozen") as caught:
        demand_approval(project, frozen)
    assert caught.value.exit_code == 6
    with pytest.raises(Stale):
        yes(project, "Bob")
    selected = select(project, identify(project, "daily"), refresh=True)
    assert any("approved by Ann: void now" in line for line in selected.news)
    assert gone.story not in {pick.story for pick in selected.draft.base.picks()}
    with pytest.raises(Refused, match="is not approved: 0 of 1"):
        demand_approval(project, made(project))
    assert yes(project) == 0
    demand_approval(project, made(project))


def test_a_dropped_story_blocks_until_it_is_approved_again(paper: Path, reopen: Reopen) -> None:
    set_up(paper)
    project = opened(reopen)
    select(project, identify(project, "daily"))
    yes(project)
    out = list(made(project).base.picks())[2]
    drop(project, identify(project, "daily"), out.story)
    with pytest.raises(Stale, match=re.escape(f"“{out.title}” was dropped after Ann approved")):
        demand_approval(project, built(project).draft)
    assert yes(project) == 0
    demand_approval(project, made(project))
    assert made(project).frozen


def test_an_edit_makes_it_void_and_says_what_was_changed(paper: Path, reopen: Reopen) -> None:
    set_up(paper)
    project = opened(reopen)
    identity = identify(project, "daily")
    select(project, identity)
    yes(project)
    first = made(project)
    path = file_path(project, identity.id)
    text = path.read_text()
    path.write_text(text + "\n# a remark changes nothing\n")
    assert made(project).frozen
    path.write_text(re.sub(r'(?m)^subject = ".*"', 'subject = "Another subject"', text))
    with pytest.raises(Refused, match="0 of 1; it was changed since Ann approved it") as caught:
        demand_approval(project, built(project).draft)
    assert caught.value.exit_code == 3
    assert "changed: the edition file" in str(caught.value.hint)
    assert f"subject: “{first.edition.subject}”, now “Another subject”" in str(caught.value.hint)
    path.write_text(text)
    again = built(project)
    assert again.draft.edition.hash == first.edition.hash
    demand_approval(project, again.draft)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "digest.toml",
            "[digests.daily]\n",
            '[theme]\naccent = "#123456"\n\n[digests.daily]\n',
            "digest.toml [theme]",
        ),
        ("templates/_end.mjml.j2", "", f"{OPEN}Good night.{SHUT}{BASE}", "templates/_end.mjml.j2"),
    ],
)
def test_a_changed_look_keeps_the_stories_and_asks_again(
    paper: Path, reopen: Reopen, file: str, old: str, new: str, told: str
) -> None:
    set_up(paper)
    project = opened(reopen)
    yes(project)
    first = made(project)
    lead = first.base.lead
    assert lead
    change_a_story(paper, lead.title)
    path = paper / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.read_text().replace(old, new, 1) if old else new + "\n")
    later = opened(reopen)
    again = built(later)
    assert not again.draft.frozen
    assert again.draft.base.sections == first.base.sections
    with pytest.raises(Refused, match="is not approved: 0 of 1") as caught:
        demand_approval(later, again.draft)
    assert f"changed: {told}" in str(caught.value.hint)
    assert approve(later, again, "Ann", "", later.now()) == 0
    assert made(later).frozen


def test_two_must_approve_and_the_last_editor_is_none_of_them(paper: Path, reopen: Reopen) -> None:
    set_up(paper, "2")
    project = opened(reopen)
    identity = identify(project, "daily")
    select(project, identity, by="Ed Itor")
    with pytest.raises(Refused, match="ed itor changed daily/2026-11-24 last"):
        yes(project, " ed  itor ")
    assert yes(project, "Ann") == 1
    first = made(project)
    assert first.frozen, "the second must approve the very same"
    with pytest.raises(Refused, match="1 of 2"):
        demand_approval(project, first)
    assert yes(project, "ann") == 1
    assert yes(project, "Bob") == 0
    demand_approval(project, made(project))
    assert made(project).approved
    with project.store.database.begin() as connection:
        edited(connection, identity.id, "Bob", project.now())
        kept = editions.approvals_of(connection, identity.id)
    assert {one.by for one in kept} == {"Ann", "ann", "Bob"}
    with pytest.raises(Refused, match="1 of 2"):
        demand_approval(project, made(project))


def test_what_was_built_before_a_change_is_not_approved(paper: Path, reopen: Reopen) -> None:
    set_up(paper)
    project = opened(reopen)
    old = built(project, keep=False)
    with pytest.raises(UsageError, match="needs a name"):
        approve(project, old, "  ", "", project.now())
    lead = old.draft.base.lead
    assert lead
    select(project, identify(project, "daily"))
    drop(project, identify(project, "daily"), lead.story)
    yes(project, "Bob")
    with pytest.raises(Stale, match="was changed since this was built"):
        approve(project, old, "Ann", "", project.now())
    with project.store.database.begin() as connection:
        editions.set_state(connection, old.draft.edition.id, EditionState.SENDING, project.now())
    with pytest.raises(Refused, match="already being sent"):
        yes(project)
