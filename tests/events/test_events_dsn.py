"""Reports of mail servers (RFC 3464): which message, what became of it, what it says against the address."""

from __future__ import annotations

import pytest
from events_mails import BARE, DELIVERY, NOW, READER, inbox, report, wire

from digest.events import read_mail
from digest.models.mail import Event

POSTFIX = f"""Final-Recipient: rfc822; {READER}
Original-Recipient: rfc822;{READER}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.reader.example
Diagnostic-Code: smtp; 550 5.1.1 <{READER}>: Recipient address rejected: User unknown in virtual mailbox table
"""


def only(raw: bytes) -> Event:
    told = read_mail(raw, inbox())
    assert len(told.events) == 1, told
    return told.events[0]


def test_a_report_of_postfix_becomes_a_hard_bounce_with_its_status_and_reason() -> None:
    event = only(report(POSTFIX))
    assert (event.delivery, event.kind, event.bounce) == (DELIVERY, "bounced", "hard")
    assert event.about == {"status": "5.1.1"}
    assert event.reason.startswith("550 5.1.1 <(address)>: Recipient address rejected: User unknown")
    assert READER not in event.reason
    assert event.address == READER
    assert (event.subscriber, event.digest, event.proven) == (7, "daily", False)
    assert event.at.isoformat() == "2026-11-24T08:30:00+00:00"


@pytest.mark.parametrize(
    ("fields", "kind", "bounce"),
    [
        ("Action: failed\nStatus: 5.1.1 (bad destination mailbox address)\n", "bounced", "hard"),
        (
            "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
            "bounced",
            "hard",
        ),
        (
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.1.1 This account does not exist\n",
            "bounced",
            "hard",
        ),
        ("Action: failed\nStatus: 5.5.0\nDiagnostic-Code: smtp; 550 No such user here\n", "bounced", "hard"),
        ("Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552-5.2.2 over quota\n", "bounced", "soft"),
        ("Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; delivery time expired\n", "bounced", "soft"),
        ("Action: failed\nStatus: 4.4.1\n", "bounced", "soft"),
        ("Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 blocked\n", "bounced", "block"),
        ("Action: failed\nStatus: 5.1.8\n", "bounced", "block"),
        ("Action: failed\nStatus: 5.3.4\n", "bounced", "block"),
        ("Action: FAILED\nStatus: 5.1.2\n", "bounced", "hard"),
        ("Action: failed (see below)\nStatus: 5.0.0\n", "bounced", "soft"),
        ("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sun, 29 Nov 2026 07:00:00 +0000\n", "deferred", ""),
        ("Action: delivered\nStatus: 2.0.0\n", "delivered", ""),
        ("Action: relayed\nStatus: 2.0.0\n", "delivered", ""),
    ],
    ids=range(15),
)
def test_what_a_report_says_of_a_message(fields: str, kind: str, bounce: str) -> None:
    event = only(report(f"Final-Recipient: rfc822; {READER}\n{fields}"))
    assert (event.kind, event.bounce) == (kind, bounce)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_the_message_is_known_by_its_quoted_headers_when_the_return_path_is_lost(kind: str) -> None:
    event = only(report(POSTFIX, to="postmaster@ledger.example", kind=kind))
    assert (event.delivery, event.subscriber) == (DELIVERY, 7)


def test_the_message_is_known_by_its_message_id_alone() -> None:
    event = only(report(POSTFIX, to="postmaster@ledger.example", original=BARE))
    assert (event.delivery, event.subscriber) == (DELIVERY, 0)


def test_the_message_is_known_by_the_envelope_id() -> None:
    raw = report(POSTFIX, to="postmaster@ledger.example", original="Subject: x\n")
    raw = raw.replace(b"Reporting-MTA", b"Original-Envelope-Id: abcdefgh-9\r\nReporting-MTA")
    assert only(raw).delivery == "abcdefgh-9"


def test_a_token_that_is_forged_proves_nothing() -> None:
    raw = report(POSTFIX).replace(b"u.7.daily", b"u.8.daily")
    event = only(raw)
    assert (event.delivery, event.subscriber) == (DELIVERY, 0)


def test_a_report_about_other_mail_is_ignored_and_counted() -> None:
    raw = report(POSTFIX, to="postmaster@ledger.example", original="Subject: x\nMessage-ID: <1.2@elsewhere>\n")
    told = read_mail(raw, inbox())
    assert not told.events
    assert told.ignored == {"report about other mail": 1}


def test_each_recipient_of_a_report_is_an_event_of_its_own() -> None:
    told = read_mail(report(f"{POSTFIX}\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\n"), inbox())
    assert [event.kind for event in told.events] == ["bounced", "deferred"]
    assert len({event.id for event in told.events}) == 2


def test_the_same_report_has_the_same_ids_and_another_has_others() -> None:
    first, again = only(report(POSTFIX)), only(report(POSTFIX))
    other = only(report(POSTFIX).replace(b"AAAA@mx", b"BBBB@mx"))
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    "date", ["Tue, 24 Nov 2099 08:30:00 +0000", "Mon, 1 Jan 1990 00:00:00 +0000", "yesterday", ""]
)
def test_a_time_that_cannot_be_is_the_time_of_reading(date: str) -> None:
    assert only(report(POSTFIX).replace(b"Tue, 24 Nov 2026 08:30:00 +0000", date.encode())).at == NOW


def test_an_international_report_is_read_as_well() -> None:
    raw = report(POSTFIX).replace(b"message/delivery-status", b"message/global-delivery-status")
    assert only(raw).bounce == "hard"


def test_a_report_that_a_person_forwards_is_left_to_a_person() -> None:
    inner = report(POSTFIX).decode()
    raw = wire("From: editor@ledger.example\nSubject: Fwd\nContent-Type: message/rfc822\n\n") + inner.encode()
    told = read_mail(raw, inbox())
    assert not told.events
    assert told.ignored == {"mail for a person": 1}
