"""What must be said yes to before an edition goes out: its checks, its approvers, and the size of its audience."""

from __future__ import annotations

from datetime import datetime

from digest.errors import Refused
from digest.models.edition import Edition, EditionState
from digest.pipeline.build import Built
from digest.pipeline.project import Project
from digest.pipeline.snapshot import NAME, snapshot
from digest.store import editions, remembered

SHOWN = 10


def demand_checks(built: Built) -> None:
    """Raises:
    Refused: a check blocks; the message lists each.
    """
    grouped: dict[tuple[str, str], list[str]] = {}
    for segment, finding in built.blocking:
        grouped.setdefault((finding.id, finding.message), []).append(segment)
    if not grouped:
        return
    lines = [
        f"{rule}  {message}" + ("" if len(segments) == len(built.renderings) else f" ({', '.join(segments)})")
        for (rule, message), segments in grouped.items()
    ]
    more = [f"and {len(lines) - SHOWN} more: digest check lists them"] if len(lines) > SHOWN else []
    raise Refused(
        f"{len(lines)} blocking {'finding' if len(lines) == 1 else 'findings'}: nothing was sent",
        where=built.draft.edition.id,
        hint="\n  ".join(lines[:SHOWN] + more),
    )


def needed(project: Project, digest: str) -> int:
    """How many people must approve an edition of this digest."""
    return int(project.digest(digest).approval)


def demand_approval(project: Project, edition: Edition) -> None:
    """Raises:
    Refused: fewer people than needed approved exactly this content.
    """
    want = needed(project, edition.digest)
    if not want:
        return
    with project.store.database.read() as connection:
        have = editions.approvers(connection, edition)
    if len(have) < want:
        name = edition.id.replace("/", "@", 1)
        raise Refused(
            f"{edition.id} is not approved: {len(have)} of {want}",
            hint=f"look at it with `digest preview {edition.digest}`, then `digest approve {name} --by NAME`",
        )


def approve(project: Project, built: Built, by: str, note: str, now: datetime) -> int:
    """Keep an approval of exactly this content; how many are still missing.

    Raises:
        Refused: a check blocks, or the edition is already out.
    """
    edition = built.draft.edition
    if edition.frozen_at:
        raise Refused(f"{edition.id} is already being sent", hint="there is nothing left to approve")
    demand_checks(built)
    with project.store.database.begin() as connection:
        editions.approve(connection, edition, by, note, now)
        remembered.remember(connection, edition.id, NAME, snapshot(project, built.draft).as_json())
        have = editions.approvers(connection, edition)
        missing = max(needed(project, edition.digest) - len(have), 0)
        if not missing:
            editions.set_state(connection, edition.id, EditionState.APPROVED, now)
    return missing


def demand_audience(expected: int, tolerance: float, found: int) -> None:
    """Raises:
    Refused: the audience is not of the expected size (within `tolerance`, a fraction of it).
    """
    if abs(found - expected) > expected * tolerance:
        within = f" within {tolerance:.0%}" if tolerance else ""
        raise Refused(
            f"this would go to {found:,} people, {expected:,}{within} were expected",
            hint="look with --dry-run; if it is right, say --expect " + str(found),
        )
