"""An edition that was frozen, by an approval or for its first message: whether it still stands, and what came since.

Until the first message an editor may still change what it comes from; what was approved is then void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.models.edition import Edition, EditionState, Pool
from digest.pipeline.naming import spelled
from digest.pipeline.origin import changed, identity_of, origin
from digest.pipeline.project import Project
from digest.store import editions, remembered, stories
from digest.store.stories import Stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "frozen"
_BEGUN = (EditionState.SENDING, EditionState.SENT, EditionState.CANCELLED, EditionState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Since:
    """What became of a frozen edition's stories: `withdrawn` by their sources, `updated` to a newer revision."""

    withdrawn: tuple[Stored, ...]
    updated: tuple[Stored, ...]

    def notes(self, edition: Edition) -> tuple[str, ...]:
        """In words, one line each."""
        name = spelled(edition.id)
        told = [f"withdrawn by its source since: “{stored.story.title}”" for stored in self.withdrawn]
        told += [f"updated since, and frozen as it was: “{stored.story.title}”" for stored in self.updated]
        if told and under_way(edition):
            told.append("what is sent stays as it was frozen")
        elif told:
            told.append(f"`digest select {name} --refresh` takes the newest; it must then be approved again")
        return tuple(told)


def under_way(edition: Edition) -> bool:
    """Whether sending has begun, or is over: from then on nothing can change the edition."""
    return edition.state in _BEGUN


def record(connection: Connection, project: Project, edition: Edition) -> None:
    """Remember what an edition comes from, now that it is frozen."""
    doc = {"hash": edition.hash, "origin": origin(project, identity_of(edition))}
    remembered.remember(connection, edition.id, NAME, doc)


def stands(project: Project, edition: Edition) -> bool:
    """Whether a frozen edition is still what its file, templates and settings say. Once begun it always is.

    Raises:
        ConfigError: the edition file holds what does not fit.
    """
    if under_way(edition):
        return True
    with project.store.database.read() as connection:
        doc = remembered.recall(connection, edition.id, NAME)
    if doc is None:
        return True
    return bool(doc["hash"] == edition.hash) and not changed_since(project, edition)


def changed_since(project: Project, edition: Edition) -> tuple[str, ...]:
    """What was changed since the edition was last frozen, by name; nothing where it never was."""
    with project.store.database.read() as connection:
        doc = remembered.recall(connection, edition.id, NAME)
    return changed(doc["origin"], origin(project, identity_of(edition))) if doc else ()


def since(connection: Connection, edition: Edition, pool: Pool) -> Since:
    """What became of the stories that an edition shows to anybody."""
    shown = {pick.story for plan in edition.plans for pick in plan.picks()}
    for own in editions.kept_personal(connection, edition.id).values():
        shown.update(own["clusters"])
    taken = {candidate.story: candidate.revision for candidate in pool.candidates if candidate.story in shown}
    found = stories.these(connection, taken)
    withdrawn = tuple(stored for stored in found if stored.story.withdrawn)
    updated = tuple(s for s in found if not s.story.withdrawn and s.revision != taken[s.story.id])
    return Since(withdrawn, updated)


def release(connection: Connection, edition: Edition, now: datetime) -> tuple[str, ...]:
    """Let an edition go that was frozen and not begun: its approvals are void; who had given them."""
    names = editions.approvers(connection, edition)
    editions.thaw(connection, edition.id)
    if names:
        before = remembered.recall(connection, edition.id, "void") or []
        remembered.remember(connection, edition.id, "void", [*before, [edition.hash, list(names), now.isoformat()]])
    return names
