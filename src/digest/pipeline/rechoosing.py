"""Choose the sections of an edition that its editor has not touched anew, around what the editor decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import UsageError
from digest.models.edition import LATEST, LEAD
from digest.pipeline import edition_file
from digest.pipeline.basis import Basis, basis
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.filing import put
from digest.pipeline.inbox_row import inbox_row
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.proposal import Edits, Proposal, edits, proposed_sections
from digest.select import EditorsHand
from digest.select.choose import MOST_LEFT_OUT


@dataclass(frozen=True, slots=True)
class Pin:
    """A story that is put at the head of a section."""

    story: str
    section: str


def choose_again(
    project: Project,
    identity: Identity,
    file: EditionFile,
    text: str,
    proposal: Proposal | None,
    cut: datetime,
    *,
    pinned: Pin | None = None,
    dropped: str | None = None,
) -> tuple[str, ...]:
    """Choose the untouched sections of a file anew, around what the editor decided, and write it; what had to be
    taken out, in words."""
    from digest.pipeline.edition_text import Revision, Words, revised

    told = edits(file, proposal)
    drop = _dropped(file, told, pinned, dropped)
    placed = {story for name in told.touched for story in file.lists().get(name, ())}
    placed |= {pinned.story} if pinned else set()
    kept = proposal.revisions if proposal and cut == file.cut else {}
    found = basis(project, identity, cut.astimezone(project.zone), placed=placed - set(drop), revisions=kept)
    chosen = found.plan(hand=_hand(found, file, told, drop, pinned), most_left_out=None)
    by_name = {section.name: section for section in chosen.sections}
    chosen = replace(chosen, sections=tuple(by_name[name] for name in _ordered(file, by_name) if name in by_name))
    reasons = {left.story: left.reason for left in chosen.left_out}
    standing = {pick.story for pick in chosen.picks()}
    if pinned and pinned.story not in standing:
        title = found.entries[pinned.story].story.title
        raise UsageError(
            f"“{title}” cannot stand in {pinned.section}: {reasons.get(pinned.story, 'no place for it')}",
            hint="an audience can have it for itself, under [[segments.NAME.sections]] in the edition file",
        )
    titles = {one.id: one.title for one in file.every() if one.title}
    row = inbox_row(chosen, found, titles)
    edited = told.touched | ({pinned.section} if pinned else set())
    sections = proposed_sections(chosen, proposal.reasons if proposal else None)
    proposal = Proposal(cut.isoformat(), row.subject, row.preheader, sections, edited)
    lists = {section.name: tuple(pick.story for pick in section.picks) for section in chosen.sections}
    change = Revision(
        cut,
        proposal.base,
        file.subject if told.subject or not file.subject else row.subject,
        file.preheader if told.preheader or not file.preheader else row.preheader,
        {name: lists.get(name, ()) for name in _ordered(file, lists)},
        drop,
    )
    left_out = [left for left in chosen.left_out if left.story not in drop]
    written = revised(text, file, change, Words(found.headlines, row.subjects, left_out))
    edition_file.parse(project, identity, written, edition_file.file_path(project, identity.id))
    put(project, found, replace(chosen, left_out=chosen.left_out[:MOST_LEFT_OUT]), proposal, written, text)
    gone = [story for story in placed if story not in standing and story not in drop and story in found.entries]
    return tuple(
        f"taken out: “{found.entries[story].story.title}” ({reasons.get(story, 'no place for it')})"
        for story in sorted(gone)
    )


def _dropped(file: EditionFile, told: Edits, pinned: Pin | None, dropped: str | None) -> tuple[str, ...]:
    """What is kept out from now on: also what was deleted, which the new proposal could not tell any more."""
    more = (*sorted(told.deleted), *([dropped] if dropped else ()))
    return tuple(story for story in dict.fromkeys((*file.drop, *more)) if not pinned or story != pinned.story)


def _hand(found: Basis, file: EditionFile, told: Edits, drop: tuple[str, ...], pinned: Pin | None) -> EditorsHand:
    """What the selection of the untouched sections must leave alone. A pinned story takes the place of any other of
    the same event."""
    event = found.entries[pinned.story].cluster if pinned else None

    def stays(story: str) -> bool:
        entry = found.entries.get(story)
        return entry is not None and not entry.story.withdrawn and story not in drop and entry.cluster != event

    lists = file.lists()
    exact = {name: tuple(story for story in lists.get(name, ()) if stays(story)) for name in sorted(told.touched)}
    pins: dict[str, str] = {}
    if pinned:
        if pinned.section in exact or pinned.section not in (LEAD, LATEST, *found.digest.topics):
            exact[pinned.section] = (pinned.story, *exact.get(pinned.section, ()))
        else:
            pins[pinned.story] = pinned.section
    placed = {*pins, *(story for ids in exact.values() for story in ids)}
    updates = {found.entries[story].cluster for story in placed} & set(found.old)
    return EditorsHand(exact, pins, frozenset(drop), frozenset(updates))


def _ordered(file: EditionFile, names: Iterable[str]) -> list[str]:
    """Section names in the order of the file, new ones behind them; the lead first and the latest last."""
    every = list(dict.fromkeys((*file.lists(), *names)))
    return sorted(every, key=lambda name: (name != LEAD, name == LATEST))
