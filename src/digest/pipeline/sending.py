"""The send as a whole, step by step, for a face to drive: what goes out, may it, to how many; then the sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from digest.errors import Refused
from digest.models.edition import Edition, EditionState
from digest.models.mail import State
from digest.pipeline.approval import demand_approval, demand_checks
from digest.pipeline.audience import Reach, reach
from digest.pipeline.build import Built, build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft, published_since
from digest.pipeline.leaving import may_leave
from digest.pipeline.naming import Identity
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.send import Sender, open_sender
from digest.store import editions, ledger

GROWN, SHRUNK = 0.10, 0.20


@dataclass(frozen=True, slots=True)
class Ready:
    """An edition that may be sent as it stands. `uses` says in words what it was made of; `later` are titles of
    stories that came after it froze."""

    built: Built
    reach: Reach
    uses: str
    later: tuple[str, ...]


def sender_for(project: Project, transport: str | None) -> Sender:
    """The transport that a flag, else the settings, name; raises as `open_sender`."""
    return open_sender(
        project.settings.delivery, root=project.root, environ=project.environ, now=project.clock, transport=transport
    )


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


def make_ready(project: Project, identity: Identity, sender: Sender, ingest: Callable[[], None] | None) -> Ready:
    """The frozen edition unchanged, else a fresh one from freshly read sources (`ingest`), checked and approved.

    Raises:
        Refused: a check blocks, an approval is missing, or there is nothing to send.
        TemplateError: it cannot be rendered.
    """
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    if ingest is not None and not (known and known.frozen_at):
        ingest()
    made = draft(project, identity)
    built = build(project, made, leaves=sender.leaves)
    approved = False
    if not made.frozen:
        demand_checks(built)
        demand_approval(project, built.draft.edition)
        approved = bool(project.digest(identity.digest).approval)
    uses = "the approved edition" if approved else made.uses
    later = published_since(project, made.edition, project.now()) if made.frozen else ()
    return Ready(built, reach(project, identity.digest), uses, later)


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
    project: Project, ready: Ready, sender: Sender, options: Options, stop: Callable[[], bool]
) -> Iterator[Event]:
    """Freeze the edition if it is not, and send it; raises as `may_leave` and `deliver`."""
    may_leave(project, sender)
    built = ready.built
    if not built.draft.frozen:
        built = freeze(project, built, project.now())
    with sender:
        yield from deliver(project, built.draft.edition, built.renderings, sender, options, stop=stop)
