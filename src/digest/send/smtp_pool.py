"""Deals letters to relays by weight and to conversations as they become free; runs on one event loop.

A relay that is in trouble is left out and its letters go to the others. When none is left the pool fails: what may
have left is waited for, and the rest is given back unsent.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from digest.errors import CredentialsError, DigestError, SendError
from digest.models.mail import Delivery, State
from digest.send.smtp_domains import Domains
from digest.send.smtp_greeting import Unreachable, reach
from digest.send.smtp_lane import TROUBLES, Lane
from digest.send.smtp_letter import Letter
from digest.send.smtp_relay import Relay
from digest.send.smtp_verdict import TRIES, Verdict, given_up
from digest.send.smtp_wire import Wire

HOLD = 5.0


class Pool:
    """`report` is called on the loop with each delivery, `changed` when a pool that failed may have become quiet."""

    def __init__(
        self,
        relays: Sequence[Relay],
        *,
        now: Callable[[], datetime],
        context: ssl.SSLContext | None,
        report: Callable[[Delivery], None],
        changed: Callable[[], None],
    ) -> None:
        self.problem: DigestError | None = None
        self._lanes = [Lane(relay) for relay in relays]
        self._of = {id(lane.relay): lane for lane in self._lanes}
        self._now = now
        self._given_context = context
        self._report = report
        self._changed = changed
        self._domains = Domains()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._run = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way of which the result is still to come."""
        return not any(wire.ending for lane in self._lanes for wire in lane.wires)

    def begin(self) -> None:
        """A new run: relays that were out get another chance."""
        self.problem = None
        self._run += 1
        for lane in self._lanes:
            if lane.problem is not None:
                lane.out_until = 0.0

    def add(self, letters: Sequence[Letter]) -> None:
        """More letters, dealt by weight."""
        if self.problem is None:
            for letter in letters:
                self._deal(letter)
            for lane in self._lanes:
                self._pump(lane)

    def fail(self, problem: DigestError | None) -> None:
        """Stop: give back what did not leave, wait for what may have."""
        self.problem = problem
        for lane in self._lanes:
            lane.waiting.clear()
            for wire in list(lane.wires):
                wire.leave()
        for task in self._tasks:
            task.cancel()

    def drop(self) -> None:
        """Hang up everywhere at once, and forget what was to be sent."""
        self._run += 1
        for lane in self._lanes:
            lane.waiting.clear()
            for wire in list(lane.wires):
                wire.drop()
            lane.wires.clear()

    async def close(self) -> None:
        """QUIT everywhere."""
        self.fail(self.problem)
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.drop()

    def next_letter(self, wire: Wire) -> Letter | None:
        """The next letter of the wire's relay whose domain may be written to now."""
        lane = self._lane(wire)
        if lane.problem is not None:
            return None
        if len(lane.wires) > lane.limit:
            wire.leave()
            return None
        while lane.waiting:
            letter = lane.waiting.popleft()
            at = self._loop.time()
            if self._domains.free or (wait := self._domains.wait(letter.domain, at)) <= 0:
                self._domains.began(letter.domain, at)
                return letter
            self._hold(letter, wait)
        return None

    def settled(self, wire: Wire, letter: Letter, verdict: Verdict, blamed: bool) -> None:
        """Pass on what became of a letter, or give it another connection."""
        lane = self._lane(wire)
        if verdict.fatal is not None:
            self._out(lane, verdict.fatal, for_good=True)
            if self.problem is None:
                self._deal(letter, first=True)
            return
        if verdict.slow:
            self._domains.complained(letter.domain, self._loop.time())
        delivery, trouble = verdict.delivery, verdict.trouble
        if delivery is None:
            letter.tries += blamed
            if self.problem is not None:
                return
            if letter.tries < TRIES:
                self._again(lane, letter)
                return
            delivery, trouble = given_up(letter.id, verdict.again, self._now()), True
        self._report(delivery)
        problem = lane.noted(delivery, trouble)
        if problem is not None and lane.problem is None:
            self._out(lane, problem)

    def gone(self, wire: Wire) -> None:
        """A conversation is over."""
        lane = self._lane(wire)
        lane.wires.discard(wire)
        if self.problem is not None:
            self._changed()
        else:
            self._loop.call_soon(self._pump, lane)

    def _lane(self, wire: Wire) -> Lane:
        return self._of[id(wire.relay)]

    def _deal(self, letter: Letter, first: bool = False) -> None:
        at = self._loop.time()
        able = [lane for lane in self._lanes if lane.open(at)]
        if not able:
            return
        lane = min(able, key=lambda lane: lane.dealt / lane.relay.weight) if len(able) > 1 else able[0]
        lane.dealt += 1
        if first:
            lane.waiting.appendleft(letter)
        else:
            lane.waiting.append(letter)

    def _again(self, lane: Lane, letter: Letter) -> None:
        if lane.problem is None:
            lane.waiting.appendleft(letter)
        else:
            self._deal(letter, first=True)
        self._loop.call_soon(self._pump_all)

    def _hold(self, letter: Letter, wait: float) -> None:
        if wait <= HOLD:
            self._loop.call_later(wait, self._release, letter, self._run)
            return
        reason = "the receiver asked us to slow down, and others to its domain wait too"
        due = self._now() + timedelta(seconds=wait)
        self._report(Delivery(letter.id, State.DEFERRED, reason, retry_at=due))

    def _release(self, letter: Letter, run: int) -> None:
        if self.problem is None and run == self._run:
            self._deal(letter, first=True)
            self._pump_all()

    def _pump_all(self) -> None:
        for lane in self._lanes:
            self._pump(lane)

    def _pump(self, lane: Lane) -> None:
        if self.problem is not None or lane.problem is not None:
            return
        for wire in list(lane.wires):
            if not lane.waiting:
                return
            if wire.hungry:
                wire.nudge()
        while lane.may_dial and self.problem is None:
            lane.dialing += 1
            task = self._loop.create_task(self._dial(lane))
            self._tasks.add(task)
            task.add_done_callback(self._dialled)

    def _dialled(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            self._loop.call_exception_handler({"message": "a bug in a conversation", "exception": bug})

    async def _dial(self, lane: Lane) -> None:
        try:
            talk, offers = await reach(lane.relay, self._context)
        except DigestError as problem:
            lane.dialing -= 1
            await self._not_reached(lane, problem)
            return
        except asyncio.CancelledError:
            lane.dialing -= 1
            return
        lane.dialing -= 1
        wire = Wire(talk, offers, lane.relay, self, self._now)
        lane.wires.add(wire)
        lane.proved = True
        wire.start()
        self._pump(lane)

    async def _not_reached(self, lane: Lane, problem: DigestError) -> None:
        for_good = isinstance(problem, CredentialsError) or (
            isinstance(problem, SendError) and not isinstance(problem, Unreachable)
        )
        if lane.wires and not for_good:
            # It works, but not for so many at once.
            lane.limit = len(lane.wires)
            return
        tries = lane.troubled()
        if for_good or tries >= TROUBLES:
            self._out(lane, problem, for_good)
            return
        lane.dialing += 1
        try:
            await asyncio.sleep(lane.relay.backoff * 2.0 ** (tries - 1))
        except asyncio.CancelledError:
            return
        finally:
            lane.dialing -= 1
        self._pump(lane)

    def _out(self, lane: Lane, problem: DigestError, for_good: bool = False) -> None:
        at = self._loop.time()
        lane.out(problem, at, for_good)
        if not any(other.open(at) for other in self._lanes):
            self.fail(problem)
            self._changed()
            return
        letters = list(lane.waiting)
        lane.waiting.clear()
        for wire in list(lane.wires):
            if not wire.ending:
                wire.leave()
        for letter in letters:
            self._deal(letter)
        self._loop.call_soon(self._pump_all)

    def _context(self) -> ssl.SSLContext:
        if self._given_context is None:
            self._given_context = ssl.create_default_context()
        return self._given_context
