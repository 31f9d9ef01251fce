"""What must be said yes to before an edition goes out: its checks, its approvers, and the size of its audience."""

from __future__ import annotations

from datetime import datetime

from digest.errors import Refused, Stale, UsageError
from digest.models.edition import EditionState
from digest.pipeline.approvers import counting, last_editor, needed, same_person
from digest.pipeline.build import Built, freeze_in
from digest.pipeline.comparing import approved_version, difference
from digest.pipeline.draft import Draft
from digest.pipeline.frozen import changed_since, since, stands, under_way
from digest.pipeline.naming import spelled
from digest.pipeline.project import Project
from digest.pipeline.snapshot import NAME, snapshot
from digest.store import editions, remembered

__all__ = ["approve", "demand_approval", "demand_audience", "demand_checks", "leaves_by_settings", "needed"]
SHOWN = 10
AT_HOME = ("folder", "memory")


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


def demand_approval(project: Project, made: Draft) -> None:
    """That an edition which is not being sent yet may be: as many as are needed approved exactly this, and no story
    in it was withdrawn or dropped since.

    Raises:
        Stale: a story was withdrawn or dropped after the edition was frozen or approved.
        Refused: too few approved exactly this; says what was changed since somebody did.
    """
    edition = made.edition
    if under_way(edition):
        return
    _demand_present(project, made)
    want = needed(project, edition.digest)
    with project.store.database.read() as connection:
        have = counting(connection, project, edition)
        given = editions.approvals_of(connection, edition.id)
    if len(have) >= want:
        return
    before = [one for one in given if one.hash != edition.hash]
    told = _changes(project, made) if before and not have else []
    _demand_undropped(made, told, before[-1].by if before else "")
    what = f"{edition.id} is not approved: {len(have)} of {want}"
    if told:
        what += f"; it was changed since {before[-1].by} approved it"
    look = f"look at it with `digest preview {edition.digest}`, then `digest approve {spelled(edition.id)} --by NAME`"
    raise Refused(what, hint="\n  ".join([*told, look]))


def _demand_present(project: Project, made: Draft) -> None:
    """That no source withdrew what a frozen edition shows."""
    if not made.frozen:
        return
    with project.store.database.read() as connection:
        gone = since(connection, made.edition, made.pool).withdrawn
    if gone:
        raise Stale(
            f"“{gone[0].story.title}” was withdrawn by its source after the edition was frozen"
            + (f", and {len(gone) - 1} more" if len(gone) > 1 else ""),
            where=made.edition.id,
            hint=f"`digest select {spelled(made.edition.id)} --refresh` takes it out; then it must be approved again",
        )


def _demand_undropped(made: Draft, told: list[str], by: str) -> None:
    dropped = frozenset.intersection(*(hand.drop for hand in made.hands.values())) if made.hands else frozenset()
    titles = [made.stories[key].title for key in sorted(dropped) if key in made.stories]
    gone = [title for title in titles if any(line.startswith("out of ") and f"“{title}”" in line for line in told)]
    if gone:
        raise Stale(
            f"“{gone[0]}” was dropped after {by} approved the edition with it",
            where=made.edition.id,
            hint=f"`digest approve {spelled(made.edition.id)} --by NAME` approves it as it is now",
        )


def _changes(project: Project, made: Draft) -> list[str]:
    """What is no longer as it was approved, in words."""
    told = [f"changed: {name}" for name in changed_since(project, made.edition)]
    before = approved_version(project, made)
    if before is not None:
        told += difference(before, snapshot(project, made), "").in_words()
    more = [f"and {len(told) - SHOWN} more: digest diff {spelled(made.edition.id)}"] if len(told) > SHOWN else []
    return told[:SHOWN] + more


def approve(project: Project, built: Built, by: str, note: str, now: datetime) -> int:
    """Keep an approval of exactly this content, and freeze the edition; how many are still missing.

    From the first approval on the edition is frozen, so that everybody approves the same: what is read later does
    not change it, and a change of its file, template or settings makes every approval void.

    Raises:
        Refused: a check blocks, sending has begun, or where two must approve it was this person who changed it last.
        Stale: a story in it was withdrawn, or it was changed since it was built.
        UsageError: nobody is named.
    """
    edition, by = built.draft.edition, " ".join(by.split())
    if not by:
        raise UsageError("an approval needs a name", where="--by")
    if under_way(edition):
        raise Refused(f"{edition.id} is already being sent", hint="there is nothing left to approve")
    demand_checks(built)
    _demand_present(project, built.draft)
    _demand_current(project, built)
    want = needed(project, edition.digest)
    with project.store.database.begin() as connection:
        editor = last_editor(connection, edition.id)
        if want > 1 and editor and same_person(editor, by):
            raise Refused(
                f"{by} changed {edition.id} last, and is none of the {want} who must approve it",
                hint=f"`digest approve {spelled(edition.id)} --by NAME`, by somebody else",
            )
        if not built.draft.frozen:
            built = freeze_in(connection, project, built, now)
        editions.approve(connection, edition, by, note, now)
        remembered.remember(connection, edition.id, NAME, snapshot(project, built.draft).as_json())
        missing = max(want - len(counting(connection, project, edition)), 0)
        if not missing and edition.state is not EditionState.SCHEDULED:
            editions.set_state(connection, edition.id, EditionState.APPROVED, now)
    return missing


def _demand_current(project: Project, built: Built) -> None:
    """That nobody froze another content meanwhile, or let go what was frozen."""
    edition = built.draft.edition
    with project.store.database.read() as connection:
        known = editions.load(connection, edition.id)
    standing = known is not None and known.frozen_at is not None and stands(project, known)
    same = known is not None and known.hash == edition.hash and not under_way(known)
    if (standing or built.draft.frozen) and not (standing and same):
        raise Stale(
            f"{edition.id} was changed since this was built", hint="look at it again, and approve what it is now"
        )


def leaves_by_settings(project: Project) -> bool:
    """Whether what is approved is to leave the machine: by its settings, for no sender is opened to look at it."""
    return project.settings.delivery.transport not in AT_HOME


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
