"""Where the publication stands, digest by digest, and the one thing to do next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from digest.models.edition import Edition, EditionState
from digest.models.mail import State
from digest.pipeline.examine import holdings
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.store import editions, health, ledger, reports, runs

RECENT = 60.0


@dataclass(frozen=True, slots=True)
class DigestStanding:
    """One digest: its next or running edition and how that stands."""

    name: str
    edition: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it."""

    digests: tuple[DigestStanding, ...]
    stories: int
    subscribers: int
    sources: str
    next_step: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def standing(project: Project) -> Standing:
    """Where everything stands now."""
    held = holdings(project)
    found: list[DigestStanding] = []
    steps: list[str] = []
    for name in project.settings.digests:
        today = identify(project, name, sending=True)
        with project.store.database.read() as connection:
            edition = editions.load(connection, today.id)
            states = ledger.sums(connection, today.id)
        found.append(_digest(project, name, today, edition, states))
        if edition and edition.state is EditionState.SENDING:
            steps.insert(0, f"digest send {name} --resume")
        elif not (edition and edition.state.over):
            steps.append(f"digest send {name} --dry-run")
    if not held["subscribers"]:
        steps.insert(0, "digest subscribers import FILE.csv")
    with project.store.database.read() as connection:
        failing = [h.name for h in health.of_all(connection).values() if h.failures]
    sources = f"{len(project.settings.sources) - len(failing)} ok" + (
        f", failing: {', '.join(failing)}" if failing else ""
    )
    first = next(iter(project.settings.digests))
    return Standing(
        tuple(found), held["stories"], held["subscribers"], sources, steps[0] if steps else f"digest status {first}"
    )


def last_edition(project: Project, identity: Identity, *, named: bool) -> Edition | None:
    """The edition that a status is about: the named one, else today's, else the newest there is."""
    with project.store.database.read() as connection:
        found = editions.load(connection, identity.id)
        if found is None and not named:
            found = next(iter(editions.latest(connection, identity.digest)), None)
    return found


@dataclass(frozen=True, slots=True)
class Going:
    """How a send goes on: whether it is paused, for when it is scheduled, how fast it is (messages a second, over the
    last minute) and when it ends at that, and when the next message is retried. None where that cannot be said."""

    paused: bool = False
    scheduled: datetime | None = None
    rate: float = 0.0
    ends: datetime | None = None
    retries: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values; times are ISO 8601 with zone."""
        times = {"scheduled": self.scheduled, "ends": self.ends, "retries": self.retries}
        said = {name: at.isoformat() if at else None for name, at in times.items()}
        return {"paused": self.paused, "rate": round(self.rate, 1)} | said


def how_it_goes(project: Project, edition: Edition) -> Going:
    """How an edition's send goes on now, in whichever process."""
    if edition.state.over:
        return Going()
    now = project.now()
    with project.store.database.read() as connection:
        run = ledger.last_run(connection, edition.id)
        at = runs.scheduled_at(connection, edition.id)
        if run is None:
            return Going(scheduled=at.astimezone(project.zone) if at else None)
        left = sum(n for state, n in ledger.sums(connection, edition.id).items() if state.open)
        since = max(run.started, now.timestamp() - RECENT)
        done = reports.settled_since(connection, edition.id, since) if run.state == runs.RUNNING else 0
        due = ledger.next_due(connection, edition.id)
    rate = done / max(now.timestamp() - since, 1.0)
    later = due is not None and due > now
    ends = now + timedelta(seconds=left / rate) if rate and left and not later else None
    return Going(
        run.wish == runs.PAUSE,
        at.astimezone(project.zone) if at else None,
        rate,
        ends,
        due.astimezone(project.zone) if due is not None and later else None,
    )


def _digest(
    project: Project, name: str, today: Identity, edition: Edition | None, states: dict[State, int]
) -> DigestStanding:
    if edition is None:
        clock = project.digest(name).schedule
        due = clock.after(project.now()) if clock else None
        when = f"next at {due:%a %d %b %H:%M}" if due else "no schedule"
        return DigestStanding(name, today.id, "not begun", when)
    total = sum(states.values())
    done = sum(number for state, number in states.items() if not state.open)
    return DigestStanding(
        name, edition.id, edition.state.value, f"{done:,} of {total:,}" if total else edition.subject[:40]
    )
