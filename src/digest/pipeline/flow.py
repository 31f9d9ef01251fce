"""The stream of messages that a sender draws from, and the record of what becomes of each.

A window is claimed and written down as about to be sent in one transaction, together with the results that have come
in by then; only then does the first of its messages leave. The sender draws the next window while it still waits for
answers about the last, so its connections never run dry. When something fails here, the stream only ends: what is
under way still gets its answer, and the failure is raised after that.

It is longer than other modules because everything here shares one lock and one account of what is under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING

from digest.address import address
from digest.errors import DigestError
from digest.models.mail import Answer, Delivery, Message, State
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.asking import Again, Halt
from digest.pipeline.audience import left_out
from digest.pipeline.giving import Given, grouped
from digest.pipeline.office import Office
from digest.pipeline.reason import why
from digest.pipeline.tally import Tally
from digest.send import Pace
from digest.store import ledger, withdrawals
from digest.store.ledger import Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTHING_NEW = "nothing that is new to this reader"
NO_ANSWER = "the transport gave no answer about it"
SOON = 0.2
# How old, in seconds, may be what a message leaves on: whether somebody has withdrawn meanwhile.
LISTEN = 0.02


@dataclass(slots=True)
class _Flight:
    """A message that is written down as about to be sent and has no result. `drawn` says that the sender has it."""

    person: Recipient
    domain: str
    given: Given | None
    drawn: bool = False

    @property
    def segment(self) -> str:
        return self.person.segment


@dataclass
class Flow:
    """The stream of one call of `Sender.send`.

    `asked` says whether to stop before the next message; `nap` waits for so many seconds, or raises `Halt`. `most` is
    how many messages this stream may hand out; None: all that are due. `together` gives out each window at once, when
    its first message may go: for a transport that puts it into one request.
    """

    office: Office
    tally: Tally
    window: int
    asked: Callable[[], bool]
    nap: Callable[[float], None]
    ticks: Callable[[], float]
    most: int | None = None
    together: bool = False
    failure: DigestError | None = None
    claimed: int = 0
    _queue: deque[tuple[Message, float]] = field(default_factory=deque)
    _out: dict[str, _Flight] = field(default_factory=dict)
    _results: list[Delivery] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set)
    _begun: float = 0.0
    _written: float = 0.0
    _listened: float = 0.0
    _withdrawn: int = 0
    _pace: Pace | None = None
    _lock: RLock = field(default_factory=RLock)

    def messages(self) -> Iterator[Message]:
        """Every message that is due, each at its time. Never raises: a failure of ours ends the stream."""
        self._written = self.ticks()
        while True:
            try:
                if self.asked() or not (self._queue or self._fill()):
                    return
                message, at = self._queue[0]
                self._await(at)
                if self.ticks() - self._listened >= LISTEN and self._withdrawals():
                    continue
            except DigestError as problem:
                self.failure = self.failure or problem
                return
            except Again:
                continue
            except Halt:
                return
            self._queue.popleft()
            self._out[message.id].drawn = True
            yield message

    def answered(self, result: Delivery) -> bool:
        """Takes one result; whether it and those before it were written down."""
        with self._lock:
            self._results.append(result)
            if len(self._results) < self.window and self.ticks() - self._written < SOON:
                return False
            return self._write()

    def again(self) -> None:
        """Return what is written down and has not been drawn to planned, to be claimed anew at another rate."""
        with self._lock:
            self._queue.clear()
            self._give_back([key for key, flight in self._out.items() if not flight.drawn])
            self._pace = None

    def close(self, *, absent: bool, settled: bool) -> None:
        """Write down what is left. `absent`: the sender gave up, and what has no result did not leave. `settled`: it
        ended well, so what it drew and did not answer is in doubt. Otherwise that stays an intent, for the next run
        to ask about.

        Raises:
            DigestError: of the store, then or before.
        """
        with self._lock:
            self._write()
            self._queue.clear()
            answered = {result.id for result in self._results}
            left = {key: flight for key, flight in self._out.items() if key not in answered}
            if settled and self.failure is None:
                self._results += [Delivery(key, State.UNKNOWN, NO_ANSWER) for key, f in left.items() if f.drawn]
                self._write()
            try:
                self._give_back([key for key, flight in left.items() if absent or not flight.drawn])
            except DigestError as problem:
                self.failure = self.failure or problem
            if self.failure is not None:
                raise self.failure

    def _withdrawals(self) -> bool:
        """Whether somebody withdrew since this window was claimed; those who did are then taken out of it."""
        with self._lock:
            with self.office.project.store.database.read() as connection:
                number = withdrawals.told(connection)
            self._listened = self.ticks()
            if number == self._withdrawn:
                return False
            now = self.office.project.now()
            waiting = [self._out[message.id].person for message, _ in self._queue]
            with self.office.project.store.database.begin() as connection:
                self._withdrawn = withdrawals.told(connection)
                barred = self._barred(connection, waiting, now)
                ledger.record(connection, barred, now)
            for delivery in barred:
                del self._out[delivery.id]
                self.tally.moved(State.INTENT, delivery.state)
            gone = {delivery.id for delivery in barred}
            self._queue = deque(item for item in self._queue if item[0].id not in gone)
            return bool(gone)

    def _await(self, at: float) -> None:
        if self.office.pacing.rate is not None and not self.together:
            if self._pace is None:
                self._pace = Pace(self.office.pacing.rate.per_second, clock=self.ticks, sleep=self.nap)
            self._pace.wait()
        while (wait := self._begun + at - self.ticks()) > 0.001:
            self.nap(wait)

    def _fill(self) -> bool:
        """Claim the next window; whether there is anything in it to send."""
        while not self._queue:
            with self._lock:
                claimed = self._claim()
            if not claimed:
                return False
        return True

    def _claim(self) -> int:
        office, now = self.office, self.office.project.now()
        size = office.pacing.size(self.window, together=self.together)
        if self.most is not None:
            size = min(size, self.most)
        if size <= 0 or now >= office.edition.send_by:
            return 0
        results, self._results = self._results, []
        try:
            with office.project.store.database.begin() as connection:
                self._record(connection, results, now)
                if office.pacing.closed(connection, now):
                    size = 0
                room = office.pacing.room(connection, now)
                size = size if room is None else min(size, room)
                taken = ledger.take(connection, office.edition.id, office.run, now, size) if size else ()
                placed = office.pacing.place(connection, taken, now)
                ledger.hold(connection, placed.later, now)
                settled, ready = self._prepare(connection, placed.now, now)
                ledger.record(connection, settled, now)
                first = office.pacing.start(connection, len(ready), now)
                self._withdrawn = withdrawals.told(connection)
        except BaseException:
            self._results = results + self._results
            raise
        self._settled(results)
        self._written = self._begun = self._listened = self.ticks()
        for one in taken:
            self.tally.moved(one.was, State.INTENT)
        self.tally.moved(State.INTENT, State.PLANNED, len(placed.later))
        for delivery in settled:
            self.tally.moved(State.INTENT, delivery.state)
        for message, flight, at in ready:
            self._out[message.id] = flight
            self._queue.append((message, max(first, at)))
        if self.most is not None:
            self.most -= len(ready)
        self.claimed += len(taken)
        return len(taken)

    def _prepare(
        self, connection: Connection, going: Sequence[tuple[Taken, float]], now: datetime
    ) -> tuple[list[Delivery], list[tuple[Message, _Flight, float]]]:
        """Of the claimed: who is not written to after all, and the messages to all others, each with its moment."""
        office = self.office
        people = {one.person.delivery: (one, at) for one, at in going}
        claimed = [one.person for one, _ in going]
        barred = self._barred(connection, claimed, now)
        refused = {delivery.id for delivery in barred}
        able = [person for person in claimed if person.delivery not in refused]
        given = office.giver.give(connection, able)
        settled = [*barred]
        settled += [Delivery(key, State.SKIPPED, NOTHING_NEW) for key, own in given.items() if not own.listed]
        ready: list[tuple[Message, _Flight, float]] = []
        for person in grouped(able, given):
            own = given.get(person.delivery)
            written = self._message(person, own, now)
            if isinstance(written, Delivery):
                settled.append(written)
            else:
                one, at = people[person.delivery]
                ready.append((written, _Flight(person, one.domain, own), at))
        return settled, sorted(ready, key=lambda item: item[2])

    def _barred(self, connection: Connection, people: Sequence[Recipient], now: datetime) -> tuple[Delivery, ...]:
        return left_out(self.office.project, connection, self.office.edition.digest, people, now)

    def _message(self, recipient: Recipient, given: Given | None, now: datetime) -> Message | Delivery:
        office = self.office
        paper = office.papers.of(recipient, given)
        language = paper.language
        spoken = recipient if recipient.language == language else replace(recipient, language=language)
        edition = office.edition
        links = reader_links.live(office.project, recipient.subscriber, edition.digest, edition.id, paper.slots)
        return address(paper, recipient, links=links, why=why(office.project, office.edition.digest, spoken), now=now)

    def _write(self) -> bool:
        """Write the results down; whether that could be done. A failure ends the stream, and they are kept."""
        if not self._results:
            return True
        try:
            with self.office.project.store.database.begin() as connection:
                self._record(connection, self._results, self.office.project.now())
        except DigestError as problem:
            self.failure = self.failure or problem
            return False
        results, self._results = self._results, []
        self._settled(results)
        self._written = self.ticks()
        return True

    def _record(self, connection: Connection, results: Sequence[Delivery], now: datetime) -> None:
        """Results into the ledger, and what readers got into their history."""
        if not results:
            return
        office, out = self.office, self._out
        ledger.record(connection, results, now)
        office.pacing.learn(connection, [(r, out[r.id].domain) for r in results if r.id in out])
        accepted = [r.id for r in results if r.state is State.ACCEPTED and r.id in out]
        fresh = [
            (key, out[key].segment)
            for key in accepted
            if out[key].segment in office.personal or out[key].segment not in self._noted
        ]
        own = {key: given for key, _ in fresh if (given := out[key].given) is not None}
        office.giver.note(connection, fresh, now, own)

    def _settled(self, results: Sequence[Delivery]) -> None:
        """What holds once the results are committed."""
        for result in results:
            flight = self._out.pop(result.id, None)
            if flight is not None:
                self.tally.moved(State.INTENT, result.state)
                if result.state is State.ACCEPTED:
                    self._noted.add(flight.segment)

    def _give_back(self, keys: Sequence[str]) -> None:
        """Return to planned what has certainly not left."""
        if not keys:
            return
        now = self.office.project.now()
        with self.office.project.store.database.begin() as connection:
            ledger.settle(connection, dict.fromkeys(keys, Answer.ABSENT), now)
            self.office.pacing.back(connection, len(keys), now)
        for key in keys:
            del self._out[key]
        self.tally.moved(State.INTENT, State.PLANNED, len(keys))
        if self.most is not None:
            self.most += len(keys)
