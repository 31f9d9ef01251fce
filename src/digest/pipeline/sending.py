"""The send as a whole, step by step, for a face to drive: what goes out, may it, to how many; then the sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.errors import DigestError, Refused
from digest.models.edition import Edition, EditionState
from digest.models.mail import State
from digest.pipeline import handing_over, holding
from digest.pipeline.approval import demand_approval, demand_checks
from digest.pipeline.audience import Reach, reach
from digest.pipeline.build import Built, build, freeze
from digest.pipeline.deliver import Options, deliver_locked
from digest.pipeline.draft import draft, published_since
from digest.pipeline.freshness import with_freshness
from digest.pipeline.frozen import under_way
from digest.pipeline.leaving import may_leave
from digest.pipeline.naming import Identity
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.pipeline.timing import Time
from digest.send import Sender
from digest.send.registry import KNOWN
from digest.store import editions, ledger, runs

GROWN, SHRUNK = 0.10, 0.20


@dataclass(frozen=True, slots=True)
class Ready:
    """An edition that may be sent as it stands. `uses` says in words what it was made of; `later` are titles of
    stories that came after it froze."""

    built: Built
    reach: Reach
    uses: str
    later: tuple[str, ...]


def complete(project: Project, identity: Identity, options: Options) -> Edition | None:
    """The edition when it is over and nothing was asked for that would open it again."""
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    again = options.retry_failed or options.retry_unknown or options.only
    if known is None or not known.state.over or (again and known.state is EditionState.SENT):
        return None
    return known


def begun(project: Project, identity: Identity) -> bool:
    """Whether an edition's send was ever begun, so that there is something to go on with."""
    with project.store.database.read() as connection:
        return ledger.last_run(connection, identity.id) is not None


def last_transport(project: Project, identity: Identity) -> str | None:
    """Through what an edition was sent so far, so that it goes on the same way; None when the settings say."""
    with project.store.database.read() as connection:
        run = ledger.last_run(connection, identity.id)
    return str(run.transport) if run is not None and run.transport in KNOWN else None


def make_ready(project: Project, identity: Identity, sender: Sender, ingest: Callable[[], None] | None) -> Ready:
    """The frozen edition unchanged, else a fresh one from freshly read sources (`ingest`), checked and approved.

    Raises:
        Refused: a check blocks, an approval is missing, or there is nothing to send.
        Stale: a story was withdrawn or dropped after the edition was approved.
        TemplateError: it cannot be rendered.
    """
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    if ingest is not None and not (known and known.frozen_at):
        ingest()
    made = draft(project, identity)
    built = build(project, made, leaves=sender.leaves)
    if not under_way(made.edition):
        if sender.leaves:
            built = with_freshness(project, built)
        demand_checks(built)
        demand_approval(project, built.draft)
    approved = not made.frozen and bool(project.digest(identity.digest).approval)
    uses = "the approved edition, unchanged" if approved else made.uses
    later = published_since(project, made.edition, project.now()) if made.frozen else ()
    return Ready(built, reach(project, identity.digest), uses, later)


def problems(project: Project, built: Built) -> tuple[DigestError, ...]:
    """All that keeps an edition from being sent as it stands: what checks block it, and which approvals it lacks."""
    found: list[DigestError] = []
    try:
        demand_checks(built)
    except DigestError as problem:
        found.append(problem)
    try:
        demand_approval(project, built.draft)
    except DigestError as problem:
        found.append(problem)
    return tuple(found)


def demand_usual_size(project: Project, ready: Ready) -> None:
    """Raises:
    Refused: the audience is more than 10 % larger or 20 % smaller than that of the last edition.
    """
    edition = ready.built.draft.edition
    before = last_size(project, edition)
    now = ready.reach.total
    if before and not before * (1 - SHRUNK) <= now <= before * (1 + GROWN):
        raise Refused(
            f"this would go to {now:,} people, the last edition went to {before:,}",
            hint=f"if that is right, say --expect {now}",
        )


def last_size(project: Project, edition: Edition) -> int:
    """How many people the previous edition was for; 0 when there was none."""
    with project.store.database.read() as connection:
        before = editions.previous(connection, edition.digest, edition.id)
        if before is None:
            return 0
        totals = ledger.totals(connection, before.id)
    mailed = set(State) - {State.SUPPRESSED, State.SKIPPED}
    return sum(n for states in totals.values() for state, n in states.items() if state in mailed)


def start(
    project: Project,
    ready: Ready,
    sender: Sender,
    options: Options,
    stop: Callable[[], bool],
    clocks: Time | None = None,
) -> Iterator[Event]:
    """Wait for the edition's hour, count down, freeze it if it is not, and send it; raises as `may_leave`,
    `holding` and `deliver`.

    An edition that was scheduled keeps its hour, whoever sends it, until another is said.
    """
    may_leave(project, sender)
    clocks = clocks or Time()
    built = ready.built
    edition = built.draft.edition
    with project.store.database.lock(f"send {edition.id}", f"sending {edition.id}"):
        at = _hour(project, edition, options)
        later = handing_over.planned(project, edition, sender, options, at)
        undo = None if at or not _fresh(project, edition.id) else options.undo
        run = None
        if at or undo or later:
            with project.store.database.begin() as connection:
                run = ledger.open_run(
                    connection, edition.id, sender.name, options.as_json(), project.now(), runs.WAITING
                )
        if run and undo:
            yield from holding.countdown(project, edition, run, undo, stop=stop, clocks=clocks)
        if not built.draft.frozen:
            built = freeze(project, built, project.now())
            edition = built.draft.edition
        if run and at and not later:
            holding.schedule(project, edition, at)
            yield from holding.until(project, edition, run, at, wait=options.wait, stop=stop, clocks=clocks)
        with sender:
            way = handing_over.through(project, sender, run, later) if run and later else sender
            yield from deliver_locked(
                project, edition, built.renderings, way, options, stop=stop, clocks=clocks, run=run
            )


def _hour(project: Project, edition: Edition, options: Options) -> datetime | None:
    """When it is to be sent: what was said now, else what was said before; None is at once.

    Raises:
        Refused: at that time it is old news.
    """
    with project.store.database.read() as connection:
        at = options.at or runs.scheduled_at(connection, edition.id)
    if at is None or at <= project.now():
        return None
    holding.demand_in_time(project, edition, at)
    return at.astimezone(project.zone)


def _fresh(project: Project, edition_id: str) -> bool:
    """Whether nobody has got, or may have got, anything of it yet."""
    with project.store.database.read() as connection:
        return not ledger.sums(connection, edition_id)
