"""One mail of a mailbox that is read: a bounce, a complaint, a reader who leaves, or nothing of ours."""

from __future__ import annotations

from digest.events.arf import is_arf, read_arf
from digest.events.automatic import is_automatic
from digest.events.dsn import is_dsn, read_dsn
from digest.events.found import Found, Inbox, event_id, token_in, written_at
from digest.events.letter import Letter, Unreadable, read
from digest.events.oldbounce import is_old_bounce, read_old_bounce
from digest.events.told import Told, one_ignored, one_junk
from digest.models.mail import Event, EventKind

# A person wrote it, and a person should read it.
UNCLEAR = "mail for a person"


def read_mail(raw: bytes, inbox: Inbox) -> Told:
    """What a mail tells, by what it is and not by where it arrived; never raises for what it holds.

    A mail to unsubscribe (RFC 2369) has a reader's token in its subject, or in the address it was sent to.
    """
    try:
        letter = read(raw)
    except Unreadable as problem:
        return one_junk(str(problem))
    if is_arf(letter, inbox):
        return read_arf(letter, inbox)
    if is_dsn(letter):
        return read_dsn(letter, inbox)
    if leaving := _leaving(letter, inbox):
        return leaving
    if is_old_bounce(letter):
        return read_old_bounce(letter, inbox)
    if is_automatic(letter):
        return one_ignored("automatic reply")
    return one_ignored(UNCLEAR)


def _leaving(letter: Letter, inbox: Inbox) -> Told | None:
    told = token_in(f"{letter.header('subject')} {letter.header('to')}", inbox.verify)
    if told is None:
        return None
    found = Found("", *told)
    at = written_at(letter, inbox.now)
    event = Event(
        event_id("left", letter, found),
        "",
        EventKind.LEFT,
        at,
        "unsubscribed by mail",
        subscriber=found.subscriber,
        digest=found.digest,
    )
    return Told((event,))
