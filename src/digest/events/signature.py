"""Whether SendGrid signed a body: ECDSA (P-256, SHA-256) over the timestamp and the octets as they came.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digest.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
# A batch that was not taken is offered again for 24 hours; what is older than that, and some slack, is a replay.
OLDEST = timedelta(hours=26)
AHEAD = timedelta(minutes=10)

_STAMP = re.compile(r"[0-9]{1,11}").fullmatch


def public_key(text: str) -> EllipticCurvePublicKey:
    """The key of `[delivery.sendgrid] webhook_key`: as SendGrid shows it (base64), or as PEM.

    Raises:
        ConfigError: it is no public key on an elliptic curve.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    bare = "".join(re.sub(r"-----[A-Z ]+-----", "", text).split())
    try:
        key = load_der_public_key(base64.b64decode(bare, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise ConfigError(
            "this is no public key that events could be signed for",
            where="[delivery.sendgrid] webhook_key",
            hint="copy the verification key from SendGrid: Settings, Mail Settings, Event Webhook",
        )
    return key


def refusal(key: EllipticCurvePublicKey, signature: str, timestamp: str, body: bytes, now: datetime) -> str:
    """Why the body is not taken, in words; empty when it is signed and recent. `now` is zone-aware."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    if not signature or not timestamp:
        return "not signed"
    if not _STAMP(timestamp) or len(signature) > 200:
        return "no signature of SendGrid's shape"
    try:
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ECDSA(SHA256()))
    except (binascii.Error, ValueError, InvalidSignature):
        return "not signed by the key of [delivery.sendgrid] webhook_key"
    age = now.astimezone(UTC).timestamp() - int(timestamp)
    if age > OLDEST.total_seconds():
        return "signed too long ago"
    if age < -AHEAD.total_seconds():
        return "signed in the future: one of the two clocks is wrong"
    return ""
