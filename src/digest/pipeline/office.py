"""What one run works with: made once, when it starts; and whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from digest.models.edition import Edition, EditionState, Rendering
from digest.pipeline.audience import takes
from digest.pipeline.giving import Giver
from digest.pipeline.keeping import from_json
from digest.pipeline.options import Options
from digest.pipeline.pacing import Pacing
from digest.pipeline.papers import Papers
from digest.pipeline.personal import PersonalEdition
from digest.pipeline.project import Project
from digest.store import editions, ledger, runs


@dataclass(frozen=True, slots=True)
class Office:
    """The edition with its letterheads, its readers' own lists by personal segment, and its pace."""

    project: Project
    edition: Edition
    run: str
    giver: Giver
    papers: Papers
    pacing: Pacing
    personal: Mapping[str, PersonalEdition]

    @classmethod
    def of(
        cls, project: Project, edition: Edition, renderings: Mapping[str, Rendering], run: str, pacing: Pacing
    ) -> Self:
        """The office of a frozen edition."""
        with project.store.database.read() as connection:
            kept = editions.kept_personal(connection, edition.id)
        personal: dict[str, PersonalEdition] = {name: from_json(doc) for name, doc in kept.items()}
        since = edition.cut - project.digest(edition.digest).no_repeat.delta
        giver = Giver(edition, personal, since)
        return cls(project, edition, run, giver, Papers(project, edition, renderings, personal), pacing, personal)


def add_recipients(office: Office, renderings: Mapping[str, Rendering], options: Options, now: datetime) -> int:
    """Freeze this run's recipients, and say that the edition is being sent, in one transaction; how many were added.
    A run that only goes on adds nobody."""
    project, edition = office.project, office.edition
    added = 0
    with project.store.database.begin() as connection:
        runs.set_run_state(connection, office.run, runs.RUNNING)
        runs.schedule(connection, edition.id, None)
        editions.set_state(connection, edition.id, EditionState.SENDING, now)
        if options.resume:
            return 0
        for segment, matching in takes(project, edition.digest, now).items():
            if segment not in renderings or (options.segments and segment not in options.segments):
                continue
            own = office.personal.get(segment)
            added += ledger.freeze(
                connection,
                run=office.run,
                edition=edition.id,
                digest=edition.digest,
                segment=segment,
                matching=matching,
                prefix=ledger.delivery_prefix(project.settings.publication.id, edition.id),
                language=own.shelves.language if own else renderings[segment].language,
                languages=tuple(own.variants) if own else (),
                now=now,
                only=options.only,
                limit=None if options.limit is None else options.limit - added,
            )
    return added
