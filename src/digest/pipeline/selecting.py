"""`digest select`: write an edition's file, or say what changed beneath it, or take the news into it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.pipeline import edition_file
from digest.pipeline.approvers import edited
from digest.pipeline.basis import Basis, basis
from digest.pipeline.draft import Draft, cut_of, draft
from digest.pipeline.edition_file import EditionFile, Listed, ListedSection
from digest.pipeline.filing import alone, frozen_draft, put, whole_seconds
from digest.pipeline.frozen import release
from digest.pipeline.inbox_row import inbox_row
from digest.pipeline.naming import Identity
from digest.pipeline.news import news
from digest.pipeline.project import Project
from digest.pipeline.proposal import Proposal, matching, proposed_sections, remembered_proposal
from digest.pipeline.rechoosing import choose_again
from digest.store import editions


@dataclass(frozen=True, slots=True)
class Selected:
    """An edition after `select`. `wrote` says whether its file was written; `news` what changed beneath it."""

    draft: Draft
    wrote: bool
    news: tuple[str, ...] = ()


def select(project: Project, identity: Identity, *, refresh: bool = False, by: str | None = None) -> Selected:
    """Write the edition's file, where there is none; else leave it alone and say what changed beneath it.

    `refresh` takes the news since, and newer revisions, for every section that the editor has not touched; an
    edition that was approved is let go by it, and must be approved again. `by` is who changed the edition.

    Raises:
        Stale: another process is selecting this edition, its file was written from another selection, a story in it
            was withdrawn, or somebody saved it meanwhile.
        ConfigError: the file holds what does not fit; nothing is written.
        Refused: there is nothing to send.
    """
    with alone(project, identity):
        frozen = frozen_draft(project, identity)
        if frozen:
            return Selected(frozen, wrote=False)
        void = _let_go(project, identity) if refresh else ()
        if not refresh and (standing := _standing(project, identity)):
            return Selected(standing, wrote=False)
        selected = _select(project, identity, refresh=refresh)
        if by:
            with project.store.database.begin() as connection:
                edited(connection, identity.id, by, project.now())
        return replace(selected, news=(*void, *selected.news))


def _select(project: Project, identity: Identity, *, refresh: bool) -> Selected:
    found = edition_file.read(project, identity)
    if found is None:
        return Selected(draft(project, identity, found=write_first(project, identity)), wrote=True)
    file, text = found
    if not refresh:
        told = news(project, identity, file, matching(project, file, text))
        return Selected(draft(project, identity), wrote=False, news=told)
    proposal = remembered_proposal(project, identity.id)
    known = proposal if proposal and proposal.base == file.base else None
    told = choose_again(project, identity, file, text, known, whole_seconds(identity.cut or project.now()))
    return Selected(draft(project, identity), wrote=True, news=told)


def _standing(project: Project, identity: Identity) -> Draft | None:
    """An edition that was approved and still stands."""
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    if known is None or not known.frozen_at:
        return None
    made = draft(project, identity, keep=False)
    return made if made.frozen else None


def _let_go(project: Project, identity: Identity) -> tuple[str, ...]:
    """Let go an edition that was frozen, so that it can take the news; what that makes void, in words."""
    with project.store.database.begin() as connection:
        known = editions.load(connection, identity.id)
        names = release(connection, known, project.now()) if known and known.frozen_at else ()
    return (f"approved by {' and '.join(names)}: void now, it must be approved again",) if names else ()


def write_first(project: Project, identity: Identity) -> Basis:
    """Write the file of an edition that has none; what it was written from."""
    from digest.pipeline.edition_text import Words, new_text

    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
        kept = editions.pool_of(connection, known) if known and known.frozen_at else None
    cut = known.cut.astimezone(project.zone) if known and kept else cut_of(project, identity, known)
    cut = whole_seconds(cut)
    found = basis(project, identity, cut, kept=kept)
    plan = found.plan()
    row = inbox_row(plan, found)
    proposal = Proposal(cut.isoformat(), row.subject, row.preheader, proposed_sections(plan))
    file = EditionFile(
        identity.id,
        cut,
        proposal.base,
        row.subject,
        row.preheader,
        tuple(ListedSection(s.name, tuple(Listed(p.story) for p in s.picks)) for s in plan.sections),
    )
    text = new_text(
        file,
        Words(found.headlines, row.subjects, plan.left_out),
        publication=project.settings.publication.name,
        digest=identity.digest,
        date=f"{identity.date:%A} {identity.date.day} {identity.date:%B %Y}",
        topics=project.settings.topics,
    )
    edition_file.parse(project, identity, text, edition_file.file_path(project, identity.id))
    put(project, found, plan, proposal, text, None)
    return found
