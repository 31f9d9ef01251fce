"""Complaints: feedback reports (RFC 5965), and the bare original that some providers send back instead."""

from __future__ import annotations

from email.message import Message

from digest.events.found import Inbox, event_id, found_in, written_at
from digest.events.letter import Letter, header
from digest.events.told import Told, one_ignored
from digest.events.words import plain
from digest.models.mail import Event, EventKind

# RFC 5965, section 7.3, and what providers write beside it.
_COMPLAINTS = frozenset({"abuse", "fraud", "other", "miscategorized"})
_LEAVING = frozenset({"opt-out", "opt-out-list"})
_ORIGINALS = frozenset({"message/rfc822", "text/rfc822-headers"})


def is_arf(letter: Letter, inbox: Inbox) -> bool:
    """Whether a mail is a complaint: a feedback report, or an original sent back to the mailbox for complaints."""
    kinds = {part.kind for part in letter.parts}
    return "message/feedback-report" in kinds or (inbox.reads == "complaints" and not kinds.isdisjoint(_ORIGINALS))


def read_arf(letter: Letter, inbox: Inbox) -> Told:
    """The complaint as an event. Reports of other kinds (authentication, viruses, "not spam") are ignored."""
    fields = _fields(letter)
    sort = header(fields, "Feedback-Type").lower() if fields else "abuse"
    if sort in _COMPLAINTS:
        kind = EventKind.COMPLAINED
    elif sort in _LEAVING:
        kind = EventKind.LEFT
    else:
        return one_ignored("feedback of another kind")
    found = found_in(letter, inbox)
    if not found:
        return one_ignored("complaint about other mail")
    agent = plain(header(fields, "User-Agent"), 60) if fields else ""
    event = Event(
        event_id(kind, letter, found),
        found.delivery,
        kind,
        written_at(letter, inbox.now),
        "marked as spam" if kind is EventKind.COMPLAINED else "unsubscribed at the mail provider",
        subscriber=found.subscriber,
        digest=found.digest,
        address=_address(fields),
        proven=False,
        about={"agent": agent} if agent and "@" not in agent else {},
    )
    return Told((event,))


def _fields(letter: Letter) -> Message | None:
    for part in letter.parts:
        if part.kind != "message/feedback-report":
            continue
        payload = part.message.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            return payload[0]
    return None


def _address(fields: Message | None) -> str:
    if fields is None:
        return ""
    for name in ("Original-Rcpt-To", "Removal-Recipient"):
        text = header(fields, name).strip("<> ")
        if "@" in text:
            return plain(text, 320)
    return ""
