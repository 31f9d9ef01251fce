"""Remarks on an edition: what people said of it, each bound to the content that they saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.errors import UsageError
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.store import sharing

LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark; `earlier` says that the edition was changed since."""

    by: str
    text: str
    at: datetime
    earlier: bool


def remark(project: Project, identity: Identity, content: str, by: str, text: str) -> None:
    """Keep what a person says of an edition with this content (its hash).

    Raises:
        UsageError: nothing was said, or more than 4,000 characters; or the name is none.
    """
    from digest.pipeline.editing import person

    plain = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not plain:
        raise UsageError("a remark says something")
    if len(plain) > LONGEST:
        raise UsageError(f"a remark has at most {LONGEST:,} characters, this one has {len(plain):,}")
    said = "".join(c for c in plain if c.isprintable() or c == "\n")
    with project.store.database.begin() as connection:
        sharing.keep_remark(connection, identity.id, content[:64], person(by), said, project.now())


def remarks(project: Project, identity: Identity, content: str) -> tuple[Remark, ...]:
    """What was said of an edition, oldest first; `content` is the hash that it has now."""
    with project.store.database.read() as connection:
        found = sharing.remarks_on(connection, identity.id)
    return tuple(Remark(one.by, one.text, one.at.astimezone(project.zone), one.hash != content) for one in found)
