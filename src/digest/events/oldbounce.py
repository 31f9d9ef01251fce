"""Bounces that are no reports: qmail's own form, Exim's and Sendmail's plain text, Exchange's and Gmail's prose."""

from __future__ import annotations

import re

from digest.events.found import Inbox, event_id, found_in, written_at
from digest.events.letter import Letter
from digest.events.status import code_in, is_warning, judge, names_a_cause, status_in
from digest.events.told import Told, one_ignored
from digest.events.words import plain, reason
from digest.models.mail import Event, EventKind

_WRITER = re.compile(r"mailer[-_]?daemon|postmaster|mail[-_ ]?delivery|microsoftexchange|mdaemon", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:undeliver(?:able|ed)|unzustellbar|returned mail|failure notice|mail delivery (?:failed|failure|problem)"
    r"|delivery (?:status notification|failure|has failed)|delivery to|nicht zustellbar|warning: (?:message|could)"
    r"|mail system error|message undeliverable|non remis|no se puede entregar|mail could not be delivered)",
    re.IGNORECASE,
)
_QMAIL = re.compile(r"^hi\. this is the .{0,40}(?:qmail|program) at |^this is the qmail", re.IGNORECASE)
# Behind these lines stands our own message, whose numbers and words say nothing about the bounce.
_COPY = re.compile(
    r"^-{2,}\s*(?:below this line is a copy|this is a copy of|original message|the header of the original"
    r"|returned message|forwarded message)|^-{5,} ?original message|^reporting-mta:|^original message headers",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"<?([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253})>?")


def is_old_bounce(letter: Letter) -> bool:
    """Whether a mail server wrote this to say that it did not deliver: by who wrote it and what it is called."""
    if letter.header("x-failed-recipients") or _QMAIL.match(letter.text.lstrip()):
        return True
    if not _WRITER.search(letter.header("from")):
        return False
    # A server also writes for people who are away, but not under these names or without a cause.
    return bool(_SUBJECT.match(letter.header("subject"))) or names_a_cause(letter.text)


def read_old_bounce(letter: Letter, inbox: Inbox) -> Told:
    """The bounce as an event; a warning that it takes longer is `deferred`."""
    found = found_in(letter, inbox)
    if not found:
        return one_ignored("bounce of other mail")
    text = letter.text
    if copy := _COPY.search(text):
        text = text[: copy.start()]
    words = plain(text, 4000)
    status = status_in(words)
    late = is_warning(f"{letter.header('subject')}: {words}") and not status.startswith("5")
    kind = EventKind.DEFERRED if late else EventKind.BOUNCED
    said = _said(text, status)
    event = Event(
        event_id(kind, letter, found),
        found.delivery,
        kind,
        written_at(letter, inbox.now),
        said,
        bounce="" if late else judge(status, words),
        subscriber=found.subscriber,
        digest=found.digest,
        address=_address(letter, text, inbox),
        proven=False,
        about={"status": status} if status else {},
    )
    return Told((event,))


def _said(text: str, status: str) -> str:
    """The line that says why: the one with the status or code, else the first that names a cause."""
    lines = [line for raw in text.splitlines()[:200] if (line := plain(raw))]
    for fits in (lambda line: bool(status) and status in line, code_in, names_a_cause):
        for line in lines:
            if fits(line):
                return reason(line)
    return "no reason given"


def _address(letter: Letter, text: str, inbox: Inbox) -> str:
    failed = letter.header("x-failed-recipients").split(",")[0].strip("<> ")
    if "@" in failed:
        return failed[:320]
    own = inbox.bounce_address.lower().rpartition("@")[0]
    for match in _ADDRESS.finditer(text[:8000]):
        address = match[1].rstrip(".")
        if not _WRITER.search(address) and not (own and address.lower().startswith(own)):
            return address
    return ""
