"""Send the letters that are due, by the project's own transport: each at most once without a person's word, retried
while the other side only asks for time, and never lost in silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from digest.errors import DigestError, Stale, TemplateError
from digest.models.mail import Answer, Delivery, Message, State
from digest.pipeline.leaving import own_ledger
from digest.pipeline.letter_paper import FOLDER, on_paper
from digest.pipeline.letter_writing import Written, write
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.send import Place, Sender
from digest.store import letters
from digest.store.letters import Letter

WINDOW = 50
KEPT = timedelta(days=30)
TOO_LATE = timedelta(hours=48)
PUT_OFF = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did: letters accepted, put off, and not written or refused."""

    accepted: int = 0
    deferred: int = 0
    dropped: int = 0

    @property
    def any(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.accepted or self.deferred or self.dropped)


def send_due(project: Project, sender: Sender | None = None) -> Worked:
    """Send what is due, at most fifty letters. Only one process does this at a time; the others return at once.
    `sender` is entered here; without one the settings' transport is opened.

    Raises:
        Stale: another store keeps this list, so that nothing may leave from here.
        TemplateError: the template of letters cannot be rendered; those letters wait, all others were sent.
        SendError, CredentialsError: the transport as a whole failed; what did not leave stays queued.
    """
    now = project.now()
    with project.store.database.read() as connection:
        if not letters.due(connection, now, 1) and not letters.in_doubt(connection):
            return Worked()
    transport = sender or sender_for(project)
    if transport.leaves:
        own_ledger(project)
    try:
        with project.store.database.lock(FOLDER, "sending letters"), transport:
            _recover(project, transport)
            return _send(project, transport)
    except Stale as busy:
        if "sending letters" in busy.what:
            return Worked()
        raise


def tidy(project: Project) -> int:
    """Delete letters that were done with a month ago; how many. What was agreed to stays in the consents."""
    with project.store.database.begin() as connection:
        return letters.prune(connection, project.now() - KEPT)


def _recover(project: Project, sender: Sender) -> None:
    """Ask the transport about letters that a process began and did not end."""
    with project.store.database.read() as connection:
        doubtful = letters.in_doubt(connection)
    if not doubtful:
        return
    places = [_place(letter) for letter in doubtful]
    answers = sender.reconcile(places)
    with project.store.database.begin() as connection:
        settled = {place.id: answers.get(place.id, Answer.CANNOT) for place in places}
        letters.settle(connection, settled, project.now())


def _place(letter: Letter) -> Place:
    return Place(letter.id, f"{FOLDER}/{letter.doc.get('day', '')}", str(letter.doc.get("written", letter.kind)))


def _send(project: Project, sender: Sender) -> Worked:
    now = project.now()
    day = now.date().isoformat()
    messages: list[Message] = []
    refused: list[Delivery] = []
    dropped = 0
    broken: TemplateError | None = None
    with project.store.database.begin() as connection:
        for letter in letters.due(connection, now, WINDOW):
            found: Written | str = (
                "nobody could be reached in time"
                if letters.too_old(letter, now, TOO_LATE)
                else write(project, connection, letter)
            )
            if isinstance(found, str):
                letters.drop(connection, letter.id, found, now)
                dropped += 1
                continue
            fresh = letters.get(connection, letter.id) or letter
            letters.keep(connection, fresh, day=day, written=found.kind)
            try:
                made = on_paper(project, found, letter.id, day)
            except TemplateError as problem:
                # The newsroom's template is wrong, not this letter: it waits, and the others go on.
                letters.put_off(connection, letter.id, str(problem), now + PUT_OFF)
                broken = problem
                continue
            if isinstance(made, Delivery):
                refused.append(made)
            else:
                messages.append(made)
                letters.intend(connection, [letter.id], now)
        letters.record(connection, refused, now)
    results: list[Delivery] = []
    unsent: list[str] = []
    try:
        if messages:
            results.extend(sender.send(messages))
    except DigestError:
        # A sender that gives up promises that what has no result did not leave.
        unsent = [message.id for message in messages]
        raise
    finally:
        known = {result.id for result in results}
        with project.store.database.begin() as connection:
            letters.record(connection, results, project.now())
            letters.settle(connection, {key: Answer.ABSENT for key in unsent if key not in known}, project.now())
    if broken:
        raise broken
    by_state = [result.state for result in results]
    deferred = by_state.count(State.DEFERRED)
    accepted = by_state.count(State.ACCEPTED)
    return Worked(accepted, deferred, dropped + len(refused) + len(results) - deferred - accepted)
