"""One run of sending an edition: freeze whom it is for, hand the sender a stream, wait for what was put off, and come
to an end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import datetime

from digest.errors import Declined, DigestError, Stale, Stopped
from digest.models.edition import Edition, EditionState, Rendering
from digest.models.mail import State
from digest.pipeline import hearing
from digest.pipeline.asking import STOP, Again, Asking, Halt
from digest.pipeline.canary import Canary
from digest.pipeline.control import cancel_now
from digest.pipeline.flow import Flow
from digest.pipeline.naming import spelled
from digest.pipeline.office import Office, add_recipients
from digest.pipeline.options import Options
from digest.pipeline.pacing import Pacing
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.pipeline.recovering import recover
from digest.pipeline.tally import Tally
from digest.pipeline.timing import LOOK, Time
from digest.send import Sender
from digest.settings import Rate
from digest.store import editions, ledger, runs

WINDOW = 200
TURN = 60.0
AGAIN = 10.0
RECOUNT = 50.0


class Run:
    """One run under the lock."""

    def __init__(
        self,
        project: Project,
        edition: Edition,
        renderings: Mapping[str, Rendering],
        sender: Sender,
        options: Options,
        stop: Callable[[], bool],
        clocks: Time,
        run: str | None,
    ) -> None:
        self.project, self.edition, self.renderings = project, edition, renderings
        self.sender, self.options, self.clocks = sender, options, clocks
        self.began = clocks.ticks()
        self.counted = (0.0, 0.0)
        self.tally = Tally({})
        self.flow: Flow | None = None
        self.run_id = self._opened(run)
        self.asking = Asking(project, self.run_id, stop, clocks, self._at_another_rate)
        self.office = self._office()

    def run(self) -> Iterator[Event]:
        now = self.project.now()
        words, accepted = recover(self.project, self.edition, self.sender)
        # Before anything in doubt is planned again: whom an event has told of got it.
        hearing.settle(self.project)
        self._reopen(accepted, now)
        added = add_recipients(self.office, self.renderings, self.options, now)
        self._recount()
        counts = self.tally.counts
        self.before = counts.done
        self.canary = Canary(self.project, self.edition.id, self.run_id, leaves=self.sender.leaves, counts=counts)
        yield self._event("resumed" if words or self.options.resume else "started", words=words)
        ended = "stopped"
        try:
            yield from self._all()
            ended = "finished"
        except Declined:
            ended = "cancelled"
            raise
        finally:
            if self.canary.refused:
                ended = runs.REFUSED
            elif self.asking.halt == runs.PAUSE:
                ended = runs.PAUSED
            with self.project.store.database.begin() as connection:
                ledger.close_run(connection, self.run_id, ended, self.project.now())
            # What cannot be heard now, the next send hears.
            with contextlib.suppress(DigestError):
                hearing.after_sending(self.project, sleep=self.clocks.sleep)
        self._finish()
        yield self._event("finished", words=f"{added} added" if added else "")

    def _opened(self, run: str | None) -> str:
        options, edition, now = self.options, self.edition.id, self.project.now()
        with self.project.store.database.begin() as connection:
            known = editions.load(connection, edition)
            if known is not None and known.state is EditionState.CANCELLED:
                raise Stale(f"{edition} was cancelled meanwhile: nothing was sent")
            if run is None:
                run = ledger.open_run(connection, edition, self.sender.name, options.as_json(), now)
            if options.rate:
                runs.set_rate(connection, run, options.rate.text)
        return run

    def _office(self) -> Office:
        asked = Rate.parse(self.asking.rate) if self.asking.rate else None
        pacing = Pacing(self.project, leaves=self.sender.leaves, rate=self._rate(asked), wall=self.clocks.wall)
        return Office.of(self.project, self.edition, self.renderings, self.run_id, pacing)

    def _rate(self, asked: Rate | None) -> Rate | None:
        return asked or (self.project.settings.delivery.rate if self.sender.leaves else None)

    def _at_another_rate(self, asked: Rate | None) -> None:
        self.office.pacing.rate = self._rate(asked)
        if self.flow is not None:
            self.flow.again()

    def _reopen(self, accepted: Sequence[tuple[str, str]], now: datetime) -> None:
        """Plan again what a person asked for; and remember what an interrupted run turned out to have sent."""
        options, edition = self.options, self.edition.id
        again = [State.REJECTED] * options.retry_failed + [State.UNKNOWN] * options.retry_unknown
        with self.project.store.database.begin() as connection:
            self.office.giver.note(connection, accepted, now)
            if again:
                ledger.reopen(connection, edition, again, now)
            self.office.pacing.begin(connection, edition, now)

    def _all(self) -> Iterator[Event]:
        idle: float | None = None
        while True:
            claimed = yield from self._stretch()
            if self.asking.halt == STOP:
                raise Stopped(self._left("stopped"), hint=self._resume_hint())
            if self.asking.halt == runs.CANCEL:
                self._cancel()
            if self.asking.halt == runs.PAUSE:
                yield from self._paused()
                continue
            now = self.project.now()
            if now >= self.edition.send_by:
                self._expire(f"not sent by {self._moment(self.edition.send_by)}", now)
                return
            self.canary.judge(self.tally.counts)
            if claimed:
                idle = None
                continue
            if self._closed(now):
                return
            idle = self.clocks.ticks() if idle is None else idle
            if not self._stays(now, idle):
                return
            yield self._event("waiting")

    def _stretch(self) -> Generator[Event, None, int]:
        """Send all that is due; how many were claimed."""
        window = self.options.window or int(getattr(self.sender, "batch", WINDOW))
        asking, ticks = self.asking, self.clocks.ticks
        together = bool(getattr(self.sender, "together", False))
        most = self.canary.left or None
        size = self.office.pacing.size(window, together=together)
        if together and size < window:
            # So that no message is drawn and lies in a half-filled request while its pace holds the others back.
            most = min(most or size, size)
        flow = Flow(self.office, self.tally, max(window, 1), asking.asked, asking.nap, ticks, most, together)
        self.flow = flow
        stream = iter(self.sender.send(flow.messages()))
        settled = absent = False
        try:
            while True:
                try:
                    result = next(stream)
                except StopIteration:
                    settled = True
                    break
                except DigestError:
                    # A sender that gives up promises that what has no result did not leave.
                    absent = True
                    raise
                self.canary.tried()
                if flow.answered(result):
                    yield self._event("progress")
        finally:
            if not settled and isinstance(stream, Generator):
                stream.close()
            self.flow = None
            flow.close(absent=absent, settled=settled)
        if flow.claimed:
            yield self._event("progress")
        return flow.claimed

    def _paused(self) -> Iterator[Event]:
        """Stay paused until somebody says resume, for as long as `--wait` allows.

        Raises:
            Stopped: nobody did, or this process was asked to stop.
            Declined: it was cancelled.
        """
        with self.project.store.database.begin() as connection:
            runs.set_run_state(connection, self.run_id, runs.PAUSED)
        self._recount()
        yield self._event("paused")
        over = self.edition.send_by
        word = self.asking.paused(self.options.wait.total_seconds(), lambda: self.project.now() >= over)
        if word == runs.CANCEL:
            self._cancel()
        if word:
            raise Stopped(self._left("paused"), hint=f"go on with: digest resume {spelled(self.edition.id)}")
        self.asking.halt = ""
        with self.project.store.database.begin() as connection:
            runs.set_wish(connection, self.run_id, runs.NO_WISH)
            runs.set_run_state(connection, self.run_id, runs.RUNNING)
        yield self._event("resumed")

    def _cancel(self) -> None:
        number = cancel_now(self.project, self.edition.id)
        self._recount()
        accepted = self.tally.counts.of(State.ACCEPTED)
        raise Declined(f"{self.edition.id} is cancelled: {accepted:,} had been accepted, {number:,} get nothing")

    def _closed(self, now: datetime) -> bool:
        """Put off what may not leave now; whether that is for ever."""
        with self.project.store.database.begin() as connection:
            closed = self.office.pacing.closed(connection, now)
            if closed is None:
                return False
            if closed.until < self.edition.send_by:
                ledger.put_off(connection, self.edition.id, closed.until, closed.why, now)
        if closed.until >= self.edition.send_by:
            self._expire(f"{closed.why}, and after that it would be old news", now)
            return True
        self._recount()
        return False

    def _stays(self, now: datetime, idle: float) -> bool:
        """Wait a little, when something is due soon enough to stay for it; False when nothing is left.

        Raises:
            Stopped: it is due later than `--wait` allows.
        """
        with self.project.store.database.read() as connection:
            due = ledger.next_due(connection, self.edition.id)
            held = ledger.next_held(connection, self.edition.id)
        if due is None:
            return False
        if self.clocks.ticks() - self.counted[0] > RECOUNT * self.counted[1] + LOOK:
            self._recount()
        seconds = max((due - now).total_seconds(), 0.05)
        stay = self.options.wait.total_seconds()
        if held is not None:
            # What only waits for its turn at the pace is no reason to leave.
            stay = max(stay, TURN)
        # A clock that stands still never comes to what is due.
        if seconds > stay or self.clocks.ticks() - idle > stay + TURN:
            raise Stopped(self._left(f"will retry {self._moment(due)}"), hint=self._resume_hint())
        with contextlib.suppress(Halt, Again):
            self.asking.nap(min(seconds, AGAIN))
        return True

    def _expire(self, reason: str, now: datetime) -> None:
        with self.project.store.database.begin() as connection:
            ledger.close_out(connection, self.edition.id, State.EXPIRED, reason, now)

    def _finish(self) -> None:
        """The edition is sent when nobody is left; a run for some people only leaves it open for the others."""
        self._recount()
        counts = self.tally.counts
        if counts.remaining or not (self.options.whole or self.edition.state.over):
            return
        nothing = counts.of(State.EXPIRED) and not counts.of(State.ACCEPTED, State.UNKNOWN)
        state = EditionState.EXPIRED if nothing else EditionState.SENT
        with self.project.store.database.begin() as connection:
            editions.set_state(connection, self.edition.id, state, self.project.now())

    def _recount(self) -> None:
        began = self.clocks.ticks()
        with self.project.store.database.read() as connection:
            self.tally.recount(ledger.sums(connection, self.edition.id))
        self.counted = (self.clocks.ticks(), self.clocks.ticks() - began)

    def _event(self, kind: str, words: str = "") -> Event:
        seconds = self.clocks.ticks() - self.began
        counts = self.tally.counts
        rate = max(counts.done - self.before, 0) / seconds if seconds > 0 else 0.0
        return Event(kind, self.run_id, self.edition.id, counts, seconds, rate, words)

    def _left(self, why_left: str) -> str:
        self._recount()
        counts = self.tally.counts
        return f"{counts.done:,} of {counts.total:,} done, {counts.remaining:,} left: {why_left}"

    def _moment(self, when: datetime) -> str:
        local, today = when.astimezone(self.project.zone), self.project.now().date()
        return f"at {local:%H:%M}" if local.date() == today else f"on {local:%d %b} at {local:%H:%M}"

    def _resume_hint(self) -> str:
        return f"go on with: digest send {spelled(self.edition.id)} --resume"
