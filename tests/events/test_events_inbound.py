"""Mails that SendGrid's Inbound Parse posts as a form."""

from __future__ import annotations

import json

import pytest
from events_mails import DELIVERY, READER, TOKEN, inbox, report
from hypothesis import given
from hypothesis import strategies as st

from digest.events import Told, read_inbound

KIND = "multipart/form-data; boundary=xYzZY"


def form(**fields: str | bytes) -> bytes:
    parts = b""
    for name, value in fields.items():
        octets = value if isinstance(value, bytes) else value.encode()
        parts += f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + octets + b"\r\n"
    return parts + b"--xYzZY--\r\n"


def read(body: bytes, kind: str = KIND) -> Told:
    return read_inbound(kind, body, inbox("unsubscribes"))


def test_a_raw_mail_with_a_token_ends_the_subscription() -> None:
    raw = f"From: {READER}\r\nTo: leave@ledger.example\r\nSubject: {TOKEN}\r\n\r\n\r\n"
    (event,) = read(form(email=raw, envelope='{"to":["leave@ledger.example"]}')).events
    assert (event.kind, event.subscriber, event.digest) == ("left", 7, "daily")


def test_a_mail_that_was_taken_apart_is_read_alike() -> None:
    headers = f"From: {READER}\nSubject: {TOKEN}\nContent-Type: multipart/alternative; boundary=q\n folded=1\n"
    (event,) = read(form(headers=headers, subject=TOKEN, text="", to="leave@ledger.example")).events
    assert event.kind == "left"
    assert len(read(form(subject=TOKEN, text="bye")).events) == 1


def test_a_report_is_known_by_the_envelope_that_came_with_it() -> None:
    raw = report(f"Final-Recipient: rfc822; {READER}\nAction: failed\nStatus: 5.1.1\n", to="x@y.example", original="")
    envelope = json.dumps({"to": [f"bounce+{DELIVERY}@mail.ledger.example"], "from": ""})
    (event,) = read(form(email=raw, envelope=envelope)).events
    assert (event.kind, event.delivery, event.proven) == ("bounced", DELIVERY, False)


@pytest.mark.parametrize("envelope", ["", "[", "[]", '{"to":"x"}', '{"to":[7]}', '{"to":["a\\r\\nSubject: b"]}'])
def test_an_envelope_that_is_none_changes_nothing(envelope: str) -> None:
    raw = f"From: {READER}\r\nSubject: {TOKEN}\r\n\r\n"
    assert len(read(form(email=raw, envelope=envelope)).events) == 1


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("text/plain", b"x", "no multipart/form-data"),
        ("multipart/form-data", b"x", "no multipart/form-data"),
        ("", b"", "no multipart/form-data"),
        (KIND, b"", "a form without a mail"),
        (KIND, form(other="x"), "a form without a mail"),
        (KIND, b"--xYzZY\r\n" * 200, "more than 100 parts"),
    ],
    ids=range(6),
)
def test_a_body_that_is_no_form_is_a_value(kind: str, body: bytes, why: str) -> None:
    assert read(body, kind).junk == {why: 1}


def test_an_attached_file_is_passed_over() -> None:
    body = b'--xYzZY\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\nSubject: x\r\n\r\n'
    assert read(body + b"--xYzZY--").junk == {"a form without a mail": 1}


@given(st.text(max_size=60), st.binary(max_size=200))
def test_any_post_is_a_value(kind: str, body: bytes) -> None:
    assert not read(body, kind).events
    assert not read(b"--xYzZY" + body).events
