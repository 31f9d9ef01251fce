"""Whether SendGrid signed a body, and when."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.errors import ConfigError
from digest.events import public_key, refusal

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEY = ec.derive_private_key(7, ec.SECP256R1())
BODY = '[{"event":"delivered","email":"ada@x.example","n":"ü"}]\r\n'.encode()
STAMP = str(int(NOW.timestamp()))


def shown(encoding: Encoding = Encoding.DER) -> str:
    octets = KEY.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return octets.decode() if encoding is Encoding.PEM else base64.b64encode(octets).decode()


def sign(body: bytes = BODY, stamp: str = STAMP, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    return base64.b64encode(key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()


def asked(signature: str, stamp: str = STAMP, body: bytes = BODY, now: datetime = NOW) -> str:
    return refusal(public_key(shown()), signature, stamp, body, now)


def test_what_was_signed_is_taken() -> None:
    assert asked(sign()) == ""


@pytest.mark.parametrize("text", [shown(), shown(Encoding.PEM), f" {shown()[:40]}\n{shown()[40:]}\n"], ids=range(3))
def test_the_key_is_read_as_it_is_shown(text: str) -> None:
    assert refusal(public_key(text), sign(), STAMP, BODY, NOW) == ""


RSA = rsa.generate_private_key(65537, 2048).public_key()


@pytest.mark.parametrize(
    "text",
    ["", "key", "MFkwEwYHKoZIzj0CAQ", base64.b64encode(RSA.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()],
    ids=range(4),
)  # fmt: skip
def test_a_key_that_is_none_is_an_error_with_the_next_step(text: str) -> None:
    with pytest.raises(ConfigError, match="webhook_key"):
        public_key(text)


@pytest.mark.parametrize(
    ("signature", "stamp", "body"),
    [
        (sign(), STAMP, BODY + b" "),
        (sign(), STAMP, BODY.replace(b"delivered", b"bounce")),
        (sign(), str(int(STAMP) + 1), BODY),
        (sign(body=b""), STAMP, BODY),
        (sign(key=ec.derive_private_key(8, ec.SECP256R1())), STAMP, BODY),
        (sign()[:-4], STAMP, BODY),
        (sign().replace("M", "-", 1), STAMP, BODY),
        (f"{sign()[:8]}!{sign()[8:]}", STAMP, BODY),
        ("AAAA", STAMP, BODY),
        ("é", STAMP, BODY),
        ("A" * 10_000, STAMP, BODY),
        ("", STAMP, BODY),
        (sign(), "", BODY),
        (sign(stamp=f"{STAMP}1"), STAMP, b"1" + BODY[1:]),
        (sign(stamp="x"), "x", BODY),
        (sign(stamp="-5"), "-5", BODY),
        (sign(stamp="1e9"), "1e9", BODY),
        (sign(stamp="٣٣"), "٣٣", BODY),
    ],
    ids=range(18),
)
def test_what_is_forged_swapped_or_cut_is_refused_in_words(signature: str, stamp: str, body: bytes) -> None:
    assert asked(signature, stamp, body)


@pytest.mark.parametrize(
    ("age", "taken"),
    [(timedelta(hours=25, minutes=59), True), (timedelta(hours=27), False), (timedelta(minutes=-9), True),
     (timedelta(minutes=-11), False)],
    ids=range(4),
)  # fmt: skip
def test_a_late_batch_is_taken_and_a_replay_is_not(age: timedelta, taken: bool) -> None:
    assert (asked(sign(), now=NOW + age) == "") is taken


def test_a_signature_that_sendgrids_own_library_publishes_is_verified() -> None:
    file = Path(__file__).parents[3] / "shared" / "data" / "sendgrid" / "sendgrid_signature_vector.json"
    if not file.exists():
        pytest.skip("the published example of a signature is not beside this checkout")
    example = json.loads(file.read_text(encoding="utf-8"))
    key, body = public_key(example["PUBLIC_KEY"]), example["PAYLOAD"].encode()
    then = datetime.fromtimestamp(int(example["TIMESTAMP"]), UTC)
    assert refusal(key, example["SIGNATURE"], example["TIMESTAMP"], body, then) == ""
    assert refusal(key, example["SIGNATURE"], example["TIMESTAMP"], body.rstrip(), then)
