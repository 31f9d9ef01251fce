"""Readers' tokens: for one purpose, one reader, one digest, and never for anything else."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.tokens import DEAD, Claim, Signer, address_hash

SIGNER = Signer("ledger", (("1", b"first secret"), ("2", b"second secret")))


def test_a_token_names_its_reader_and_digest() -> None:
    assert SIGNER.verify("u", SIGNER.sign("u", 17, "daily")) == (17, "daily")


def test_a_token_is_worth_nothing_for_another_purpose_reader_digest_or_publication() -> None:
    token = SIGNER.sign("u", 17, "daily")
    assert SIGNER.verify("p", token) is None
    assert SIGNER.verify("u", token.replace("17", "18", 1)) is None
    assert SIGNER.verify("u", token.replace("daily", "weekly")) is None
    assert Signer("other", SIGNER.keys).verify("u", token) is None
    assert SIGNER.verify("u", DEAD) is None


def test_a_token_that_ends_says_when_and_nobody_moves_its_end() -> None:
    until = datetime(2026, 11, 24, 7, tzinfo=UTC)
    token = SIGNER.sign_until("j", 17, "letter", until)
    assert SIGNER.verify_until("j", token, until - timedelta(seconds=1)) == Claim(17, "letter", over=False)
    assert SIGNER.verify_until("j", token, until) == Claim(17, "letter", over=True)
    assert SIGNER.verify_until("a", token, until) is None
    later = token.replace(str(int(until.timestamp())), str(int(until.timestamp()) + 9))
    assert SIGNER.verify_until("j", later, until) is None
    # One that never ends is none that ends.
    assert SIGNER.verify_until("u", SIGNER.sign("u", 17, "daily"), until) is None


def test_a_token_names_its_key() -> None:
    assert SIGNER.knows(SIGNER.sign("u", 1, "daily"))
    assert not Signer("ledger", SIGNER.keys[:1]).knows(SIGNER.sign("u", 1, "daily"))
    assert not SIGNER.knows("nonsense")


def test_old_keys_verify_and_removed_ones_do_not() -> None:
    old = Signer("ledger", SIGNER.keys[:1]).sign("u", 1, "daily")
    assert SIGNER.verify("u", old) == (1, "daily")
    assert Signer("ledger", SIGNER.keys[1:]).verify("u", old) is None


@given(st.text(max_size=320))
def test_no_invented_token_verifies(token: str) -> None:
    assert SIGNER.verify("u", token) is None


@given(st.integers(0, 10**12), st.integers(0, 200), st.characters())
def test_no_changed_token_verifies(subscriber: int, place: int, char: str) -> None:
    token = SIGNER.sign("u", subscriber, "daily")
    place %= len(token)
    changed = token[:place] + char + token[place + 1 :]
    assert changed == token or SIGNER.verify("u", changed) is None


def test_an_address_hash_depends_on_its_key() -> None:
    assert address_hash(b"a", "x@y.example") == address_hash(b"a", "x@y.example")
    assert address_hash(b"a", "x@y.example") != address_hash(b"b", "x@y.example")


@given(st.binary(min_size=1, max_size=200), st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_the_hash_of_an_address_is_hmac_sha256_for_keys_of_every_length(key: bytes, email: str) -> None:
    assert address_hash(key, email) == hmac.digest(key, email.encode(), "sha256").hex()


def test_a_signature_is_hmac_sha256_over_the_publication_and_the_body() -> None:
    body, _, signature = SIGNER.sign("u", 17, "daily").rpartition(".")
    expected = hmac.digest(b"second secret", f"ledger\n{body}".encode(), "sha256")[:16]
    assert base64.urlsafe_b64decode(signature + "==") == expected
