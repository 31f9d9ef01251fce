"""What became of an edition: everyone counted once, why, by domain and segment, and what readers did with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from digest.errors import UsageError
from digest.models.mail import State
from digest.pipeline.progress import Counts
from digest.pipeline.project import Project
from digest.store import editions, ledger, reports, runs


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How many messages are in a state for one reason."""

    state: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class DomainRow:
    """What became of the messages to one domain; the last row may be all smaller ones together."""

    domain: str
    total: int
    accepted: int = 0
    deferred: int = 0
    rejected: int = 0
    unknown: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class ClickRow:
    """How many readers clicked one link: likely by hand, and likely a scanner's program in their name."""

    url: str
    story: str
    title: str
    human: int
    scanner: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `started` and `finished` are None before. `outcomes` is what we were told later (delivered,
    bounced, complained), `segments` states by segment, `feedback` useful and not useful."""

    edition: str
    subject: str
    state: str
    started: datetime | None
    finished: datetime | None
    counts: Counts
    outcomes: Mapping[str, int]
    reasons: tuple[ReasonRow, ...]
    domains: tuple[DomainRow, ...]
    segments: Mapping[str, Mapping[str, int]]
    unsubscribes: int
    complaints: int
    clicks: tuple[ClickRow, ...]
    feedback: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values; times are ISO 8601 with zone."""
        return {
            "edition": self.edition,
            "subject": self.subject,
            "state": self.state,
            "started": self.started.isoformat() if self.started else None,
            "finished": self.finished.isoformat() if self.finished else None,
            "counts": self.counts.as_json(),
            "outcomes": dict(self.outcomes),
            "reasons": [asdict(row) for row in self.reasons],
            "domains": [asdict(row) for row in self.domains],
            "segments": {name: dict(states) for name, states in self.segments.items()},
            "unsubscribes": self.unsubscribes,
            "complaints": self.complaints,
            "clicks": [asdict(row) for row in self.clicks],
            "feedback": dict(self.feedback),
        }


def report(project: Project, edition_id: str) -> Report:
    """The report of an edition, as the store knows it now. Its size does not grow with the number of recipients.

    Raises:
        UsageError: there is no such edition.
    """
    with project.store.database.read() as connection:
        edition = editions.load(connection, edition_id)
        if edition is None:
            raise UsageError(f"{edition_id} has not been drafted")
        totals = ledger.totals(connection, edition_id)
        heard = reports.readers_by_event(connection, edition_id)
        outcomes = reports.outcomes(connection, edition_id)
        run = ledger.last_run(connection, edition_id)
        began = runs.first_started(connection, edition_id)
        reasons = tuple(ReasonRow(state.value, why, n) for state, why, n in ledger.reasons(connection, edition_id))
        domains = tuple(DomainRow(*row) for row in reports.domains(connection, edition_id))
        clicks = tuple(ClickRow(*row) for row in reports.links(connection, edition_id))
    sums: dict[State, int] = {}
    for states in totals.values():
        for state, number in states.items():
            sums[state] = sums.get(state, 0) + number
    ended = run.finished if run is not None and edition.state.over else None
    return Report(
        edition=edition.id,
        subject=edition.subject,
        state=edition.state.value,
        started=began.astimezone(project.zone) if began else None,
        finished=datetime.fromtimestamp(ended, project.zone) if ended else None,
        counts=Counts(sums),
        outcomes=outcomes,
        reasons=reasons,
        domains=domains,
        segments={
            name: {state.value: number for state, number in sorted(states.items())}
            for name, states in sorted(totals.items())
        },
        unsubscribes=heard.get("left", 0),
        complaints=max(outcomes.get("complained", 0), heard.get("complained", 0)),
        clicks=clicks,
        feedback={kind: heard.get(kind, 0) for kind in ("useful", "not_useful")},
    )
