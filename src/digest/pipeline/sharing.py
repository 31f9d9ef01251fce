"""Share one edition with somebody who has no terminal: a signed link for a named person, with one right."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final, Literal

from digest.errors import Refused, UsageError
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.store import sharing
from digest.store.sharing import Share

Right = Literal["view", "comment", "approve"]
RIGHTS: Final[tuple[Right, ...]] = ("view", "comment", "approve")
PURPOSE: Final = "share"
LONGEST: Final = timedelta(days=60)
_NOBODY: Final = 0


def share(project: Project, identity: Identity, who: str, right: str, days: int, *, key: str) -> tuple[Share, str]:
    """A new share of an edition, and its token. `key` is a fresh id that cannot be guessed, of URL-safe characters.

    Raises:
        UsageError: there is no such right, no such span, or the name is none.
    """
    if right not in RIGHTS:
        raise UsageError(f'there is no right "{right[:40]}"', hint=f"one of: {', '.join(RIGHTS)}")
    if not 1 <= days <= LONGEST.days:
        raise UsageError(f"a link is open for 1 to {LONGEST.days} days")
    if not re.fullmatch(r"[A-Za-z0-9_-]{12,64}", key):
        raise ValueError("a share's id is 12 to 64 URL-safe characters")
    from digest.pipeline.editing import person

    now = project.now()
    made = Share(key, identity.id, person(who), right, now + timedelta(days=days), now)
    with project.store.database.begin() as connection:
        sharing.keep_share(connection, made)
    return made, token(project, made)


def token(project: Project, of: Share) -> str:
    """What stands in the link of a share; the same for as long as its signing key is."""
    return project.signer.sign_until(PURPOSE, _NOBODY, of.id, of.expires)


def opened(project: Project, given: str) -> Share | None:
    """The share that a token opens now; None for a token that is not ours, was taken back, or is out of time."""
    claim = project.signer.verify_until(PURPOSE, given, project.now())
    return known(project, claim.about) if claim and not claim.over else None


def known(project: Project, key: str) -> Share | None:
    """The share with this id, as long as it is open."""
    with project.store.database.read() as connection:
        found = sharing.find_share(connection, key)
    return found if found and is_open(project, found) else None


def is_open(project: Project, of: Share) -> bool:
    """Whether a share still shows anything."""
    return of.revoked is None and project.now() < of.expires


def shares(project: Project, identity: Identity) -> tuple[Share, ...]:
    """The shares of an edition, newest first, also those that are over; times in the publication's zone."""
    with project.store.database.read() as connection:
        found = sharing.shares_of(connection, identity.id)
    return tuple(
        replace(one, expires=one.expires.astimezone(project.zone), created=one.created.astimezone(project.zone))
        for one in found
    )


def revoke(project: Project, identity: Identity, key: str) -> None:
    """Take a share back; whoever came in by it is out with their next step.

    Raises:
        Refused: this edition has no such open share.
    """
    with project.store.database.begin() as connection:
        done = sharing.revoke(connection, identity.id, key, project.now())
    if not done:
        raise Refused("this link was taken back already")
