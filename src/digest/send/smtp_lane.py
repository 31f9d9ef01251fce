"""One relay as the pool sees it: its letters, its open conversations, and whether it is in order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from digest.errors import DigestError, Stopped
from digest.models.mail import Delivery, State
from digest.send.smtp_letter import Letter
from digest.send.smtp_relay import Relay
from digest.send.smtp_wire import Wire

TROUBLES = 3
POLICY_REFUSALS = 20
COOL_DOWN = 60.0
_MORE_AFTER = 50


@dataclass(eq=False, slots=True)
class Lane:
    """After three troubles in a row, or twenty refusals by policy in a row, a relay is out for a while: whatever is
    wrong is not the recipient. `limit` is how many conversations it gets now; fewer when it complains, slowly more.
    """

    relay: Relay
    waiting: deque[Letter] = field(default_factory=deque)
    wires: set[Wire] = field(default_factory=set)
    dialing: int = 0
    dealt: int = 0
    proved: bool = False
    limit: int = 0
    problem: DigestError | None = None
    out_until: float = 0.0
    _troubles: int = 0
    _refusals: int = 0
    _trips: int = 0
    _good: int = 0

    def __post_init__(self) -> None:
        self.limit = self.relay.connections

    def open(self, at: float) -> bool:
        """Whether it may be given letters."""
        if self.problem is not None and at >= self.out_until:
            self.problem, self.proved, self._troubles, self._refusals = None, False, 0, 0
        return self.problem is None

    @property
    def may_dial(self) -> bool:
        """Whether one more conversation may be begun: one at first, to see whether it answers at all."""
        at_most = self.limit if self.proved else 1
        return self.dialing < len(self.waiting) and len(self.wires) + self.dialing < at_most

    def out(self, problem: DigestError, at: float, for_good: bool = False) -> None:
        """Give it nothing for a while, longer each time."""
        self.problem = problem
        self.out_until = float("inf") if for_good else at + COOL_DOWN * 2.0 ** min(self._trips, 6)
        self._trips += 1

    def back_off(self) -> None:
        """It is asked for too much at a time."""
        self.limit = max(1, min(self.limit, len(self.wires)) // 2)
        self._good = 0

    def troubled(self) -> int:
        """One more trouble; how many in a row."""
        self._troubles += 1
        return self._troubles

    def noted(self, delivery: Delivery, trouble: bool) -> DigestError | None:
        """Take a result into account; the reason to stop when there is one."""
        if trouble:
            self.back_off()
            if self.troubled() >= TROUBLES:
                what = f"the mail server failed with {self._troubles} messages in a row: {delivery.reason}"
                return Stopped(what, where=self.relay.where, hint="go on with --resume when it works again")
        elif delivery.state is State.ACCEPTED:
            self._troubles = self._refusals = self._trips = 0
            self._good += 1
            if self.limit < self.relay.connections and self._good % _MORE_AFTER == 0:
                self.limit += 1
        else:
            self._troubles = 0
        if delivery.reason.startswith("refused by policy"):
            self._refusals += 1
            if self._refusals >= POLICY_REFUSALS:
                what = f"{self._refusals} messages in a row were refused by policy: {delivery.reply}"
                hint = "ask the relay's operator, then go on with --resume"
                return Stopped(what, where=self.relay.where, hint=hint)
        return None
