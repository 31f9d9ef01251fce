"""SendGrid's Event Webhook: a body of JSON into events. Whether SendGrid wrote it is asked in `signature`.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from digest.events.status import judge, status_in
from digest.events.told import Told, one_junk
from digest.events.words import delivery_id, plain, reason
from digest.models.mail import EVERY_DIGEST, Bounce, Event, EventKind

# What the sender writes beside each message, and SendGrid hands back with every event of it.
DELIVERY_ARG = "digest_delivery"
MAX_BODY = 10_000_000
MAX_EVENTS = 100_000
MAX_ID = 100

_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC).timestamp()
_TOKEN = re.compile(r"[a-z]+\.\d+\.")
_CLASSES: Final[Mapping[str, Bounce]] = MappingProxyType(
    {
        "invalid address": Bounce.HARD,
        "mailbox unavailable": Bounce.SOFT,
        "technical failure": Bounce.SOFT,
        "technical": Bounce.SOFT,
        "content": Bounce.SOFT,
        "reputation": Bounce.SOFT,
        "frequency or volume too high": Bounce.SOFT,
        "frequency/volume": Bounce.SOFT,
    }
)
_HELD_BACK: Final = "SendGrid held it back"


def parse(body: bytes, now: datetime) -> Told:
    """The events of one batch, in its order. What is no event is counted with its reason, never raised.

    `now` bounds the times that the batch claims.
    """
    if len(body) > MAX_BODY:
        return one_junk("larger than 10 MB")
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError):
        return one_junk("no JSON")
    if not isinstance(batch, list):
        return one_junk("no list of events")
    latest = now.timestamp()
    events: list[Event] = []
    ignored: dict[str, int] = {}
    junk: dict[str, int] = {}
    for item in batch[:MAX_EVENTS]:
        read = _read(item, latest)
        if isinstance(read, tuple):
            events += read
        elif read.startswith("-"):
            junk[read[1:]] = junk.get(read[1:], 0) + 1
        else:
            ignored[read] = ignored.get(read, 0) + 1
    if len(batch) > MAX_EVENTS:
        junk[f"behind the first {MAX_EVENTS:,} of a batch"] = len(batch) - MAX_EVENTS
    return Told(tuple(events), ignored, junk)


def _read(item: Any, latest: float) -> tuple[Event, ...] | str:
    """The events of one item, or what it is instead: junk with a hyphen before it."""
    if not isinstance(item, dict):
        return "-no object"
    kind, stamp = item.get("event"), item.get("timestamp")
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        return f"{kind}" if isinstance(kind, str) and kind in _KNOWN else "-of a kind that is not known"
    if isinstance(stamp, bool) or not isinstance(stamp, int | float) or not _EARLIEST <= stamp < 1e11:
        return "-without a time"
    delivery = delivery_id(item.get(DELIVERY_ARG)) or _by_message_id(item.get("smtp-id"))
    if not delivery:
        return "of other mail"
    at = datetime.fromtimestamp(min(stamp, latest), UTC)
    return read(_id(item), delivery, at, item)


def _id(item: Mapping[str, Any]) -> str:
    key = item.get("sg_event_id")
    if isinstance(key, str) and 0 < len(key) <= MAX_ID and key.isascii() and key.isprintable():
        return f"sg:{key}"
    # Without an id of its own an event is told from others by all that it says.
    written = json.dumps(item, sort_keys=True, default=str).encode("utf-8", "backslashreplace")
    return f"sg#{hashlib.sha256(written).hexdigest()[:40]}"


def _by_message_id(text: object) -> str:
    """The delivery by our own Message-ID, for mail that went through SendGrid's relay."""
    if not isinstance(text, str):
        return ""
    return delivery_id(text.strip("<> ").partition("@")[0].partition(".")[0]) if text.count(".") > 1 else ""


def _delivered(key: str, delivery: str, at: datetime, _: Mapping[str, Any]) -> tuple[Event, ...]:
    return (Event(key, delivery, EventKind.DELIVERED, at),)


def _deferred(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    return (Event(key, delivery, EventKind.DEFERRED, at, reason(item.get("response"))),)


def _bounced(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    said = reason(item.get("reason"))
    status = status_in(plain(item.get("status"), 20)) or status_in(said)
    if item.get("type") == "blocked" or item.get("event") == "blocked":
        bounce = Bounce.BLOCK
    else:
        named = plain(item.get("bounce_classification"), 60).lower()
        bounce = _CLASSES.get(named) or judge(status, said)
    return (_bounce(key, delivery, at, bounce, said, status),)


def _dropped(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    """SendGrid took the message and did not send it, mostly because it suppresses the address itself."""
    said = reason(item.get("reason"))
    lower = said.lower()
    words = f"{_HELD_BACK}: {said}" if said else _HELD_BACK
    if "unsubscribed" in lower:
        held = _bounce(key, delivery, at, Bounce.BLOCK, words, "")
        return held, Event(f"{key}/left", delivery, EventKind.LEFT, at, said)
    # An address that SendGrid keeps as bounced or complaining gets nothing from it any more: ours says the same.
    final = any(word in lower for word in ("bounced address", "spam reporting", "invalid address"))
    return (_bounce(key, delivery, at, Bounce.HARD if final else Bounce.BLOCK, words, ""),)


def _bounce(key: str, delivery: str, at: datetime, bounce: Bounce, said: str, status: str) -> Event:
    about = {"status": status} if status else {}
    return Event(key, delivery, EventKind.BOUNCED, at, said, bounce=bounce, about=about)


def _opened(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    return (Event(key, delivery, EventKind.OPENED, at, machine=item.get("sg_machine_open") is True),)


def _clicked(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    # Without its query: that may say who clicked. A link with a reader's token is not kept at all.
    url = re.split(r"[?#]", plain(item.get("url"), 500))[0]
    kept = {"url": url} if url.startswith(("https://", "http://")) and not _TOKEN.search(url) else {}
    return (Event(key, delivery, EventKind.CLICKED, at, about=kept),)


def _complained(key: str, delivery: str, at: datetime, _: Mapping[str, Any]) -> tuple[Event, ...]:
    return (Event(key, delivery, EventKind.COMPLAINED, at, "marked as spam"),)


def _left(key: str, delivery: str, at: datetime, item: Mapping[str, Any]) -> tuple[Event, ...]:
    digest = EVERY_DIGEST if item.get("event") == "unsubscribe" else ""
    return (Event(key, delivery, EventKind.LEFT, at, "unsubscribed at SendGrid", digest=digest),)


_Reader = Callable[[str, str, datetime, Mapping[str, Any]], tuple[Event, ...]]
_KINDS: Final[Mapping[str, _Reader]] = MappingProxyType(
    {
        "delivered": _delivered,
        "deferred": _deferred,
        "bounce": _bounced,
        "blocked": _bounced,
        "dropped": _dropped,
        "open": _opened,
        "click": _clicked,
        "spamreport": _complained,
        "unsubscribe": _left,
        "group_unsubscribe": _left,
    }
)
_KNOWN: Final = frozenset({"processed", "group_resubscribe", "account_status_change"})
