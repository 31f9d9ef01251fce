"""What leaves: messages, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from digest.models.edition import Rendering


class State(StrEnum):
    """What became of one message for one person, as far as we did it."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    INTENT = "intent"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self in (State.PLANNED, State.CLAIMED, State.INTENT, State.DEFERRED)


class Outcome(StrEnum):
    """What the other side told us later."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Answer(StrEnum):
    """A sender's word on an intent that has no result."""

    ACCEPTED = "accepted"
    ABSENT = "absent"
    CANNOT = "cannot"


class Written(Protocol):
    """Something that says what it decodes to."""

    @property
    def rendering(self) -> Rendering: ...


@dataclass(frozen=True, slots=True)
class Message:
    """One encoded message for one person.

    `chunks` joined are the RFC 5322 message with CRLF line ends, lines of at most 998 octets, seven-bit only.
    `plain`: it is text only, and the html of its `variant` is empty.
    `variant` and `values` are the same message before encoding, for transports that assemble it themselves:
    `values` maps each slot of the variant to its plain (unescaped) text. The variant is put together when it is asked
    for (`written`), because most messages leave without it.
    """

    id: str
    edition: str
    segment: str
    sender: str
    envelope_from: str
    to: str
    to_name: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    chunks: tuple[bytes, ...]
    written: Written
    values: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False

    @property
    def variant(self) -> Rendering:
        """What the message says, with `{{slot}}` where readers differ."""
        return self.written.rendering

    @property
    def raw(self) -> bytes:
        """The whole message as it goes over the wire (before dot-stuffing)."""
        return b"".join(self.chunks)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message: accepted, deferred, rejected or unknown.

    `reason` is in our words and never empty unless accepted; `reply` is the other side's own text, bounded;
    `retry_at` is set when deferred; `reference` is the provider's id of an accepted message.
    """

    id: str
    state: State
    reason: str = ""
    reply: str = ""
    reference: str = ""
    retry_at: datetime | None = None


class EventKind(StrEnum):
    """What can be told about a delivery, a letter or a subscription. `left` ends a subscription; `returned` is a
    reader's own undoing of that."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    DEFERRED = "deferred"
    OPENED = "opened"
    CLICKED = "clicked"
    LEFT = "left"
    RETURNED = "returned"
    USEFUL = "useful"
    NOT_USEFUL = "not_useful"


class Bounce(StrEnum):
    """What a bounce says against the address: it does not exist, it takes no mail now, or nothing (the receiver
    refused this message, or us)."""

    HARD = "hard"
    SOFT = "soft"
    BLOCK = "block"


EVERY_DIGEST = "*"


@dataclass(frozen=True, slots=True)
class Event:
    """Something a provider, a mailbox or a reader told us, in our vocabulary (`EventKind`).

    It concerns the delivery named, or else `subscriber` with `digest` (`*`: every digest). `bounce` is one of
    `Bounce` when bounced. `address` is whom the report itself names. `proven` is false for a report that anybody
    could have written: then it counts for less until `address` fits the delivery. `machine` marks what a program
    did on its own, such as the opening of every mail by a privacy proxy. `about` holds short words more, never an
    address.
    """

    id: str
    delivery: str
    kind: str
    at: datetime
    reason: str = ""
    bounce: str = ""
    subscriber: int = 0
    digest: str = ""
    address: str = ""
    proven: bool = True
    machine: bool = False
    about: Mapping[str, str] = field(default_factory=dict)
