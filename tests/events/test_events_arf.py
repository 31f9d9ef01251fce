"""Complaints (RFC 5965) and what providers send instead."""

from __future__ import annotations

import pytest
from events_mails import BARE, DELIVERY, READER, complaint, inbox, wire

from digest.events import read_mail


@pytest.mark.parametrize(
    ("sort", "kind"), [("abuse", "complained"), ("ABUSE", "complained"), ("fraud", "complained"), ("opt-out", "left")]
)
def test_a_complaint_names_the_message_and_is_proven_by_its_token(sort: str, kind: str) -> None:
    (event,) = read_mail(complaint(sort), inbox("complaints")).events
    assert (event.delivery, event.kind, event.subscriber, event.digest) == (DELIVERY, kind, 7, "daily")
    assert event.address == READER
    assert event.about == {"agent": "SomeGenerator/1.0"}


@pytest.mark.parametrize("sort", ["auth-failure", "virus", "not-spam", "", "x" * 300])
def test_feedback_of_another_kind_is_ignored_and_counted(sort: str) -> None:
    told = read_mail(complaint(sort), inbox("complaints"))
    assert told.ignored == {"feedback of another kind": 1}
    assert not told.events


def test_a_complaint_that_hides_everything_but_the_id_is_not_proven() -> None:
    (event,) = read_mail(complaint(original=BARE, extra=""), inbox("complaints")).events
    assert (event.delivery, event.subscriber, event.address, event.proven) == (DELIVERY, 0, "", False)


def test_a_complaint_about_other_mail_is_ignored_and_counted() -> None:
    told = read_mail(complaint(original="Subject: other\n"), inbox("complaints"))
    assert told.ignored == {"complaint about other mail": 1}


def test_the_bare_original_in_the_mailbox_for_complaints_is_a_complaint_and_elsewhere_is_not() -> None:
    raw = wire("From: staff@provider.example\nSubject: complaint about message from 192.0.2.1\n")
    raw += b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
    raw += wire(BARE) + b"\r\nbody\r\n--b--\r\n"
    (event,) = read_mail(raw, inbox("complaints")).events
    assert (event.kind, event.delivery) == ("complained", DELIVERY)
    assert not read_mail(raw, inbox("bounces")).events
