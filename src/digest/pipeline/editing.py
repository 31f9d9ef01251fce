"""Edit an edition from a form: one change at a time, written to the same file that the command line uses, made from
the very text that the editor saw, and taken back again if wished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.errors import Refused, Stale, UsageError
from digest.models.edition import LATEST
from digest.pipeline import edition_file
from digest.pipeline.approvers import edited
from digest.pipeline.changes import Change, Drop, Row, Words, changed_text, in_words
from digest.pipeline.draft import Draft, demand_in_time, draft, tried
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.filing import alone, frozen_draft, write
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.proposal import NAME as PROPOSAL
from digest.pipeline.proposal import matching
from digest.pipeline.rechoosing import Pin, choose_again
from digest.pipeline.selecting import write_first
from digest.pipeline.shown import Shown
from digest.store import editions, remembered, stories

UNWRITTEN = "unwritten"
EDITS = "edits"
KEPT = 8
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Done:
    """An edit that was made here: by whom, when, and what in words."""

    by: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """An edition on an editor's desk. `mark` stands for the exact text of its file, and is asked for with every edit;
    `subjects` are candidates, best first, and `preheader` the proposed one; `last` is the edit that can be taken
    back."""

    made: Draft
    mark: str
    text: str | None
    file: EditionFile | None
    subjects: tuple[str, ...]
    preheader: str
    last: Done | None


class Clash(Stale):
    """The edition file is not the one that the edit was made from; nothing was written. `theirs` is its text now
    (None: it is gone), `yours` the same with the edit in it where that can be told."""

    def __init__(self, edition: str, change: str, theirs: str | None, yours: str | None) -> None:
        super().__init__(
            "the edition file was changed since this page was made; nothing was written",
            where=edition_file.file_name(edition),
            hint="look at both, and make the change again if it is still wanted",
        )
        self.change = change
        self.theirs = theirs
        self.yours = yours


def mark_of(text: str | None) -> str:
    """What stands for a text of an edition file in forms."""
    return UNWRITTEN if text is None else hashlib.sha256(text.encode()).hexdigest()[:24]


def person(name: str) -> str:
    """A person's name as it is written down.

    Raises:
        UsageError: it is empty, longer than 80 characters, or holds what no name does.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise UsageError("say who you are, in at most 80 characters: edits and approvals are signed")
    return plain


def sheet(project: Project, identity: Identity, made: Draft) -> Sheet:
    """What an editor sees of an edition and of its file; nothing is written. Raises as `edition_file.read`."""
    from digest.select import preheader, subject

    found = edition_file.read(project, identity)
    file, text = found or (None, None)
    told = [section for section in made.base.sections if section.name != LATEST]
    picks = [made.stories[pick.story] for one in told for pick in one.picks if pick.story in made.stories]
    with project.store.database.read() as connection:
        before = editions.previous(connection, identity.digest, identity.id)
        kept = _kept(connection, identity)
    subjects = subject(picks[0], picks[1:], last=before.subject if before else None) if picks else ()
    proposed = preheader(picks[0], picks[1:], made.edition.subject) if picks else ""
    last = kept[-1] if kept and kept[-1]["mark"] == mark_of(text) else None
    return Sheet(made, mark_of(text), text, file, subjects, proposed, _done(last) if last else None)


def edit(project: Project, identity: Identity, change: Change, *, mark: str, by: str) -> Draft:
    """The edition after one change, which is in its file from now on. `mark` is the one that the editor saw.

    Raises:
        Clash: the file was changed meanwhile; nothing was written.
        Refused: nothing of the edition can change any more.
        UsageError, ConfigError: the change cannot stand; nothing was written.
        Stale: another process is changing the edition.
    """
    by = person(by)
    with alone(project, identity):
        if frozen_draft(project, identity):
            raise Refused(f"{identity.id} is being sent, or was: its stories and words stand as they are")
        now = _text(project, identity)
        if mark_of(now) != mark:
            raise _clash(project, identity, change, now, by)
        if now is None:
            write_first(project, identity)
        file, text = edition_file.read(project, identity) or _gone(identity)
        proposal = matching(project, file, text)
        demand_in_time(project, file)
        if isinstance(change, Pin | Drop):
            titles = _titles(project, identity)
            wanted = (change, None) if isinstance(change, Pin) else (None, change.story)
            choose_again(project, identity, file, text, proposal, file.cut, pinned=wanted[0], dropped=wanted[1])
        else:
            made = tried(project, identity, text)
            titles = {key: story.title for key, story in made.stories.items()}
            change = _own(project, made, file, change)
            written = changed_text(project, made, file, text, proposal, change, by)
            if written == text:
                return made
            tried(project, identity, written)
            write(project, identity.id, written, text)
        entry = {"by": by, "at": project.now().isoformat(), "what": in_words(change, titles), "before": text}
        _note(project, identity, entry | {"proposal": proposal.as_json()})
        return draft(project, identity)


def undo(project: Project, identity: Identity, *, mark: str, by: str) -> Draft:
    """The edition without the last edit that was made here.

    Raises:
        Clash: the file was changed since; nothing was written.
        Refused: there is no edit to take back, or nothing can change any more.
    """
    by = person(by)
    with alone(project, identity):
        if frozen_draft(project, identity):
            raise Refused(f"{identity.id} is being sent, or was: its stories and words stand as they are")
        text = _text(project, identity)
        with project.store.database.read() as connection:
            kept = _kept(connection, identity)
        if not kept:
            raise Refused("there is no edit to take back")
        last = kept[-1]
        if mark_of(text) != mark or mark != last["mark"]:
            raise Clash(identity.id, f"take back: {last['what']}", text, last["before"])
        with project.store.database.begin() as connection:
            remembered.remember(connection, identity.id, EDITS, kept[:-1])
            remembered.remember(connection, identity.id, PROPOSAL, last["proposal"])
            edited(connection, identity.id, by, project.now())
            write(project, identity.id, last["before"], text)
        return draft(project, identity)


def _own(project: Project, made: Draft, file: EditionFile, change: Change) -> Change:
    """A change of words without those that stand there of themselves anyway, which stay free to follow the story."""
    if isinstance(change, Row):
        now = (made.edition.subject, made.edition.preheader)
        given = (" ".join(change.subject.split()), " ".join(change.preheader.split()))
        free = (not file.subject, not file.preheader)
        return Row(
            *("" if follows and new == old else new for new, old, follows in zip(given, now, free, strict=True))
        )
    if not isinstance(change, Words):
        return change
    with project.store.database.read() as connection:
        stored = stories.get(connection, change.story)
    place = next((s.name for s in file.sections for one in s.stories if one.id == change.story), "")
    if stored is None:
        return change
    shown = Shown(project.summariser, project.digest(made.edition.digest).summary)
    own = tuple(" ".join(line.text.split()) for line in shown.lines(stored.story, place))
    lines = None if change.lines is None else tuple(filter(None, (" ".join(x.split()) for x in change.lines)))
    same_title = " ".join((change.title or "").split()) == " ".join(stored.story.title.split())
    return Words(change.story, None if same_title else change.title, None if lines == own else lines)


def _clash(project: Project, identity: Identity, change: Change, now: str | None, by: str) -> Clash:
    """The clash, with what the change would make of the file as it is now, where that can be told."""
    yours = None
    titles: Mapping[str, str] = {}
    if now is not None:
        titles = _titles(project, identity)
        try:
            file = edition_file.parse(project, identity, now, edition_file.file_path(project, identity.id))
            made = tried(project, identity, now)
            if not isinstance(change, Pin | Drop):
                yours = changed_text(project, made, file, now, matching(project, file, now), change, by)
        except (UsageError, Stale, Refused):
            yours = None
    return Clash(identity.id, in_words(change, titles), now, yours)


def _titles(project: Project, identity: Identity) -> dict[str, str]:
    try:
        made = draft(project, identity, keep=False)
    except (UsageError, Stale, Refused):
        return {}
    return {key: story.title for key, story in made.stories.items()}


def _note(project: Project, identity: Identity, entry: dict[str, Any]) -> None:
    """Remember an edit, so that it can be taken back and its editor be known."""
    mark = mark_of(_text(project, identity))
    with project.store.database.begin() as connection:
        kept = [*_kept(connection, identity), entry | {"mark": mark}]
        remembered.remember(connection, identity.id, EDITS, kept[-KEPT:])
        edited(connection, identity.id, entry["by"], project.now())


def _kept(connection: Any, identity: Identity) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = remembered.recall(connection, identity.id, EDITS) or []
    return kept


def _done(entry: Mapping[str, Any]) -> Done:
    return Done(entry["by"], datetime.fromisoformat(entry["at"]), entry["what"])


def _text(project: Project, identity: Identity) -> str | None:
    found = edition_file.read(project, identity)
    return found[1] if found else None


def _gone(identity: Identity) -> tuple[EditionFile, str]:
    raise Stale("it was taken away while it was being changed", where=edition_file.file_name(identity.id))
