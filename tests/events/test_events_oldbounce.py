"""Bounces that are no reports, as qmail, Exim, Sendmail, Exchange and Gmail wrote and write them."""

from __future__ import annotations

import pytest
from events_mails import BARE, DELIVERY, READER, inbox, plain_bounce

from digest.events import read_mail
from digest.models.mail import Event

QMAIL = f"""Hi. This is the qmail-send program at mx.reader.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{READER}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 sorry, no mailbox here by that name
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

{BARE}
The mailbox is full of 452 4.2.2 news.
"""
QMAIL_BARE = f"""Hi. This is the qmail-send program at mx.reader.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{READER}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {READER}
    SMTP error from remote mail server after RCPT TO:<{READER}>:
    host mx.reader.example [192.0.2.9]: 552 Mailbox quota exceeded

------ This is a copy of the message, including all the headers. ------

{BARE}
"""
EXIM_WARNING = f"""This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.

The address to which the message has not yet been delivered is:

  {READER}
    Delay reason: host mx.reader.example [192.0.2.9]: 451 Greylisted

No action is required on your part. Delivery attempts will continue for some time.
"""
SENDMAIL = f"""The original message was received at Tue, 24 Nov 2026 08:29:00 GMT

   ----- The following addresses had permanent fatal errors -----
<{READER}>
    (reason: 550 User unknown)

   ----- Transcript of session follows -----
550 <{READER}>... User unknown
"""
EXCHANGE = f"""Your message did not reach some or all of the intended recipients.

      Subject:  The day
      Sent:     11/24/2026 7:00 AM

The following recipient(s) cannot be reached:

      {READER} on 11/24/2026 7:01 AM
            The e-mail account does not exist at the organization this message was sent to.
            <mx.reader.example #5.1.1>
"""
EXCHANGE_POLICY = f"""Delivery has failed to these recipients or groups:

{READER}
Your message wasn't delivered because the recipient's email provider rejected it.

Remote Server returned '550 5.7.520 Message blocked because it contains content identified as spam'

Original message headers:

Received: from 5.1.1
"""
GMAIL = f"""Delivery to the following recipient failed permanently:

     {READER}

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server.

The error that the other server returned was:
550 550 5.1.1 <{READER}>... User is unknown

----- Original message -----

{BARE}
"""
GMAIL_DELAY = f"""This is an automatically generated Delivery Status Notification

THIS IS A WARNING MESSAGE ONLY.

YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipient has been delayed:

     {READER}

Message will be retried for 2 more day(s)
"""
YAHOO = f"""Sorry, we were unable to deliver your message to the following address.

<{READER}>:
554: delivery error: dd This user doesn't have a yahoo.example account ({READER}) [0]
"""
DAEMON = "From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message\n"


def only(raw: bytes) -> Event:
    told = read_mail(raw, inbox())
    assert len(told.events) == 1, told
    return told.events[0]


@pytest.mark.parametrize(
    ("text", "headers", "kind", "bounce", "reason"),
    [
        (QMAIL, "From: <>\nSubject: failure notice\n", "bounced", "hard", "Remote host said: 550 5.1.1 sorry"),
        (
            QMAIL_BARE,
            "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n",
            "bounced",
            "hard",
            "Sorry, no mail",
        ),
        (EXIM, DAEMON + f"X-Failed-Recipients: {READER}\n", "bounced", "soft", "host mx.reader.example"),
        (
            EXIM_WARNING,
            DAEMON.replace("Mail delivery failed", "Warning: message 1abc delayed 24 hours"),
            "deferred",
            "",
            "Delay reason",
        ),
        (SENDMAIL, "From: MAILER-DAEMON@x\nSubject: Returned mail: see transcript\n", "bounced", "hard", "(reason:"),
        (
            EXCHANGE,
            "From: System Administrator <postmaster@x>\nSubject: Undeliverable: The day\n",
            "bounced",
            "hard",
            "<mx.reader.example #5.1.1>",
        ),
        (
            EXCHANGE_POLICY,
            "From: Microsoft Outlook <MicrosoftExchange329e@x>\nSubject: Undeliverable: The day\n",
            "bounced",
            "block",
            "Remote Server returned '550 5.7.520",
        ),
        (
            GMAIL,
            (
                "From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
                f"Subject: Delivery Status Notification (Failure)\nX-Failed-Recipients: {READER}\n"
            ),
            "bounced",
            "hard",
            "550 550 5.1.1",
        ),
        (
            GMAIL_DELAY,
            (
                "From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
                "Subject: Delivery Status Notification (Delay)\n"
            ),
            "deferred",
            "",
            "no reason given",
        ),
        (YAHOO, "From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice\n", "bounced", "hard", "554: delivery"),
    ],
    ids=range(10),
)
def test_a_bounce_without_a_report(text: str, headers: str, kind: str, bounce: str, reason: str) -> None:
    event = only(plain_bounce(text, headers=headers))
    assert (event.delivery, event.kind, event.bounce) == (DELIVERY, kind, bounce)
    assert event.reason.startswith(reason)
    assert READER not in event.reason
    assert event.address == ("" if "@" not in text else READER)
    assert not event.proven


def test_the_message_is_known_by_the_headers_quoted_in_the_text() -> None:
    event = only(plain_bounce(QMAIL, headers="From: MAILER-DAEMON@x\n", to="postmaster@ledger.example"))
    assert event.delivery == DELIVERY


def test_a_bounce_in_html_alone_is_read() -> None:
    page = "<html><body><p>Delivery has failed</p><div>550 5.1.1 User unknown</div></body></html>"
    raw = plain_bounce(page, headers="From: postmaster@x\nSubject: Undeliverable: The day\n")
    assert only(raw.replace(b"text/plain", b"text/html")).bounce == "hard"


def test_a_bounce_of_other_mail_is_ignored_and_counted() -> None:
    told = read_mail(plain_bounce(SENDMAIL, headers=DAEMON, to="postmaster@ledger.example"), inbox())
    assert told.ignored == {"bounce of other mail": 1}


def test_an_absent_reader_is_no_bounce_although_the_answer_came_to_the_return_path() -> None:
    raw = plain_bounce(
        "I am away. Your mail was not read: 550 Fifth Avenue.",
        headers="From: ada@reader.example\nSubject: Out of office: The day\nAuto-Submitted: auto-replied\n",
    )
    told = read_mail(raw, inbox())
    assert not told.events
    assert told.ignored == {"automatic reply": 1}
