"""Draft an edition: the pool, the plan of the edition and of each segment, subject and preheader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.errors import Refused
from digest.models.edition import LEAD, Edition, EditionState, Line, Plan, Pool
from digest.models.story import Story
from digest.pipeline import edition_file
from digest.pipeline.approvers import counting, needed
from digest.pipeline.basis import OLDEST, Basis, basis
from digest.pipeline.edition_file import EditionFile, Ignore
from digest.pipeline.frozen import since, stands
from digest.pipeline.hand import Hand
from digest.pipeline.inbox_row import InboxRow, inbox_row, retitled
from digest.pipeline.naming import Identity, spelled
from digest.pipeline.project import Project
from digest.pipeline.proposal import edits, matching
from digest.select import EditorsHand
from digest.store import editions, remembered, stories

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["OLDEST", "Draft", "cut_of", "draft", "published_since", "thaw", "tried"]
LINES, IGNORED = "lines", "ignored"


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition with everything its words come from. `frozen` means that nothing upstream was run again.

    `stories` stand under an editor's headlines where there are any. `file` names the edition file that it follows,
    None where there is none; `hands` is what it decided, by segment. `lines` are an editor's own lines by story,
    `rows` what one wrote for a segment as (subject, preheader), `ignored` the findings that do not block, `notes`
    what an editor may have overlooked. `approved` says that as many people as are needed, at least one, approved a
    frozen edition.
    """

    edition: Edition
    pool: Pool
    stories: Mapping[str, Story]
    base: Plan
    segments: Mapping[str, Plan]
    frozen: bool
    file: str | None = None
    hands: Mapping[str, EditorsHand] = field(default_factory=dict)
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    ignored: tuple[Ignore, ...] = ()
    notes: tuple[str, ...] = ()
    approved: bool = False

    @property
    def uses(self) -> str:
        """In words, what it was made of."""
        if self.frozen:
            return f"the {'approved' if self.approved else 'frozen'} edition, unchanged"
        return f"the edition file {self.file}" if self.file else "a fresh selection"


def draft(project: Project, identity: Identity, *, keep: bool = True, found: Basis | None = None) -> Draft:
    """The edition as it stands now: the frozen one unchanged, else what its file says, else a fresh selection. It is
    kept in the store unless `keep` is false.

    Where the file, a template or a setting was changed since it was frozen, and nothing was sent of it yet, it is
    made anew of the same stories as they were; what was approved is void. `found` is what its file was written from
    a moment ago, which need not be read again.

    Raises:
        Refused: there is nothing to send, or too little where `thin = "hold"`, or the day is over.
        ConfigError: the edition file holds what does not fit; names the file and the line.
        Stale: the edition file was written from another selection, or a story in it was withdrawn.
        StoreError: the store cannot be read or written.
    """
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
        kept = editions.pool_of(connection, known) if known and known.frozen_at else None
    if known and known.frozen_at and stands(project, known):
        return thaw(project, known)
    file = edition_file.read(project, identity)
    made = _from_file(project, identity, *file, kept, found) if file else fresh(project, identity, known, kept)
    if known:
        made = _carried(made, known)
    if not keep:
        return made
    same = found is not None and made.pool == found.pooled.pool
    with project.store.database.begin() as connection:
        save(connection, made, pool=not same)
    return made


def save(connection: Connection, made: Draft, *, pool: bool = True) -> None:
    """Keep a draft with all that it needs to be taken up again; without its `pool` where that is kept already."""
    edition = made.edition
    editions.save(connection, edition, made.pool if pool else None)
    remembered.remember(connection, edition.id, LINES, {k: [x.text for x in v] for k, v in made.lines.items()})
    ignored = [[one.rule, one.reason, one.by] for one in made.ignored]
    remembered.remember(connection, edition.id, IGNORED, ignored)


def _carried(made: Draft, known: Edition) -> Draft:
    """A draft that stays scheduled, or frozen in its stories, as the edition was before."""
    state = known.state if known.state is EditionState.SCHEDULED else made.edition.state
    return replace(made, edition=replace(made.edition, frozen_at=known.frozen_at, state=state))


def tried(project: Project, identity: Identity, text: str) -> Draft:
    """The edition as it would stand if its file had this text; nothing is written or kept. Raises as `draft`."""
    file = edition_file.parse(project, identity, text, edition_file.file_path(project, identity.id))
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
        kept = editions.pool_of(connection, known) if known and known.frozen_at else None
    made = _from_file(project, identity, file, text, kept)
    return _carried(made, known) if known else made


def cut_of(project: Project, identity: Identity, known: Edition | None) -> datetime:
    """The moment up to which stories count in a fresh selection.

    Raises:
        Refused: the edition was never prepared, and its day is over.
    """
    now = project.now()
    cut = identity.cut or now
    if cut + project.digest(identity.digest).send_by.delta < now and known is None:
        raise Refused(
            f"{identity.id} was never prepared, and its day is over: old news is not sent",
            hint=f"digest send {identity.digest} sends today's",
        )
    return cut


def fresh(project: Project, identity: Identity, known: Edition | None, kept: Pool | None = None) -> Draft:
    """An edition as the selection alone makes it, of a `kept` pool where there is one; nothing is kept. Raises as
    `draft`."""
    cut = known.cut.astimezone(project.zone) if known and kept else cut_of(project, identity, known)
    found = basis(project, identity, cut, kept=kept)
    base = found.plan()
    plans = {s.name: found.plan(s, lead=_lead(base)) for s in project.segments(identity.digest)}
    return assembled(project, found, base, plans, inbox_row(base, found))


def demand_in_time(project: Project, file: EditionFile) -> None:
    """Raises:
    Refused: what a file was written for is old news by now.
    """
    digest = file.edition.split("/", maxsplit=1)[0]
    if file.cut + project.digest(digest).send_by.delta < project.now():
        raise Refused(
            f"its stories are of {file.cut.astimezone(project.zone):%d %b %H:%M}, and old news is not sent",
            where=edition_file.file_name(file.edition),
            hint=f"`digest select {spelled(file.edition)} --refresh` takes the news since and keeps your edits",
        )


def _from_file(
    project: Project,
    identity: Identity,
    file: EditionFile,
    text: str,
    kept: Pool | None = None,
    found: Basis | None = None,
) -> Draft:
    proposal = matching(project, file, text)
    demand_in_time(project, file)
    placed = {one.id for one in file.every()}
    cut = file.cut.astimezone(project.zone)
    if found is None or found.cut != cut or not placed <= found.entries.keys():
        found = basis(project, identity, cut, placed=placed, revisions=proposal.revisions, kept=kept)
    hand = Hand(file, text, proposal, edits(file, proposal), found)
    base, notes = hand.edition_plan()
    plans = {s.name: hand.segment_plan(s, _lead(base)) for s in project.segments(identity.digest)}
    row = inbox_row(base, found, hand.titles, typed=(file.subject, file.preheader))
    made = assembled(project, found, base, plans, row)
    return replace(
        made,
        stories={key: retitled(story, hand.titles) for key, story in made.stories.items()},
        file=edition_file.file_name(identity.id),
        hands={segment.name: hand.of(segment) for segment in project.segments(identity.digest)},
        lines=hand.lines,
        rows={name: (own.subject, own.preheader) for name, own in file.segments.items()},
        ignored=file.ignore,
        notes=notes,
    )


def assembled(project: Project, found: Basis, base: Plan, plans: Mapping[str, Plan], row: InboxRow) -> Draft:
    """The draft of these plans; nothing is kept."""
    identity, before = found.identity, found.before
    edition = Edition(
        id=identity.id,
        digest=identity.digest,
        date=identity.date.isoformat(),
        cut=found.cut,
        send_by=found.cut + project.digest(identity.digest).send_by.delta,
        state=EditionState.DRAFT,
        subject=row.subject,
        preheader=row.preheader,
        previous_cut=before.cut if before else None,
        plans=(base, *plans.values()),
    )
    words = {key: entry.story for key, entry in found.entries.items()}
    return Draft(edition, found.pooled.pool, words, base, plans, frozen=False)


def _lead(base: Plan) -> list[str]:
    return [pick.story for section in base.sections if section.name == LEAD for pick in section.picks]


def thaw(project: Project, edition: Edition) -> Draft:
    """An edition as it was kept, with the very revisions and lines that it was built from."""
    with project.store.database.read() as connection:
        kept = editions.pool_of(connection, edition)
        words: dict[str, Story] = {}
        for candidate in kept.candidates:
            story = stories.revision(connection, candidate.story, candidate.revision)
            if story:
                words[candidate.story] = story
        lines = remembered.recall(connection, edition.id, LINES) or {}
        ignored = remembered.recall(connection, edition.id, IGNORED) or []
        notes = () if edition.state.over else since(connection, edition, kept).notes(edition)
        approvals = counting(connection, project, edition)
    base = next(plan for plan in edition.plans if plan.segment is None)
    plans = {plan.segment: plan for plan in edition.plans if plan.segment}
    return Draft(
        edition,
        kept,
        words,
        base,
        plans,
        frozen=True,
        lines={key: tuple(Line(text, "editor") for text in given) for key, given in lines.items()},
        ignored=tuple(Ignore(*one) for one in ignored),
        notes=notes,
        approved=len(approvals) >= max(needed(project, edition.digest), 1),
    )


def published_since(project: Project, edition: Edition, now: datetime) -> tuple[str, ...]:
    """Titles of stories first seen after a frozen edition's cut: listed, never slipped in."""
    with project.store.database.read() as connection:
        return stories.titles_seen(connection, edition.cut, now)
