"""An edition file and what the store remembers of it, put in place together, by one editor at a time."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from digest.errors import Stale, StoreError
from digest.models.edition import Plan
from digest.pipeline import edition_file
from digest.pipeline.basis import Basis
from digest.pipeline.draft import Draft, assembled, thaw
from digest.pipeline.frozen import under_way
from digest.pipeline.inbox_row import inbox_row
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.proposal import NAME, Proposal
from digest.store import editions, remembered


def alone(project: Project, identity: Identity) -> AbstractContextManager[None]:
    """Hold the file of an edition while it is changed.

    Raises:
        Stale: another process is changing it.
    """
    return project.store.database.lock(f"select {identity.id}", f"changing the edition file of {identity.id}")


def frozen_draft(project: Project, identity: Identity) -> Draft | None:
    """The edition as it was kept, where nothing can change it any more."""
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    return thaw(project, known) if known and known.frozen_at and under_way(known) else None


def put(project: Project, found: Basis, plan: Plan, proposal: Proposal, text: str, before: str | None) -> None:
    """Remember what was proposed and put the file in its place; neither happens without the other."""
    made = assembled(project, found, plan, {}, inbox_row(plan, found))
    with project.store.database.begin() as connection:
        editions.save(connection, made.edition, made.pool)
        remembered.remember(connection, made.edition.id, NAME, proposal.as_json())
        write(project, made.edition.id, text, before)


def write(project: Project, edition: str, text: str, before: str | None) -> None:
    """Replace the file of an edition in one step.

    Raises:
        Stale: somebody saved it since it had the text `before` (None: since there was none).
        StoreError: it cannot be written.
    """
    path = edition_file.file_path(project, edition)
    now = path.read_text(encoding="utf-8") if path.exists() else None
    if now != before:
        raise Stale(
            "it was saved by somebody else in this moment; nothing was written",
            where=edition_file.file_name(edition),
            hint="give the command again: it looks at what stands there now",
        )
    new = path.with_suffix(".toml.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        os.replace(new, path)
    except OSError as problem:
        raise StoreError(f"the edition file cannot be written: {problem.strerror}", where=str(path)) from problem


def whole_seconds(moment: datetime) -> datetime:
    """The next whole second, so that a file states exactly the moment that counts."""
    return moment.replace(microsecond=0) + timedelta(seconds=1) if moment.microsecond else moment
