"""What changed beneath an edition file since it was written: new stories, newer revisions, withdrawals."""

from __future__ import annotations

from collections.abc import Iterator

from digest.errors import Refused
from digest.models.edition import Plan
from digest.pipeline.basis import basis
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.naming import Identity, spelled
from digest.pipeline.project import Project
from digest.pipeline.proposal import Proposal
from digest.store import stories

SHOWN = 5


def news(project: Project, identity: Identity, file: EditionFile, proposal: Proposal) -> tuple[str, ...]:
    """In words, one line each, what an editor would want to know; empty when all is as it was."""
    told = [*_changed(project, file, proposal), *_arrived(project, identity, file, proposal)]
    if told:
        told.append(f"`digest select {spelled(identity.id)} --refresh` takes them; what you edited stays")
    return tuple(told)


def _changed(project: Project, file: EditionFile, proposal: Proposal) -> Iterator[str]:
    listed = [one.id for one in file.every()]
    with project.store.database.read() as connection:
        now = {stored.story.id: stored for stored in stories.these(connection, listed)}
        for key in listed:
            stored, taken = now.get(key), proposal.revisions.get(key)
            if stored is None:
                continue
            if stored.story.withdrawn:
                yield f"withdrawn by its source: “{stored.story.title}”"
            elif taken is not None and stored.revision != taken:
                before = stories.revision(connection, key, taken)
                same = before is None or before.title == stored.story.title
                yield f"updated since: “{stored.story.title}”" + (
                    "" if same or before is None else f" (it was “{before.title}”)"
                )


def _arrived(project: Project, identity: Identity, file: EditionFile, proposal: Proposal) -> Iterator[str]:
    now = max(identity.cut or project.now(), file.cut)
    with project.store.database.read() as connection:
        later = stories.arrived(connection, file.cut, now)
    later -= {one.id for one in file.every()} | set(file.drop) | set(proposal.revisions)
    if not later:
        return
    plan = _would_be(project, identity, file)
    fitting = [(s.name, pick) for s in plan.sections for pick in s.picks if pick.story in later] if plan else []
    for name, pick in fitting[:SHOWN]:
        yield f"new: “{pick.title}”, which would stand in {name}"
    rest = len(later) - len(fitting[:SHOWN])
    if rest:
        others = "more " if fitting else ""
        yield f"new: {rest} {others}{'story' if rest == 1 else 'stories'} since the cut"


def _would_be(project: Project, identity: Identity, file: EditionFile) -> Plan | None:
    try:
        return basis(project, identity, identity.cut or max(project.now(), file.cut)).plan()
    except Refused:
        return None
