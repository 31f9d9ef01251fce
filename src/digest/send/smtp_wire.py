"""Transactions on one open conversation: envelopes in one write, the next one behind the final dot (RFC 2920).

It keeps which reply belongs to what, so that a line that breaks is a doubt only for the message whose final dot had
left, and tells its host what became of each letter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from digest.send.smtp_envelope import envelope, impossible
from digest.send.smtp_greeting import Offers
from digest.send.smtp_letter import Letter
from digest.send.smtp_relay import Relay
from digest.send.smtp_replies import Phase, Reply
from digest.send.smtp_talk import Talk
from digest.send.smtp_verdict import CLOSED, Verdict, ended, interrupted, lost, not_taken, sender_refused


class Host(Protocol):
    """Who has the letters."""

    def next_letter(self, wire: Wire) -> Letter | None:
        """The next letter for this wire; None when there is none now, and the wire will be nudged later."""

    def settled(self, wire: Wire, letter: Letter, verdict: Verdict, blamed: bool) -> None:
        """What became of a letter. `blamed` is false when the line may have been lost for another one's sake."""

    def gone(self, wire: Wire) -> None:
        """The conversation is over; every letter was settled before."""


class _Step(Enum):
    RESET = auto()
    MAIL = auto()
    RECIPIENT = auto()
    DATA = auto()
    END = auto()
    VOID = auto()


class Wire:
    """Gives letters, until `per_connection` of them, an error, or `leave`."""

    def __init__(self, talk: Talk, offers: Offers, relay: Relay, host: Host, now: Callable[[], datetime]) -> None:
        self.relay = relay
        self.done = 0
        self._talk = talk
        self._stream = talk.stream
        self._offers = offers
        self._host = host
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._expected: deque[_Step] = deque()
        self._held: deque[tuple[_Step, bytes]] = deque()
        self._opening: Letter | None = None
        self._ending: Letter | None = None
        self._fated = False
        self._dirty = False
        self._mail_taken = False
        self._begun = 0
        self._mark = 0
        self._leaving = False
        self._closed = False
        self._since = self._loop.time()
        self._seen = 0
        self._timer = self._loop.call_later(min(relay.timeout, relay.final_timeout), self._check)

    def start(self) -> None:
        """Take the first letter."""
        self._talk.hand_over(self._hear, self._lost)
        self.nudge()

    @property
    def hungry(self) -> bool:
        """Whether it would take a letter now."""
        busy = self._opening is not None or (self._ending is not None and not self._offers.pipelining)
        return not (busy or self._leaving or self._closed or self._begun >= self.relay.per_connection)

    @property
    def ending(self) -> bool:
        """Whether the answer to a whole message is waited for."""
        return self._ending is not None

    def nudge(self) -> None:
        """There are letters."""
        if self._take():
            self._stream.flush()

    def leave(self) -> None:
        """Take no more letters; QUIT once the answer to a whole message is there. An envelope in flight is given
        back."""
        opening, self._opening = self._opening, None
        self._leaving = True
        if opening is not None and not self._fated:
            self._host.settled(self, opening, Verdict(again="we hung up"), False)
        if self._ending is None:
            self._quit()

    def drop(self) -> None:
        """Hang up at once; nothing more is told."""
        if not self._closed:
            self._close()

    def _take(self) -> bool:
        while self.hungry:
            letter = self._host.next_letter(self)
            if letter is None:
                return False
            refused = impossible(letter, self._offers)
            if refused is None:
                self._begin(letter)
                return True
            self._host.settled(self, letter, Verdict(refused), True)
        return False

    def _begin(self, letter: Letter) -> None:
        self._opening, self._fated, self._mail_taken = letter, False, False
        self._begun += 1
        if not self._expected:
            self._since = self._loop.time()
        mail, rcpt = envelope(letter, self._offers)
        if self._offers.pipelining:
            reset = "RSET\r\n" if self._dirty else ""
            if reset:
                self._expected.append(_Step.RESET)
            self._expected.extend((_Step.MAIL, _Step.RECIPIENT, _Step.DATA))
            self._stream.queue([f"{reset}{mail}\r\n{rcpt}\r\nDATA\r\n".encode()])
        else:
            if self._dirty:
                self._held.append((_Step.RESET, b"RSET\r\n"))
            self._held.append((_Step.MAIL, f"{mail}\r\n".encode()))
            self._held.append((_Step.RECIPIENT, f"{rcpt}\r\n".encode()))
            self._held.append((_Step.DATA, b"DATA\r\n"))
            self._say_next()
        self._dirty = False

    def _say_next(self) -> None:
        if self._held:
            step, line = self._held.popleft()
            self._expected.append(step)
            self._stream.queue([line])
            self._stream.flush()

    def _hear(self, reply: Reply) -> None:
        if self._closed:
            return
        self._since = self._loop.time()
        if not self._expected:
            # It speaks unasked: it is closing, or it cannot be followed any more.
            self._lost(CLOSED)
            return
        step = self._expected.popleft()
        if step is _Step.END:
            self._hear_end(reply)
        elif step is _Step.RESET or step is _Step.VOID:
            if step is _Step.RESET and not reply.good:
                self._lost(CLOSED)
        elif self._opening is not None:
            self._hear_envelope(step, self._opening, reply)
        self._go_on()

    def _go_on(self) -> None:
        if self._closed:
            return
        if not self._expected:
            self._say_next()
        if self.hungry:
            self.nudge()
        if not self._expected and self._opening is None and self._begun >= self.relay.per_connection:
            self._quit()

    def _hear_envelope(self, step: _Step, letter: Letter, reply: Reply) -> None:
        if self._fated:
            if reply.code == 421:
                self._lost(CLOSED)
            elif step is _Step.DATA:
                self._after_refusal(reply)
            return
        if step is _Step.MAIL:
            if reply.good:
                self._mail_taken = True
                return
            verdict = sender_refused(letter.id, letter.sender, reply, self._now(), self.relay.where)
        elif step is _Step.RECIPIENT:
            if reply.good:
                return
            verdict = not_taken(letter.id, Phase.RECIPIENT, reply, self._now())
        elif reply.code == 354:
            self._give(letter)
            return
        else:
            verdict = not_taken(letter.id, Phase.DATA, reply, self._now())
        self._settle_opening(letter, verdict)
        if step is _Step.DATA or self._held:
            self._held.clear()
            self._after_refusal(reply)

    def _settle_opening(self, letter: Letter, verdict: Verdict) -> None:
        self._fated = True
        # A server that is closing after it took others means none of them: it has a limit for each connection.
        self._host.settled(self, letter, verdict, not verdict.again or self.done == 0)
        if verdict.hang_up or verdict.fatal:
            self._lost(CLOSED)

    def _after_refusal(self, reply: Reply) -> None:
        if self._closed:
            return
        self._opening = None
        self._dirty = self._mail_taken
        if reply.code == 354:
            # It would take a message for nobody: a lone dot ends that, and whatever it answers means nothing.
            self._expected.append(_Step.VOID)
            self._stream.queue([b".\r\n"])
            self._stream.flush()

    def _give(self, letter: Letter) -> None:
        self._mark = self._stream.queue(letter.parts)
        self._stream.queue([b".\r\n"])
        self._expected.append(_Step.END)
        self._opening, self._ending = None, letter
        self._take()
        self._stream.flush()

    def _hear_end(self, reply: Reply) -> None:
        letter, self._ending = self._ending, None
        assert letter is not None
        if self._stream.sent <= self._mark:
            verdict = interrupted(letter.id, reply, self._now())
        else:
            verdict = ended(letter.id, reply, self._now())
        self.done += 1
        self._host.settled(self, letter, verdict, True)
        if verdict.hang_up:
            self._lost(CLOSED, innocent=True)
        elif self._leaving:
            self._quit()

    def _lost(self, why: str, innocent: bool = False) -> None:
        if self._closed:
            return
        self._close()
        ending, opening = self._ending, self._opening
        self._ending = self._opening = None
        if ending is not None:
            left = self._stream.sent > self._mark
            self._host.settled(self, ending, lost(ending.id, left, why), True)
        if opening is not None and not self._fated:
            blamed = ending is None and self.done == 0 and not innocent
            self._host.settled(self, opening, lost(opening.id, False, why), blamed)
        self._host.gone(self)

    def _quit(self) -> None:
        """Say QUIT and hang up. What it answers means nothing."""
        if self._closed:
            return
        self._stream.queue([b"QUIT\r\n"])
        self._stream.flush()
        self._close()
        self._host.gone(self)

    def _close(self) -> None:
        self._closed = True
        self._timer.cancel()
        self._talk.close()

    def _check(self) -> None:
        now = self._loop.time()
        if self._stream.sent != self._seen:
            self._seen, self._since = self._stream.sent, max(self._since, now - self.relay.timeout / 2)
        whole = self._ending is not None and self._stream.sent > self._mark
        limit = self.relay.final_timeout if whole else self.relay.timeout
        due = self._since + limit if self._expected else now + limit
        if now >= due:
            self._lost("the server did not answer in time")
        else:
            self._timer = self._loop.call_at(due, self._check)
