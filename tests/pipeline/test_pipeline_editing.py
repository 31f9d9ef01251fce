"""Edits from a form: one change at a time, in the file that the command line uses, and never over somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from digest.errors import Refused, UsageError
from digest.models.edition import EditionState
from digest.pipeline import edition_file
from digest.pipeline.approval import approve
from digest.pipeline.approvers import last_editor
from digest.pipeline.build import build, freeze
from digest.pipeline.changes import Change, Drop, Mind, Overlook, Restore, Row, Shift, Transfer, Words
from digest.pipeline.draft import Draft, draft
from digest.pipeline.editing import UNWRITTEN, Clash, edit, person, sheet, undo
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.pipeline.rechoosing import Pin
from digest.pipeline.selecting import select
from digest.pipeline.shown import Shown
from digest.store import editions

Do = Callable[[Change], Draft]


@pytest.fixture
def identity(project: Project) -> Identity:
    return identify(project, "daily")


@pytest.fixture
def do(project: Project, identity: Identity) -> Do:
    """Makes a change from what is seen at that moment."""
    return lambda change: edit(project, identity, change, mark=mark(project, identity), by="Asha")


def mark(project: Project, identity: Identity) -> str:
    return sheet(project, identity, draft(project, identity, keep=False)).mark


def text(project: Project, identity: Identity) -> str:
    return edition_file.file_path(project, identity.id).read_text(encoding="utf-8")


def plan(made: Draft) -> dict[str, list[str]]:
    return {section.name: [pick.story for pick in section.picks] for section in made.base.sections}


def test_the_first_edit_writes_the_file_and_only_what_was_meant(project: Project, identity: Identity, do: Do) -> None:
    before = plan(draft(project, identity, keep=False))
    assert mark(project, identity) == UNWRITTEN
    first = before["world"][0]
    after = plan(do(Shift(first, 1)))
    assert after == before | {"world": [before["world"][1], first, *before["world"][2:]]}
    assert plan(do(Shift(first, -1))) == before
    with pytest.raises(UsageError, match="head of world already"):
        do(Shift(first, -1))


def test_comments_and_spacing_of_the_editor_stay(project: Project, identity: Identity, do: Do) -> None:
    select(project, identity)
    own = text(project, identity).replace('subject = "', '# ask the desk\nsubject   =   "', 1)
    own = own.replace('[[sections]]\nname = "world"', '# two only\n[[sections]]\nname = "world"', 1)
    path = edition_file.file_path(project, identity.id)
    path.write_text(own, encoding="utf-8")
    world = plan(draft(project, identity))["world"]
    do(Words(world[0], "Our own headline", ("One line.", "Another.")))
    assert re.search(
        rf'{{ id = "{world[0]}", title = "Our own headline", lines = \[.*\] }},  # ', text(project, identity)
    )
    do(Shift(world[0], 1))
    do(Row("A subject of ours", "And what stands beside it, long enough to be one"))
    do(Overlook("text.subject", "the desk wants it"))
    now = text(project, identity)
    assert '# ask the desk\nsubject   =   "A subject of ours"' in now
    assert "# two only\n[[sections]]" in now
    kept = [
        line for line in own.splitlines() if world[0] not in line and not line.startswith(("#:", "subject", "pre"))
    ]
    assert [line for line in kept if line not in now.splitlines()] == []


def test_an_edited_line_is_the_editors_and_an_unchanged_one_is_not_written(
    project: Project, identity: Identity, do: Do
) -> None:
    made = draft(project, identity, keep=False)
    lead = plan(made)["lead"][0]
    own = Shown(project.summariser, project.digest("daily").summary).lines(made.stories[lead], "lead")
    said = tuple(line.text for line in own)
    after = do(Words(lead, made.stories[lead].title, said))
    assert "lines" not in text(project, identity).split("[[sections]]")[1]
    assert lead not in after.lines
    after = do(Words(lead, made.stories[lead].title, ("Ours.", *said[1:])))
    assert next((line.text, line.origin) for line in after.lines[lead]) == ("Ours.", "editor")
    assert do(Words(lead, None, None)).lines == {}


def test_a_new_lead_takes_the_proposed_subject_with_it_and_leaves_a_typed_one(
    project: Project, identity: Identity, do: Do
) -> None:
    made = draft(project, identity, keep=False)
    before = plan(made)
    after = do(Transfer(before["world"][0], "lead"))
    assert plan(after)["lead"] == [before["world"][0]]
    assert plan(after)["world"][0] == before["lead"][0]
    assert after.edition.subject != made.edition.subject
    assert "left over" not in " ".join(after.notes)
    do(Row("Typed by hand", ""))
    after = do(Transfer(before["lead"][0], "lead"))
    assert after.edition.subject == "Typed by hand"


def test_pin_drop_and_restore_are_those_of_the_command_line(project: Project, identity: Identity, do: Do) -> None:
    before = plan(draft(project, identity, keep=False))
    last = before["latest"][0]
    assert plan(do(Pin(last, "world")))["world"][0] == last
    gone = before["world"][0]
    assert all(gone not in ids for ids in plan(do(Drop(gone))).values())
    assert gone in text(project, identity).split("drop = [")[1].split("]")[0]
    do(Restore(gone))
    assert gone not in text(project, identity).split("drop = [")[1].split("]")[0]


def test_a_change_on_disk_is_never_written_over(project: Project, identity: Identity, do: Do) -> None:
    made = select(project, identity).draft
    seen = mark(project, identity)
    story = plan(made)["world"][0]
    path = edition_file.file_path(project, identity.id)
    theirs = path.read_text(encoding="utf-8").replace("subject = ", "# mine\nsubject = ")
    path.write_text(theirs, encoding="utf-8")
    for change in (Words(story, "From the form", None), Drop(story), Pin(story, "lead")):
        with pytest.raises(Clash) as clash:
            edit(project, identity, change, mark=seen, by="Asha")
        assert path.read_text(encoding="utf-8") == theirs
        assert clash.value.theirs == theirs
        if isinstance(change, Words):
            assert clash.value.yours is not None
            assert '"From the form"' in clash.value.yours
            assert "# mine" in clash.value.yours
    with pytest.raises(Clash):
        edit(project, identity, Drop(story), mark=UNWRITTEN, by="Asha")
    path.unlink()
    with pytest.raises(Clash) as clash:
        edit(project, identity, Drop(story), mark=seen, by="Asha")
    assert clash.value.theirs is None
    assert not path.exists()


def test_what_cannot_stand_is_not_written(project: Project, identity: Identity, do: Do) -> None:
    select(project, identity)
    before = text(project, identity)
    story = plan(draft(project, identity))["world"][0]
    for change in (
        Shift("nothing", 1),
        Transfer(story, "nowhere"),
        Words("nothing", "x", None),
        Words(story, "x" * 3000, None),
        Words(story, None, tuple("abcdefghijklmnop")),
        Row("x" * 500, ""),
        Overlook("no.rule", "why"),
        Overlook("text.subject", "  "),
    ):
        with pytest.raises(UsageError):
            do(change)
        assert text(project, identity) == before


def test_edits_are_taken_back_one_by_one(project: Project, identity: Identity, do: Do) -> None:
    made = select(project, identity).draft
    texts = [text(project, identity)]
    world = plan(made)["world"]
    for change in (Shift(world[0], 1), Drop(world[1]), Row("Another", "")):
        do(change)
        texts.append(text(project, identity))
    for before in reversed(texts[:-1]):
        undo(project, identity, mark=mark(project, identity), by="Ben")
        assert text(project, identity) == before
    assert plan(draft(project, identity)) == plan(made)
    with pytest.raises(Refused, match="no edit"):
        undo(project, identity, mark=mark(project, identity), by="Ben")


def test_an_edit_is_not_taken_back_over_a_change_on_disk(project: Project, identity: Identity, do: Do) -> None:
    do(Row("Another", ""))
    path = edition_file.file_path(project, identity.id)
    path.write_text(path.read_text(encoding="utf-8") + "# and this\n", encoding="utf-8")
    assert sheet(project, identity, draft(project, identity)).last is None
    with pytest.raises(Clash):
        undo(project, identity, mark=mark(project, identity), by="Ben")
    assert "# and this" in text(project, identity)


def test_who_edited_last_may_not_be_one_of_two_who_approve(project: Project, identity: Identity, do: Do) -> None:
    def editor() -> str | None:
        with project.store.database.read() as connection:
            return last_editor(connection, identity.id)

    do(Row("Another", ""))
    assert editor() == "Asha"
    edit(project, identity, Row("A third", ""), mark=mark(project, identity), by="  Ben ")
    assert editor() == "Ben"
    undo(project, identity, mark=mark(project, identity), by="Chitra")
    assert editor() == "Chitra"


def test_an_edit_after_an_approval_keeps_the_stories_and_makes_it_void(
    project: Project, identity: Identity, do: Do
) -> None:
    built = build(project, draft(project, identity))
    approve(project, built, "Ben", "", project.now())
    assert draft(project, identity).approved
    made = do(Row("Changed after the yes", ""))
    assert not made.approved
    assert plan(made) == plan(built.draft)
    undo(project, identity, mark=mark(project, identity), by="Asha")
    assert plan(draft(project, identity)) == plan(built.draft)


def test_an_ignored_rule_does_not_block_and_counts_again(project: Project, identity: Identity, do: Do) -> None:
    made = do(Overlook("text.subject", "the desk wants it"))
    assert [(one.rule, one.reason, one.by) for one in made.ignored] == [("text.subject", "the desk wants it", "Asha")]
    made = do(Overlook("text.subject", "for another reason"))
    assert [one.reason for one in made.ignored] == ["for another reason"]
    assert do(Mind("text.subject")).ignored == ()


def test_nothing_of_a_frozen_edition_changes(project: Project, identity: Identity, do: Do) -> None:
    freeze(project, build(project, draft(project, identity)), project.now())
    with project.store.database.begin() as connection:
        editions.set_state(connection, identity.id, EditionState.SENDING, project.now())
    with pytest.raises(Refused, match="being sent"):
        do(Row("Another", ""))
    with pytest.raises(Refused, match="being sent"):
        undo(project, identity, mark=mark(project, identity), by="Asha")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Asha\x00", "Asha\u202eB"])
def test_a_person_has_a_name(name: str) -> None:
    with pytest.raises(UsageError):
        person(name)
