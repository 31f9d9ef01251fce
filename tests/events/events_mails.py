"""Mails as real servers write them when they do not deliver, around an original of ours."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.events import Inbox
from digest.tokens import Signer

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DELIVERY = "abcdefgh-7"
READER = "ada@reader.example"
BOUNCES = "bounce@mail.ledger.example"
SIGNER = Signer("ledger", (("1", b"s" * 32),))
TOKEN = SIGNER.sign("u", 7, "daily")

ORIGINAL = f"""Return-Path: <bounce+{DELIVERY}@mail.ledger.example>
From: The Ledger <hello@ledger.example>
To: Ada <{READER}>
Subject: 550 flats and 5.1.1 million rupees: user unknown to the mailbox full of spam
Date: Tue, 24 Nov 2026 07:00:00 +0530
Message-ID: <{DELIVERY}.daily-2026-11-24.ledger@ledger.example>
X-Digest-Delivery: {DELIVERY}
List-Unsubscribe: <https://ledger.example/u/{TOKEN}>,
 <mailto:leave@ledger.example?subject={TOKEN}>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
"""
BARE = f"""From: The Ledger <hello@ledger.example>
To: Ada <{READER}>
Subject: The day
Message-ID: <{DELIVERY}.daily-2026-11-24.ledger@ledger.example>
"""


def inbox(reads: str = "bounces") -> Inbox:
    return Inbox(NOW, lambda token: SIGNER.verify("u", token), BOUNCES, reads)


def wire(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8")


def report(
    fields: str,
    *,
    original: str = ORIGINAL,
    kind: str = "text/rfc822-headers",
    to: str = f"bounce+{DELIVERY}@mail.ledger.example",
    words: str = "This is the mail system at host mx.example.",
) -> bytes:
    """A multipart/report of RFC 3462 about one message."""
    return wire(
        f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Date: Tue, 24 Nov 2026 08:30:00 +0000
Message-Id: <20261124083000.AAAA@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1/mx.example"

This is a MIME-encapsulated message.

--b1/mx.example
Content-Type: text/plain; charset=us-ascii

{words}

--b1/mx.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 08:29:00 +0000

{fields}
--b1/mx.example
Content-Type: {kind}

{original}
--b1/mx.example--
"""
    )


def plain_bounce(text: str, *, headers: str = "", to: str = f"bounce+{DELIVERY}@mail.ledger.example") -> bytes:
    """A bounce that is plain text."""
    return wire(
        f"""Return-Path: <>
To: {to}
Date: Tue, 24 Nov 2026 08:30:00 +0000
Message-Id: <b1@mx.example>
{headers}Content-Type: text/plain; charset=us-ascii

{text}
"""
    )


def complaint(
    sort: str = "abuse", *, original: str = ORIGINAL, extra: str = f"Original-Rcpt-To: {READER}\n"
) -> bytes:
    """A feedback report of RFC 5965."""
    return wire(
        f"""From: <abusedesk@provider.example>
Date: Tue, 24 Nov 2026 08:40:00 +0000
Subject: FW: The day
To: <complaints@ledger.example>
Message-Id: <arf1@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {sort}
User-Agent: SomeGenerator/1.0
Version: 1
{extra}
--part1
Content-Type: message/rfc822
Content-Disposition: inline

{original}
Spam Spam Spam

--part1--
"""
    )
