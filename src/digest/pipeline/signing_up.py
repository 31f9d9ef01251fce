"""Signing up with double opt-in: what a stranger asks for, and what they confirm from their own mailbox.

Asking writes one row and nothing else, the same for an address that is known and one that is not; what is done
about it is decided when the letter is written, so that neither the answer nor its time says who is a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.models.people import Consent
from digest.pipeline.project import Project
from digest.pipeline.reader_words import called, words_for
from digest.readers import BadAddress, normalise
from digest.store import letters, people, preferences
from digest.store.letters import Letter

if TYPE_CHECKING:
    from sqlalchemy import Connection

ASKED = ("ask", "links")
PER_DAY = 3
QUEUE = 5000
A_DAY = timedelta(days=1)
CONFIRM_WITHIN = timedelta(days=7)
UNCONFIRMED = "sign-up form, to be confirmed"
CONFIRMED = "double opt-in"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an asking letter turns into: `confirm`, `links`, or nothing, with the reader it is for."""

    kind: str
    subscriber: int = 0
    why_not: str = ""


def wording(project: Project, language: str) -> str:
    """What stands beside the button: the newsroom's words, else our own in the visitor's language."""
    own = project.settings.signup.wording
    if own:
        return own
    digests = tuple(project.settings.digests)
    name = called(project, digests[0]) if len(digests) == 1 else project.settings.publication.name
    return words_for(project, language).say("agree", digest=name)


def ask(project: Project, email: str, digest: str, language: str, agreed: str) -> str:
    """Ask for a digest; empty, or what is wrong: `address`, or `busy` when too many letters are waiting.

    `agreed` is the wording that stood beside the button. It makes no difference whether the address is known.
    """
    doc = {"digest": digest, "language": language, "wording": agreed, "version": project.settings.signup.version}
    return _put(project, "ask", email, digest, doc)


def ask_for_links(project: Project, email: str, digest: str, language: str) -> str:
    """Ask for one's own links by mail; raises and answers as `ask`."""
    return _put(project, "links", email, digest, {"digest": digest, "language": language})


def settle(project: Project, connection: Connection, letter: Letter) -> Asked:
    """Decide what an asking letter turns into, making the person and a pending subscription known when they are new.
    Call it in the transaction that sends the letter."""
    now = project.now()
    digest = str(letter.doc["digest"])
    barrier = preferences.barrier(connection, letter.key, project.store.suppression_key, digest)
    if letters.asked(connection, letter.key, ASKED, now - A_DAY, but=letter.id) >= PER_DAY:
        return Asked("", why_not="asked too often")
    known = people.find(connection, letter.key)
    held = people.subscription(connection, known.id, digest) if known else None
    if letter.kind == "links":
        if known is None or held is None or held.state is Consent.PENDING:
            return Asked("", why_not="nobody we write to")
        return Asked("links", known.id)
    if barrier not in ("", preferences.LEFT_ALL, preferences.FORGOTTEN):
        return Asked("", why_not=f"suppressed: {barrier}")
    if known and held and held.state in (Consent.ACTIVE, Consent.PAUSED) and not barrier:
        return Asked("links", known.id)
    subscriber = preferences.take(
        connection, str(letter.doc["to"]), letter.key, digest, str(letter.doc["language"]), now
    )
    if letter.subscriber is None:
        agreed, version = str(letter.doc["wording"]), str(letter.doc["version"])
        preferences.agree(connection, subscriber, digest, UNCONFIRMED, agreed, version, letter.created)
    return Asked("confirm", subscriber)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation is about. `done` says that it was confirmed before."""

    email: str
    digest: str
    done: bool


def confirmation(project: Project, subscriber: int, letter: str) -> Confirmation | None:
    """What the button of a letter would confirm; None when the letter or its reader is not there any more."""
    with project.store.database.read() as connection:
        found = letters.get(connection, letter)
        if found is None or found.kind != "ask" or found.subscriber != subscriber:
            return None
        digest = str(found.doc["digest"])
        held = preferences.reader(connection, subscriber, digest)
    if held is None or digest not in project.settings.digests:
        return None
    return Confirmation(held.person.email or "", digest, "used" in found.doc)


def confirm(project: Project, subscriber: int, letter: str) -> Confirmation | None:
    """Make a subscription active, keep the consent that it rests on, and have a welcome written. Confirming again
    changes nothing: who left since then is not made a reader by an old letter."""
    now = project.now()
    about = confirmation(project, subscriber, letter)
    if about is None:
        return None
    with project.store.database.begin() as connection:
        found = letters.get(connection, letter)
        if found is None or "used" in found.doc:
            return about
        letters.use(connection, found, now)
        agreed, version = str(found.doc["wording"]), str(found.doc["version"])
        consent = preferences.agree(connection, subscriber, about.digest, CONFIRMED, agreed, version, now)
        preferences.lift(connection, found.key, project.store.suppression_key)
        preferences.change(
            connection,
            subscriber,
            about.digest,
            state=Consent.ACTIVE,
            paused_until=None,
            consent=consent,
            since=now.timestamp(),
        )
        doc = {"to": about.email, "digest": about.digest, "language": found.doc["language"]}
        letters.put(connection, "welcome", found.key, doc, now, about=about.digest, subscriber=subscriber)
    return about


def _put(project: Project, kind: str, email: str, digest: str, doc: dict[str, str]) -> str:
    try:
        address = normalise(email)
    except BadAddress:
        return "address"
    with project.store.database.begin() as connection:
        if letters.waiting(connection) >= QUEUE:
            return "busy"
        letters.put(connection, kind, address.key, doc | {"to": address.email}, project.now(), about=digest)
    return ""
