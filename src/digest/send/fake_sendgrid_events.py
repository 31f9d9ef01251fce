"""The Event Webhook of a fake SendGrid: what it would tell about a mail, signed, and as badly as it may come.

Events and their fields: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
Signature: ECDSA over P-256 with SHA-256 of the timestamp and the raw body, base64 of its DER form.
"""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from digest.send.fake_sendgrid_rules import FakeMail

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

_INVALID = "550 5.1.1 The email account that you tried to reach does not exist"
_FULL = "452 4.2.2 The email account that you tried to reach is over quota"
_POLICY = "554 5.7.1 Message rejected due to its content"
_AFTER: Mapping[str, Mapping[str, Any]] = {
    "delivered": {"event": "delivered", "response": "250 2.0.0 OK"},
    "deferred": {"event": "deferred", "response": _FULL, "attempt": "1"},
    "bounce": {
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "reason": _INVALID,
        "bounce_classification": "Invalid Address",
    },
    "full": {
        "event": "bounce",
        "type": "bounce",
        "status": "5.2.2",
        "reason": _FULL,
        "bounce_classification": "Mailbox Unavailable",
    },
    "blocked": {
        "event": "bounce",
        "type": "blocked",
        "status": "5.7.1",
        "reason": _POLICY,
        "bounce_classification": "Content",
    },
    "open": {"event": "open", "useragent": "Mozilla/5.0", "ip": "192.0.2.1", "sg_machine_open": False},
    "click": {"event": "click", "useragent": "Mozilla/5.0", "ip": "192.0.2.1", "url": "https://news.example/"},
    "spamreport": {"event": "spamreport"},
    "unsubscribe": {"event": "unsubscribe"},
    "group_unsubscribe": {"event": "group_unsubscribe"},
    "group_resubscribe": {"event": "group_resubscribe"},
}
# What must have happened before it can happen.
_BEFORE = dict.fromkeys(
    ("open", "click", "spamreport", "unsubscribe", "group_unsubscribe", "group_resubscribe"), ("delivered",)
)
KINDS = tuple(_AFTER)


def events_of(mail: FakeMail, kinds: Sequence[str], at: int, dropped: str = "") -> list[dict[str, Any]]:
    """What SendGrid tells about a mail, in the order in which it happened, a second apart from second `at`.

    `kinds` are of `KINDS`; what must come before one is added. `dropped` is the reason for which SendGrid did not
    even try. The same mail has the same event ids every time.
    """
    if dropped:
        return [_event(mail, {"event": "dropped", "reason": dropped, "status": "5.0.0"}, 0, at)]
    told: list[str] = []
    for kind in kinds:
        told += [before for before in _BEFORE.get(kind, ()) if before not in told]
        told.append(kind)
    happened: list[Mapping[str, Any]] = [{"event": "processed"}, *(_AFTER[kind] for kind in told)]
    return [_event(mail, what, number, at + number) for number, what in enumerate(happened)]


def _event(mail: FakeMail, what: Mapping[str, Any], number: int, at: int) -> dict[str, Any]:
    seed = f"{mail.message_id} {mail.to} {number} {what['event']}".encode()
    event: dict[str, Any] = {
        "email": mail.to,
        "timestamp": at,
        "smtp-id": f"<{mail.message_id}@fake.sendgrid.example>",
        "category": list(mail.categories),
        "sg_event_id": base64.urlsafe_b64encode(hashlib.sha256(seed).digest()).decode().rstrip("="),
        "sg_message_id": f"{mail.message_id}.filter0001.1.1",
        **mail.custom_args,
        **what,
    }
    if mail.asm_group is not None:
        event["asm_group_id"] = mail.asm_group
    return event


class Signer:
    """Signs posts as SendGrid does. `key` is what a receiver checks with: `[delivery.sendgrid] webhook_key`."""

    def __init__(self, pem: bytes | None = None) -> None:
        """A new key pair, or the private P-256 key of a PEM file.

        Raises:
            ValueError: that is no such key.
        """
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        own = serialization.load_pem_private_key(pem, None) if pem else ec.generate_private_key(ec.SECP256R1())
        if not isinstance(own, ec.EllipticCurvePrivateKey) or not isinstance(own.curve, ec.SECP256R1):
            raise ValueError("a webhook is signed with a private key on the curve P-256")
        self._own = own
        spki = own.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key = base64.b64encode(spki).decode()

    def headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        """The two header fields of a post of this body at this second (since 1970)."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        signature = self._own.sign(str(timestamp).encode() + body, ec.ECDSA(hashes.SHA256()))
        return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: str(timestamp)}


@dataclass(frozen=True, slots=True)
class Posting:
    """How badly events come: `size` in a post, every post `copies` times, the last first when `reordered`, and told
    of as having happened `late` seconds before. A post that is not answered with 2xx is made again, after each of
    `pauses` (seconds), then given up."""

    size: int = 500
    copies: int = 1
    reordered: bool = False
    late: int = 0
    pauses: tuple[float, ...] = ()


def posts(events: Sequence[Mapping[str, Any]], how: Posting) -> Iterator[bytes]:
    """The bodies, in the order in which they come."""
    told = [{**event, "timestamp": event["timestamp"] - how.late} for event in events]
    if how.reordered:
        told.reverse()
    cuts = [*range(0, len(told), how.size), len(told)]
    for start, end in pairwise(cuts):
        for _ in range(how.copies):
            yield (json.dumps(told[start:end], separators=(",", ":")) + "\r\n").encode()


def post_events(
    url: str,
    events: Sequence[Mapping[str, Any]],
    signer: Signer | None,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    how: Posting | None = None,
    timeout: float = 10.0,
) -> list[int]:
    """Post events to a receiver. Returns the status of every post that was made, 0 where no answer came."""
    how = how or Posting()
    statuses: list[int] = []
    for body in posts(events, how):
        for pause in (None, *how.pauses):
            if pause is not None:
                sleep(pause)
            statuses.append(_post(url, body, signer.headers(body, int(clock())) if signer else {}, timeout))
            if 200 <= statuses[-1] < 300:
                break
    return statuses


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    fields = {"Content-Type": "application/json", "User-Agent": "SendGrid Event API", **headers}
    request = urllib.request.Request(url, body, fields)  # noqa: S310 - the url is the tester's own
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code
    except OSError:
        return 0
