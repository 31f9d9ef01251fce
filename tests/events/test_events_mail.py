"""Mails of readers: leaving by mail, replies that programs write, and whatever strangers think of."""

from __future__ import annotations

import pytest
from events_mails import DELIVERY, READER, SIGNER, TOKEN, complaint, inbox, report, wire
from hypothesis import example, given
from hypothesis import strategies as st

from digest.events import read_mail
from digest.models.mail import EventKind
from digest.tokens import Signer


def leaving(subject: str, headers: str = "") -> bytes:
    return wire(f"From: {READER}\nTo: leave@ledger.example\nSubject: {subject}\nMessage-Id: <m1@x>\n{headers}\n\n")


@pytest.mark.parametrize(
    "subject",
    [
        TOKEN,
        f"Re: {TOKEN}",
        f"unsubscribe {TOKEN}",
        f"=?utf-8?q?{TOKEN.replace('_', '=5F')}?=",
        f"{TOKEN[:30]}{TOKEN[30:]} ",
    ],
    ids=range(5),
)
def test_a_mail_with_a_readers_token_ends_that_subscription(subject: str) -> None:
    (event,) = read_mail(leaving(subject), inbox("unsubscribes")).events
    assert (event.kind, event.subscriber, event.digest, event.proven) == ("left", 7, "daily", True)
    assert event.delivery == ""


def test_a_token_counts_whoever_or_whatever_wrote_the_mail_and_wherever_it_came() -> None:
    raw = leaving(TOKEN, "Auto-Submitted: auto-generated\nPrecedence: bulk\n")
    assert len(read_mail(raw, inbox("bounces")).events) == 1


@pytest.mark.parametrize(
    "subject",
    [
        TOKEN.replace("u.7.", "u.8."),
        TOKEN.replace(".daily.", ".weekly."),
        TOKEN[:-1],
        TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"),
        SIGNER.sign("p", 7, "daily"),
        Signer("other", SIGNER.keys).sign("u", 7, "daily"),
        Signer("ledger", (("1", b"x" * 32),)).sign("u", 7, "daily"),
        "unsubscribe",
        "",
    ],
    ids=range(9),
)
def test_a_forged_swapped_or_missing_token_ends_nothing_and_is_left_to_a_person(subject: str) -> None:
    told = read_mail(leaving(subject), inbox("unsubscribes"))
    assert not told.events
    assert told.ignored == {"mail for a person": 1}


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied (vacation)\n",
        "Subject: Automatische Antwort: Der Tag\n",
        "Subject: Re: Réponse automatique : Le jour\n",
        "X-Autoreply: yes\n",
        "Precedence: auto_reply\n",
        "X-MS-Exchange-Inbox-Rules-Loop: x\n",
    ],
)
def test_an_automatic_reply_is_ignored_and_counted(headers: str) -> None:
    raw = wire(f"From: {READER}\nTo: bounce+{DELIVERY}@mail.ledger.example\n{headers}\nBack on 550 Monday.\n")
    assert read_mail(raw, inbox()).ignored == {"automatic reply": 1}


def nested(depth: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(depth))
    return f"From: a@b\r\n{head}".encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"no headers at all",
        b"\x00" * 5000,
        b"A: b\r\n" * 3000 + b"\r\n",
        nested(39),
        nested(5000),
        b"From: a@b\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"Subject: " + b"=?utf-8?b?" * 5000 + b"\r\n\r\n",
        b"Subject: =?utf-8?b?!!!?= =?x?q?=FF?=\r\n\r\n",
        b"From: a@b\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"From: mailer-daemon\r\nX-Failed-Recipients: \r\nContent-Transfer-Encoding: base64\r\n\r\n\xff===",
        b"From: a@b\r\nContent-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"From: a@b\r\nTo: \xff\xfe@\xfd\r\nDate: \xff\r\n\r\n",
        b"From: a@b\r\n\r\n" + b"<" * 300_000,
        b"From: mailer-daemon@x\r\nSubject: Undeliverable\r\n\r\n" + b"5.1." * 60_000,
        report("Action: failed\nStatus: " + "5." * 5000),
        complaint("abuse\x00"),
    ],
    ids=range(18),
)
def test_hostile_mails_are_values(raw: bytes) -> None:
    told = read_mail(raw, inbox())
    assert told.junk or told.ignored or told.events


def test_a_mail_of_too_many_parts_is_junk_with_the_reason() -> None:
    assert read_mail(nested(5000), inbox()).junk == {"a mail of too many parts": 1}


CHOPPED = report("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n")


@given(st.integers(0, len(CHOPPED)), st.binary(max_size=60), st.integers(0, 200))
@example(0, b"", 0)
def test_a_report_that_is_cut_and_overwritten_anywhere_never_fails(at: int, noise: bytes, drop: int) -> None:
    told = read_mail(CHOPPED[:at] + noise + CHOPPED[at + drop :], inbox())
    assert sum(told.ignored.values()) + sum(told.junk.values()) + len(told.events) >= 1
    for event in told.events:
        assert event.kind in set(EventKind)
        assert event.reason.isprintable()
        assert len(event.reason) <= 300


@given(st.binary(max_size=400))
def test_any_octets_are_a_value(raw: bytes) -> None:
    told = read_mail(b"From: mailer-daemon@x\r\nSubject: failure notice\r\n" + raw, inbox())
    assert not told.nothing or told.junk
