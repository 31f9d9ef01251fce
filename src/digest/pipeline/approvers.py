"""Who approved an edition, how many must, and who changed it last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from digest.models.edition import Edition
from digest.pipeline.project import Project
from digest.store import editions, remembered

if TYPE_CHECKING:
    from sqlalchemy import Connection

EDITOR = "editor"


def needed(project: Project, digest: str) -> int:
    """How many people must approve an edition of this digest."""
    return int(project.digest(digest).approval)


def same_person(one: str, other: str) -> bool:
    """Whether two names are written for one person: case and spaces do not tell people apart."""
    return one.split() == other.split() or one.casefold().split() == other.casefold().split()


def edited(connection: Connection, edition: str, by: str, now: datetime) -> None:
    """Keep that a person changed an edition; where two must approve, the last who did is none of them."""
    remembered.remember(connection, edition, EDITOR, {"by": " ".join(by.split()), "at": now.isoformat()})


def last_editor(connection: Connection, edition: str) -> str | None:
    """Who changed an edition last; None when nobody said so. A file that is edited by hand does not tell."""
    found = remembered.recall(connection, edition, EDITOR)
    return str(found["by"]) if found else None


def counting(connection: Connection, project: Project, edition: Edition) -> tuple[str, ...]:
    """Who approved exactly what the edition is now, each person once; where two or more are needed, without the one
    who changed it last."""
    editor = last_editor(connection, edition.id) if needed(project, edition.digest) > 1 else None
    found: list[str] = []
    for name in editions.approvers(connection, edition):
        if not any(same_person(name, other) for other in found) and not (editor and same_person(name, editor)):
            found.append(name)
    return tuple(found)
