"""What a mail server's answer means for one message: RFC 5321 codes and RFC 3463 statuses, into our words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.models.mail import Delivery, State

MAX_TEXT = 500

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)")
_QUEUED = re.compile(r"\bqueued (?:as|for delivery as|with id)\s+<?([A-Za-z0-9._@-]{4,100})", re.IGNORECASE)
_SLOW = re.compile(r"rate|too many|too much|slow down|throttl|exceed|unusual", re.IGNORECASE)
_POLICY = re.compile(
    r"spam|block|black|polic|denied|reputation|banned|dmarc|spf|dkim|not authori[sz]ed", re.IGNORECASE
)

_NO_MAILBOX = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
SLOW_DOWN = "the receiver asks us to slow down"
_GREYLIST_WAIT = timedelta(minutes=5)
SLOW_WAIT = timedelta(minutes=15)
_FULL_WAIT = timedelta(minutes=45)


class Phase(StrEnum):
    """How far a conversation has come. Only from `end` on can a message have been taken."""

    CONNECT = "connect"
    GREETING = "greeting"
    HELLO = "hello"
    SECURE = "secure"
    LOGIN = "login"
    MAIL = "mail"
    RECIPIENT = "recipient"
    DATA = "data"
    BODY = "body"
    END = "end"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its code, its enhanced status (empty when it has none), its text on one line, bounded, and its
    lines as they came, without their codes."""

    code: int
    status: str
    text: str
    lines: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


def read_reply(code: int, lines: list[str]) -> Reply:
    """The reply that these lines (without their codes) make up."""
    text = " ".join(" ".join(_printable(line).split()) for line in lines)
    found = _STATUS.match(text)
    # A status of another class than the code is nonsense; the code decides (RFC 2034, section 4).
    status = ".".join(found.groups()) if found and found[1] == str(code)[0] else ""
    return Reply(code, status, text.strip()[:MAX_TEXT], tuple(lines))


def _printable(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else " " for c in line)


def judge(delivery: str, phase: Phase, reply: Reply, now: datetime) -> Delivery:
    """What became of a message whose recipient, data or end got this reply. `now` is zone-aware."""
    if reply.good:
        queued = _QUEUED.search(reply.text)
        return Delivery(delivery, State.ACCEPTED, reply=str(reply), reference=queued[1] if queued else "")
    if reply.temporary:
        reason, wait = _wait(reply)
        return Delivery(delivery, State.DEFERRED, reason, str(reply), retry_at=now + wait)
    return Delivery(delivery, State.REJECTED, refusal(phase, reply), str(reply))


def refusal(phase: Phase, reply: Reply) -> str:
    """Why a message was refused for good. `hard bounce` is the address, `soft bounce` its mailbox as it is now;
    every other word is about us or about the message, and says nothing against the address."""
    status, code, addressed = reply.status, reply.code, phase is Phase.RECIPIENT
    if status in _NO_MAILBOX:
        return "hard bounce: there is no such mailbox"
    if status.startswith("5.7.") or (not status and _POLICY.search(reply.text)):
        return "refused by policy: the receiver does not want this mail"
    if status == "5.6.7":
        return "not possible: the receiver cannot take addresses outside ASCII"
    if status == "5.3.4" or (not status and code == 552 and not addressed):
        return "too large: the receiver does not take messages of this size"
    if status in ("5.2.1", "5.2.2") or (not status and code == 552):
        return "soft bounce: the mailbox is full or closed"
    if not status and addressed and code in (550, 551, 553):
        return "hard bounce: there is no such mailbox"
    return "refused: the receiver does not take this message"


def _wait(reply: Reply) -> tuple[str, timedelta]:
    if reply.status == "4.2.2":
        return "the mailbox is full", _FULL_WAIT
    if reply.status == "4.5.3":
        return "the receiver takes fewer recipients at a time", timedelta(minutes=1)
    if _SLOW.search(reply.text) or (reply.code == 421 and reply.status.startswith("4.7.")):
        return SLOW_DOWN, SLOW_WAIT
    return "the receiver asks us to try again later", _GREYLIST_WAIT
