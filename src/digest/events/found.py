"""Which of our messages a mail is about, and what proves it: the return path, the quoted original, a reader's token.

Anybody can write to an address, and delivery ids can be guessed. A token cannot: where the mail quotes our
List-Unsubscribe, whoever wrote it had the message.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

from digest.events.letter import Letter, header
from digest.events.words import delivery_id

Verify = Callable[[str], tuple[int, str] | None]

_RETURNED = ("delivered-to", "x-original-to", "envelope-to", "to", "x-envelope-to", "x-delivered-to")
_ORIGINAL = frozenset({"text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"})
_TOKEN = re.compile(r"(?<![\w.-])[a-z]{1,12}\.\d{1,18}\.[\w-]{1,80}\.[\w-]{1,20}\.[\w-]{22}(?![\w.-])", re.ASCII)
_LINE = re.compile(r"^[> \t]*(X-Digest-Delivery|Message-ID|List-Unsubscribe):[ \t]*(.{1,2000})", re.I | re.M)
_LONGEST_AGO = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is known when mails are read: the address that bounces go to, a check of unsubscribe tokens that gives
    (subscriber, digest), the time, and what the mailbox is for (`bounces`, `complaints`, `unsubscribes`)."""

    now: datetime
    verify: Verify
    bounce_address: str = ""
    reads: str = "bounces"


@dataclass(frozen=True, slots=True)
class Found:
    """The message meant. `subscriber` and `digest` are only there when a token proved them."""

    delivery: str = ""
    subscriber: int = 0
    digest: str = ""

    def __bool__(self) -> bool:
        return bool(self.delivery or self.subscriber)


def found_in(letter: Letter, inbox: Inbox) -> Found:
    """Which message a report is about; nothing when it does not say."""
    delivery = _by_return_path(letter, inbox.bounce_address)
    subscriber, digest = 0, ""
    for name, value in _quoted(letter):
        if name == "list-unsubscribe" and not subscriber:
            subscriber, digest = token_in(value, inbox.verify) or (0, "")
        elif name == "x-digest-delivery":
            delivery = delivery or delivery_id(value.strip())
        elif name == "message-id":
            delivery = delivery or _ours(value)
    return Found(delivery, subscriber, digest)


def token_in(text: str, verify: Verify) -> tuple[int, str] | None:
    """(subscriber, digest) of the first valid token in a text."""
    for number, match in enumerate(_TOKEN.finditer(text[:4000])):
        if number == 5:
            break
        if known := verify(match[0]):
            return known
    return None


def event_id(what: str, letter: Letter, found: Found, index: int = 0) -> str:
    """An id that is the same whenever the same mail is read again."""
    about = (found.delivery, str(found.subscriber), found.digest, str(index))
    seed = "\n".join((what, letter.mark, letter.header("date"), *about))
    octets = hashlib.sha256(seed.encode("utf-8", "backslashreplace")).digest()
    return f"mail:{base64.b32encode(octets[:20]).decode().lower()}"


def written_at(letter: Letter, now: datetime) -> datetime:
    """When a mail says it was written; now if it does not, or says what cannot be."""
    try:
        at = parsedate_to_datetime(letter.header("date"))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    return at if now - _LONGEST_AGO <= at <= now else now


def _by_return_path(letter: Letter, bounce_address: str) -> str:
    local, _, domain = bounce_address.lower().rpartition("@")
    if not local:
        return ""
    shape = re.compile(rf"{re.escape(local)}\+([A-Za-z0-9_-]{{1,40}})@{re.escape(domain)}", re.IGNORECASE)
    for name in _RETURNED:
        for value in letter.headers(name):
            if match := shape.search(value):
                return match[1]
    return ""


def _quoted(letter: Letter) -> Iterator[tuple[str, str]]:
    """The telling headers of the original that a mail brings along, from its parts, else from its text."""
    any_part = False
    for part in letter.parts:
        if part.kind not in _ORIGINAL:
            continue
        any_part = True
        payload = part.message.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            for name in ("X-Digest-Delivery", "Message-ID", "List-Unsubscribe"):
                yield name.lower(), header(payload[0], name)
        else:
            yield from _lines(part.text)
    if not any_part:
        yield from _lines(letter.text)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    # A long header is folded: its further lines begin with a space (RFC 5322, section 2.2.3).
    unfolded = re.sub(r"\r?\n[> ]*[ \t]+", " ", text)
    for match in _LINE.finditer(unfolded):
        yield match[1].lower(), match[2]


def _ours(value: str) -> str:
    """The delivery in a Message-ID of the shape that `address` writes: `<delivery.edition.publication@domain>`."""
    local = value.strip().strip("<>").partition("@")[0]
    return delivery_id(local.partition(".")[0]) if local.count(".") >= 2 else ""
