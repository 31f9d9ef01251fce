"""Send a frozen edition: claim a window, write down the intent, hand it to the sender, write down the results.

At any moment the process may be killed: what was only claimed is claimed again, what was meant to be sent is
asked of the sender, and what the sender cannot say is left as unknown for a person to decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.address import address
from digest.errors import DigestError, Stopped
from digest.models.edition import Edition, EditionState, Rendering
from digest.models.mail import Answer, Delivery, Message, State
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.audience import takes
from digest.pipeline.giving import Given, Giver, grouped
from digest.pipeline.keeping import from_json
from digest.pipeline.papers import Papers
from digest.pipeline.personal import PersonalEdition
from digest.pipeline.progress import Counts, Event
from digest.pipeline.project import Project
from digest.pipeline.reason import why
from digest.send import Pace, Place, Sender
from digest.settings import Rate
from digest.store import editions, ledger, suppression

if TYPE_CHECKING:
    pass

WINDOW = 200
NOTHING_NEW = "nothing that is new to this reader"


@dataclass(frozen=True, slots=True)
class Options:
    """How to send. `wait` is how long to stay for deferred messages; `limit` how many people this run adds."""

    rate: Rate | None = None
    only: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    limit: int | None = None
    resume: bool = False
    retry_failed: bool = False
    retry_unknown: bool = False
    wait: timedelta = timedelta()
    window: int = WINDOW

    @property
    def whole(self) -> bool:
        """Whether the run is for everyone of the edition."""
        return not (self.only or self.segments or self.limit)


def deliver(
    project: Project,
    edition: Edition,
    renderings: Mapping[str, Rendering],
    sender: Sender,
    options: Options,
    *,
    stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Event]:
    """Send the edition to everyone who has not got it; one event for each step. `stop` is asked between windows.

    Raises:
        Stale: another process is sending this edition.
        Stopped: something is left to do; the same command with `--resume` goes on.
        SendError, CredentialsError: the transport as a whole failed; what was done is written down.
    """
    database = project.store.database
    with database.lock(f"send {edition.id}", f"sending {edition.id}"):
        send = _Send(project, edition, renderings, sender, options, stop, sleep)
        yield from send.run()


@dataclass
class _Send:
    """One run under the lock."""

    project: Project
    edition: Edition
    renderings: Mapping[str, Rendering]
    sender: Sender
    options: Options
    stop: Callable[[], bool]
    sleep: Callable[[float], None]
    run_id: str = ""
    began: float = 0.0
    personal: Mapping[str, PersonalEdition] = field(default_factory=dict)
    giver: Giver = field(init=False)
    papers: Papers = field(init=False)

    def run(self) -> Iterator[Event]:
        self.began = time.monotonic()
        start = self.project.now()
        with self.project.store.database.read() as connection:
            kept = editions.kept_personal(connection, self.edition.id)
        self.personal = {name: from_json(doc) for name, doc in kept.items()}
        since = self.edition.cut - self.project.digest(self.edition.digest).no_repeat.delta
        self.giver = Giver(self.edition, self.personal, since)
        self.papers = Papers(self.project, self.edition, self.renderings, self.personal)
        doubts = self._recover(start)
        added = self._freeze(start)
        yield self._event("resumed" if doubts or self.options.resume else "started", words=doubts)
        ended = "stopped"
        try:
            yield from self._windows(start)
            ended = "finished"
        finally:
            with self.project.store.database.begin() as connection:
                ledger.close_run(connection, self.run_id, ended, self.project.now())
        self._finish()
        yield self._event("finished", words=f"{added} added" if added else "")

    def _recover(self, now: datetime) -> str:
        """Settle what an interrupted run left behind, and plan again what a person asked for."""
        with self.project.store.database.begin() as connection:
            ledger.release(connection, self.edition.id, now)
            doubtful = ledger.in_doubt(connection, self.edition.id)
        words = ""
        if doubtful:
            places = [Place(delivery, self.edition.id, segment) for delivery, segment in doubtful]
            answers = self.sender.reconcile(places)
            settled = {place.id: answers.get(place.id, Answer.CANNOT) for place in places}
            with self.project.store.database.begin() as connection:
                counts = ledger.settle(connection, settled, now)
                self.giver.note(connection, [pair for pair in doubtful if settled[pair[0]] is Answer.ACCEPTED], now)
            words = ", ".join(f"{number} {answer.value}" for answer, number in counts.items() if number)
        again = [State.REJECTED] * self.options.retry_failed + [State.UNKNOWN] * self.options.retry_unknown
        if again:
            with self.project.store.database.begin() as connection:
                ledger.reopen(connection, self.edition.id, again, now)
        return words

    def _freeze(self, now: datetime) -> int:
        """Freeze the edition and this run's recipients, in one transaction."""
        project, options = self.project, self.options
        added = 0
        with project.store.database.begin() as connection:
            opts = {"only": list(options.only), "segments": list(options.segments), "limit": options.limit}
            self.run_id = ledger.open_run(connection, self.edition.id, self.sender.name, opts, now)
            editions.set_state(connection, self.edition.id, EditionState.SENDING, now)
            if options.resume:
                return 0
            for segment, matching in takes(project, self.edition.digest, now).items():
                if segment not in self.renderings or (options.segments and segment not in options.segments):
                    continue
                left = None if options.limit is None else options.limit - added
                own = self.personal.get(segment)
                added += ledger.freeze(
                    connection,
                    run=self.run_id,
                    edition=self.edition.id,
                    digest=self.edition.digest,
                    segment=segment,
                    matching=matching,
                    prefix=ledger.delivery_prefix(project.settings.publication.id, self.edition.id),
                    language=own.shelves.language if own else self.renderings[segment].language,
                    languages=tuple(own.variants) if own else (),
                    now=now,
                    only=options.only,
                    limit=left,
                )
        return added

    def _windows(self, start: datetime) -> Iterator[Event]:
        rate = self.options.rate or (self.project.settings.delivery.rate if self.sender.leaves else None)
        while True:
            now = self.project.now()
            if now >= self.edition.send_by:
                self._expire(now)
                return
            if self.stop():
                raise Stopped(self._left("stopped"), hint=self._resume_hint())
            with self.project.store.database.begin() as connection:
                claimed = ledger.claim(connection, self.edition.id, self.run_id, now, self.options.window)
                barred = suppression.barred(
                    connection,
                    self.project.store.suppression_key,
                    self.edition.digest,
                    claimed,
                    day=now,
                    big=self.project.digest(self.edition.digest).template == "breaking",
                )
                refused = {delivery.id for delivery in barred}
                ready = [recipient for recipient in claimed if recipient.delivery not in refused]
                given = self.giver.give(connection, ready)
                empty = [Delivery(key, State.SKIPPED, NOTHING_NEW) for key, own in given.items() if not own.listed]
                ledger.record(connection, [*barred, *empty], now)
                ready = grouped(ready, given)
            if not claimed:
                if not self._wait(start, now):
                    return
                yield self._event("waiting")
                continue
            self._send_window(ready, given, now, rate)
            yield self._event("progress")

    def _send_window(
        self, ready: Sequence[Recipient], given: Mapping[str, Given], now: datetime, rate: Rate | None
    ) -> None:
        written = [self._message(recipient, given.get(recipient.delivery), now) for recipient in ready]
        messages = [item for item in written if isinstance(item, Message)]
        results = [item for item in written if isinstance(item, Delivery)]
        database = self.project.store.database
        with database.begin() as connection:
            ledger.record(connection, results, now)
            ledger.intend(connection, [message.id for message in messages], now)
        results = []
        stream = Pace(rate.per_second, sleep=self.sleep).through(messages) if rate else messages
        unsent: list[str] = []
        try:
            for result in self.sender.send(stream):
                results.append(result)
        except DigestError:
            # A sender that gives up promises that what has no result did not leave.
            known = {result.id for result in results}
            unsent = [message.id for message in messages if message.id not in known]
            raise
        finally:
            after = self.project.now()
            accepted = {result.id for result in results if result.state is State.ACCEPTED}
            with database.begin() as connection:
                ledger.record(connection, results, after)
                ledger.settle(connection, dict.fromkeys(unsent, Answer.ABSENT), after)
                self.giver.note(connection, [(m.id, m.segment) for m in messages if m.id in accepted], after, given)

    def _message(self, recipient: Recipient, given: Given | None, now: datetime) -> Message | Delivery:
        paper = self.papers.of(recipient, given)
        spoken = replace(recipient, language=paper.encoded.rendering.language)
        links = reader_links.live(self.project, recipient.subscriber, self.edition.digest, self.edition.id)
        return address(paper, recipient, links=links, why=why(self.project, self.edition.digest, spoken), now=now)

    def _wait(self, start: datetime, now: datetime) -> bool:
        """Whether to look again: something is due later, and soon enough to stay for it.

        Raises:
            Stopped: it is due later than `--wait` allows.
        """
        with self.project.store.database.read() as connection:
            due = ledger.next_due(connection, self.edition.id)
        if due is None:
            return False
        seconds = max((due - now).total_seconds(), 0.05)
        if now + timedelta(seconds=seconds) > start + self.options.wait:
            raise Stopped(
                self._left(f"will retry at {due.astimezone(self.project.zone):%H:%M}"), hint=self._resume_hint()
            )
        self.sleep(min(seconds, 1.0))
        return True

    def _expire(self, now: datetime) -> None:
        with self.project.store.database.begin() as connection:
            until = f"not sent by {self.edition.send_by.astimezone(self.project.zone):%d %b %H:%M}"
            ledger.close_out(connection, self.edition.id, State.EXPIRED, until, now)

    def _finish(self) -> None:
        """The edition is sent when nobody is left; a run for some people only leaves it open for the others."""
        now = self.project.now()
        counts = self._counts()
        if counts.remaining or not (self.options.whole or self.edition.state.over):
            return
        nothing = now >= self.edition.send_by and not counts.of(State.ACCEPTED)
        state = EditionState.EXPIRED if nothing else EditionState.SENT
        with self.project.store.database.begin() as connection:
            editions.set_state(connection, self.edition.id, state, now)

    def _counts(self) -> Counts:
        with self.project.store.database.read() as connection:
            return Counts(ledger.sums(connection, self.edition.id))

    def _event(self, kind: str, words: str = "") -> Event:
        seconds = time.monotonic() - self.began
        counts = self._counts()
        return Event(
            kind, self.run_id, self.edition.id, counts, seconds, counts.done / seconds if seconds else 0.0, words
        )

    def _left(self, why_left: str) -> str:
        counts = self._counts()
        return f"{counts.done:,} of {counts.total:,} done, {counts.remaining:,} left: {why_left}"

    def _resume_hint(self) -> str:
        name = self.edition.id.replace("/", "@", 1)
        return f"go on with: digest send {name} --resume"
