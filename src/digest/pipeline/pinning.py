"""`digest stories pin` and `drop`: an editor's word on one story, written into the edition's file."""

from __future__ import annotations

from digest.errors import Refused, Stale, UsageError
from digest.models.edition import LATEST, LEAD
from digest.pipeline import edition_file
from digest.pipeline.correcting import known_topic
from digest.pipeline.draft import Draft, demand_in_time, draft
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.filing import alone, frozen_draft
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.proposal import matching
from digest.pipeline.reading import one
from digest.pipeline.rechoosing import Pin, choose_again
from digest.pipeline.selecting import write_first
from digest.store import stories
from digest.store.stories import Stored


def pinned(project: Project, digest: str, key: str, section: str | None) -> tuple[Stored, Pin]:
    """The story that `key` means, and the section it is to head: the named one, else the first of its topics that the
    digest has, else the latest.

    Raises:
        UsageError: there is no single story with this id, it was withdrawn, or a teaser is to lead.
        ConfigError: there is no such section or topic.
    """
    if section not in (None, LEAD, LATEST):
        known_topic(project, section)
    with project.store.database.read() as connection:
        stored = one(stories.get(connection, key), key)
    own = [score.topic for score in stored.topics if score.topic in project.digest(digest).topics]
    wanted = section or (own[0] if own else LATEST)
    if stored.story.withdrawn:
        raise UsageError(f"“{stored.story.title}” was withdrawn by its source")
    if wanted == LEAD and stored.story.teaser:
        raise UsageError(f"“{stored.story.title}” is known by title and excerpt only, and cannot lead")
    return stored, Pin(stored.story.id, wanted)


def pin(project: Project, identity: Identity, wanted: Pin) -> Draft:
    """Put a story at the head of a section of the edition's file, which is written first where there is none.

    The sections that the editor has not touched are chosen anew around it. Raises as `select`.
    """
    return _changed(project, identity, pinned=wanted)


def drop(project: Project, identity: Identity, story: str) -> Draft:
    """Keep a story out of the edition, in its file; the best other one takes its place. Raises as `select`."""
    return _changed(project, identity, dropped=story)


def _changed(project: Project, identity: Identity, *, pinned: Pin | None = None, dropped: str | None = None) -> Draft:
    with alone(project, identity):
        if frozen_draft(project, identity):
            raise Refused(
                f"{identity.id} is being sent, or was: its stories stand",
                hint=f"the next edition is open: digest select {identity.digest}",
            )
        if edition_file.read(project, identity) is None:
            write_first(project, identity)
        file, text = edition_file.read(project, identity) or _gone(identity)
        proposal = matching(project, file, text)
        demand_in_time(project, file)
        choose_again(project, identity, file, text, proposal, file.cut, pinned=pinned, dropped=dropped)
        return draft(project, identity)


def _gone(identity: Identity) -> tuple[EditionFile, str]:
    raise Stale("it was taken away while it was being changed", where=edition_file.file_name(identity.id))
