"""Delivery status notifications (RFC 3464, in RFC 3462's multipart/report): what a server says became of a mail."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from email.policy import compat32

from digest.events.found import Found, Inbox, event_id, found_in, written_at
from digest.events.letter import Letter, header
from digest.events.status import judge, status_in
from digest.events.told import Told, one_ignored
from digest.events.words import delivery_id, plain, reason
from digest.models.mail import Event, EventKind

_MOST = 20
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_PARSER = Parser(policy=compat32)
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def is_dsn(letter: Letter) -> bool:
    """Whether a mail is such a report, or at least has its middle part."""
    return any(part.kind in _REPORTS and not part.inside for part in letter.parts)


def read_dsn(letter: Letter, inbox: Inbox) -> Told:
    """One event for each recipient that the report names."""
    blocks = [block for part in letter.parts if not part.inside for block in _blocks(part.message, part.kind)][:_MOST]
    found = found_in(letter, inbox)
    envelope = next((name for block in blocks if (name := delivery_id(header(block, "Original-Envelope-Id")))), "")
    if envelope and not found.delivery:
        found = Found(envelope, found.subscriber, found.digest)
    if not found:
        return one_ignored("report about other mail")
    at = written_at(letter, inbox.now)
    events = []
    for index, block in enumerate(blocks):
        action = header(block, "Action").lower().split(" ")[0]
        kind = _kind(action)
        if kind is None:
            continue
        status, said = _why(block)
        events.append(
            Event(
                event_id(kind, letter, found, index),
                found.delivery,
                kind,
                at,
                "" if kind is EventKind.DELIVERED else said or status or "no reason given",
                bounce=judge(status, said) if kind is EventKind.BOUNCED else "",
                subscriber=found.subscriber,
                digest=found.digest,
                address=_address(block),
                proven=False,
                about={"status": status} if status else {},
            )
        )
    return Told(tuple(events)) if events else one_ignored("report without a result")


def _kind(action: str) -> EventKind | None:
    if action == "failed":
        return EventKind.BOUNCED
    if action == "delayed":
        return EventKind.DEFERRED
    return EventKind.DELIVERED if action in _ARRIVED else None


def _blocks(message: Message, kind: str) -> Iterator[Message]:
    """The blocks of fields of a report: about the message, then about each recipient."""
    if not kind.endswith("delivery-status"):
        return
    payload = message.get_payload()
    if not isinstance(payload, list):
        return
    blocks = [block for block in payload if isinstance(block, Message)]
    yield from blocks
    if kind == "message/global-delivery-status" and blocks:
        # RFC 6533: the same fields, of which the standard library takes the first block for a mail and the rest for
        # its text.
        rest = str(blocks[0].get_payload()).replace("\r\n", "\n").strip("\n")
        yield from (_PARSER.parsestr(f"{block}\n\n") for block in rest.split("\n\n")[:_MOST])


def _why(block: Message) -> tuple[str, str]:
    """(status, words). Where the status says nothing in particular, the receiving server's own may."""
    status = status_in(header(block, "Status"))
    words = header(block, "Diagnostic-Code")
    kind, semicolon, rest = words.partition(";")
    said = rest.strip() if semicolon and len(kind) < 40 else words
    if not status or status.endswith((".0.0", ".1.0", ".5.0")):
        status = status_in(said) or status
    return status, reason(said)


def _address(block: Message) -> str:
    """Whom the report is about, as we wrote to them where it says so (RFC 3461), else where it ended up."""
    for name in ("Original-Recipient", "Final-Recipient"):
        _, semicolon, address = header(block, name).partition(";")
        if semicolon and "@" in address:
            return plain(address, 320).strip("<> ")
    return ""
