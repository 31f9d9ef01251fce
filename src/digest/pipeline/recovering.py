"""Settle what a process that died left behind: claims go back to planned, intents are asked of the transport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.errors import DigestError
from digest.models.edition import Edition
from digest.models.mail import Answer
from digest.pipeline.project import Project
from digest.pipeline.transport import open_transport
from digest.send import Place, Sender
from digest.store import ledger


def recover(
    project: Project, edition: Edition, sender: Sender | None = None
) -> tuple[str, Sequence[tuple[str, str]]]:
    """What was settled, in words; and (delivery, segment) of what turned out to have been accepted. Call it under the
    edition's lock. Without a sender, that of the last run is asked, where it can be opened."""
    now = project.now()
    with project.store.database.begin() as connection:
        ledger.release(connection, edition.id, now)
        doubtful = ledger.in_doubt(connection, edition.id)
        run = ledger.last_run(connection, edition.id)
    if not doubtful:
        return "", ()
    places = [Place(delivery, edition.id, segment) for delivery, segment in doubtful]
    answers = _ask(project, sender, run.transport if run is not None else None, places)
    settled = {place.id: answers.get(place.id, Answer.CANNOT) for place in places}
    with project.store.database.begin() as connection:
        counts = ledger.settle(connection, settled, now)
    words = ", ".join(f"{number:,} {_WORDS[answer]}" for answer, number in counts.items() if number)
    return words, [pair for pair in doubtful if settled[pair[0]] is Answer.ACCEPTED]


_WORDS = {
    Answer.ACCEPTED: "had been accepted",
    Answer.ABSENT: "had not left",
    Answer.CANNOT: "may have arrived",
}


def _ask(
    project: Project, sender: Sender | None, transport: str | None, places: Sequence[Place]
) -> Mapping[str, Answer]:
    if sender is not None:
        return sender.reconcile(places)
    try:
        opened = open_transport(project, transport)
    except DigestError:
        return {}
    return opened.reconcile(places)
