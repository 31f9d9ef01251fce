"""Signatures, judged by a verifier that is not ours."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from digest.address import RecipientLinks, address, encode, letterhead
from digest.address.dkim import RelaxedBody, Signer
from digest.errors import ConfigError, CredentialsError
from digest.models.edition import Rendering
from digest.models.mail import Message
from digest.models.people import Recipient
from digest.settings import Delivery, Publication

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
PRIVATE = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
KEYS = {
    "rsa": (RSA, RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
    "ed25519": (ED25519, ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
}
TEXT = st.text("a. \t\né=", max_size=60)


def signer(kind: str) -> Signer:
    return Signer("news.example", "nov", KEYS[kind][0].private_bytes(*PRIVATE).decode(), now=lambda: NOW)


def verified(kind: str, octets: bytes) -> bool:
    """What dkimpy says, with the key where DNS would have it."""
    record = b"v=DKIM1; k=%s; p=%s" % (kind.encode(), base64.b64encode(KEYS[kind][1]))

    def dns(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"nov._domainkey.news.example."
        return record

    return bool(dkim.verify(octets, dnsfunc=dns))


def message(number: int, name: str = "Zoë", text: str = "Dear {{name}},\n.a line  \n\n{{why}}\n\n") -> Message:
    rendering = Rendering(
        "daily/2026-11-24",
        "everyone",
        "en",
        "daily",
        "Rents rise – everyone in the whole of the city and beyond is to pay more from the new year on",
        "",
        "<p>Dear {{name}}, <b>words</b></p>\n" + "a  word é \t" * 400 + '<a href="{{unsubscribe_url}}">x</a>  \n \n',
        text,
        ("name", "unsubscribe_url", "why"),
        1,
        1,
        1,
    )
    publication = Publication("ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "x")
    paper = letterhead(encode(rendering), publication=publication, delivery=Delivery(), digest="daily")
    links = RecipientLinks(*(f"https://news.example/{word}/{number}?a=1&b=2" for word in "uprf"))
    reader = Recipient(f"d{number:05d}", number, f"reader{number}@mail.example", name, "everyone", "en")
    made = address(paper, reader, links=links, why="You & I  signed up. ", now=NOW)
    assert isinstance(made, Message)
    return made


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_another_verifier_believes_it_for_every_reader(kind: str) -> None:
    ours = signer(kind)
    for number in range(3):
        signed = ours.sign(message(number))
        assert verified(kind, signed.raw)
        assert signed.raw.endswith(message(number).raw)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"reader1@", b"reader2@"),
        (b"words", b"worse"),
        (b"/u/1?", b"/u/2?"),
        (b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost"),
        (b"Subject: ", b"Subject: not "),
        (b"From: ", b"From: Mallory <m@evil.example>\r\nFrom: "),
    ],
)
def test_what_was_changed_on_the_way_is_found_out(kind: str, old: bytes, new: bytes) -> None:
    octets = signer(kind).sign(message(1)).raw
    assert old in octets
    assert not verified(kind, octets.replace(old, new))


def test_white_space_that_a_relay_changes_does_not_matter() -> None:
    octets = signer("rsa").sign(message(1)).raw
    head, _, body = octets.partition(b"\r\n\r\n")
    folded = head.replace(b"List-Post: NO", b"list-post:\r\n  NO ")
    assert folded != head
    assert verified("rsa", folded + b"\r\n\r\n" + body.replace(b"a  word", b"a word") + b"\r\n\r\n")


def test_one_click_is_covered_and_lines_are_short() -> None:
    octets = signer("rsa").sign(message(1)).raw
    field = octets[: octets.index(b"\r\nFrom:")]
    assert field.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=news.example; s=nov;")
    assert max(map(len, field.split(b"\r\n"))) <= 78
    names = re.sub(rb"\s", b"", field).partition(b";h=")[2].partition(b";")[0].split(b":")
    assert {b"from", b"to", b"subject", b"date", b"list-unsubscribe", b"list-unsubscribe-post"} <= set(names)
    assert names.count(b"from") == 2


@given(TEXT, TEXT, st.lists(st.integers(0, 400), max_size=6))
def test_a_body_is_the_same_however_it_was_cut_into_chunks(start: str, end: str, cuts: list[int]) -> None:
    long = "word " * 50
    body = f"{start}{long}{end} \t{long}{start}".replace("\n", "\r\n").encode()
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    chunks = [body[a:b] for a, b in pairwise(edges)]
    plain = re.sub(rb"[ \t]+", b" ", re.sub(rb"[ \t]+(?=\r\n|\Z)", b"", body)).rstrip(b"\r\n")
    plain = plain + b"\r\n" if plain else b""
    room = RelaxedBody()
    assert room.relaxed(chunks) == plain
    assert room.relaxed(chunks) == plain


@given(TEXT, TEXT)
def test_whatever_a_message_says_is_believed(name: str, text: str) -> None:
    assert verified("ed25519", signer("ed25519").sign(message(1, name, text)).raw)


def test_a_foreign_message_is_signed_too() -> None:
    foreign = replace(
        message(1), chunks=(b"From: a@news.example\r\nSubject:  x\r\n\ty\r", b"\n\r", b"\nbody  \r\n\r\n")
    )
    assert verified("ed25519", signer("ed25519").sign(foreign).raw)


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("nonsense", "cannot be read"),
        (RSA.public_key().public_bytes(*PUBLIC).decode(), "cannot be read"),
        (ec.generate_private_key(ec.SECP256R1()).private_bytes(*PRIVATE).decode(), "RSA and Ed25519"),
    ],
    ids=["nonsense", "public", "curve"],
)
def test_a_key_that_cannot_sign_is_said_in_words(pem: str, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        Signer("news.example", "nov", pem, now=lambda: NOW)


@pytest.mark.parametrize(("domain", "selector"), [("news.example\r\n", "nov"), ("news.example", "a; b=c"), ("", "x")])
def test_a_domain_that_would_break_the_field_is_refused(domain: str, selector: str) -> None:
    with pytest.raises(ConfigError, match="is no"):
        Signer(domain, selector, RSA.private_bytes(*PRIVATE).decode(), now=lambda: NOW)
