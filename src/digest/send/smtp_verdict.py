"""What an answer, or a line that broke, means for a message and for the relay. Both clients go by this table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.errors import CredentialsError, DigestError, SendError
from digest.models.mail import Delivery, State
from digest.send.smtp_replies import SLOW_DOWN, Phase, Reply, judge, refusal

LATER = timedelta(minutes=5)
TRIES = 2
CLOSED = "the mail server closed the conversation"
_WANTS_LOGIN = frozenset({530, 535, 538})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one message: a `delivery`, or why it was not taken and may be tried on another connection (`again`), or why
    the whole transport stops (`fatal`).

    `hang_up` when the connection is of no more use; `trouble` when it speaks against the relay, not the recipient;
    `slow` when the receiver asks for fewer messages to its domain.
    """

    delivery: Delivery | None = None
    again: str = ""
    fatal: DigestError | None = None
    hang_up: bool = False
    trouble: bool = False
    slow: bool = False


def sender_refused(delivery: str, sender: str, reply: Reply, now: datetime, where: str) -> Verdict:
    """MAIL was not taken."""
    if reply.code == 421:
        return Verdict(again=CLOSED, hang_up=True)
    if reply.temporary:
        reason = "the mail server asks us to try again later"
        later = Delivery(delivery, State.DEFERRED, reason, str(reply), retry_at=now + LATER)
        return Verdict(later, trouble=True)
    if reply.code < 400:
        return _nonsense(delivery, reply, now)
    if reply.code in _WANTS_LOGIN:
        hint = "set [delivery.smtp] username and password"
        return Verdict(fatal=CredentialsError(f"the mail server wants a login: {reply}", where=where, hint=hint))
    if reply.code == 552 or reply.status in ("5.3.4", "5.6.7"):
        return Verdict(Delivery(delivery, State.REJECTED, refusal(Phase.MAIL, reply), str(reply)))
    hint = "check [publication] from and [delivery] bounce_address"
    return Verdict(fatal=SendError(f"the mail server refuses the sender {sender}: {reply}", where=where, hint=hint))


def not_taken(delivery: str, phase: Phase, reply: Reply, now: datetime) -> Verdict:
    """RCPT was not taken, or DATA was answered with anything but 354."""
    if reply.code == 421 and reply.status[:4] != "4.7.":
        # Only a policy status is about this message; any other 421 is a server that is closing.
        return Verdict(again=CLOSED, hang_up=True)
    if reply.code < 400:
        return _nonsense(delivery, reply, now)
    return _judged(delivery, phase, reply, now)


def ended(delivery: str, reply: Reply, now: datetime) -> Verdict:
    """The answer to the whole message."""
    if 300 <= reply.code < 400:
        reason = "the mail server's last answer made no sense"
        return Verdict(Delivery(delivery, State.UNKNOWN, reason, str(reply)), hang_up=True, trouble=True)
    return _judged(delivery, Phase.END, reply, now)


def interrupted(delivery: str, reply: Reply, now: datetime) -> Verdict:
    """It answered before the message was complete, so it did not take it."""
    if reply.code < 400 or (reply.code == 421 and reply.status[:4] != "4.7."):
        return Verdict(again=CLOSED, hang_up=True)
    found = _judged(delivery, Phase.DATA, reply, now)
    return Verdict(found.delivery, hang_up=True, slow=found.slow)


def lost(delivery: str, may_have_left: bool, why: str) -> Verdict:
    """The line broke, or the time was up: a doubt once the first octet of the final dot may have left."""
    if may_have_left:
        reason = f"no answer after the whole message was sent: {why}"
        return Verdict(Delivery(delivery, State.UNKNOWN, reason), hang_up=True, trouble=True)
    return Verdict(again=why, hang_up=True)


def given_up(delivery: str, why: str, now: datetime) -> Delivery:
    """A message that two connections did not take."""
    reason = f"the message was not taken: {why}"
    return Delivery(delivery, State.DEFERRED, reason, retry_at=now + LATER)


def _judged(delivery: str, phase: Phase, reply: Reply, now: datetime) -> Verdict:
    found = judge(delivery, phase, reply, now)
    slow = found.state is State.DEFERRED and found.reason == SLOW_DOWN
    return Verdict(found, hang_up=reply.code == 421, slow=slow)


def _nonsense(delivery: str, reply: Reply, now: datetime) -> Verdict:
    reason = "the mail server's answer made no sense"
    later = Delivery(delivery, State.DEFERRED, reason, str(reply), retry_at=now + LATER)
    return Verdict(later, hang_up=True, trouble=True)
