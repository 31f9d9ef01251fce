"""One person among the readers: add, look up, suppress, forget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.errors import UsageError
from digest.models.people import Consent, Subscriber, Subscription, Suppression
from digest.pipeline import parting
from digest.pipeline.audience import only_digest
from digest.pipeline.project import Project
from digest.pipeline.refused_rows import clear_refused
from digest.readers import Address, BadAddress, clean, normalise
from digest.store import joining, letters, people, suppression
from digest.store.joining import Joined, Joining

BY_HAND = "added by the newsroom"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the store knows about an address: the person, what they get, and what bars it."""

    email: str
    person: Subscriber | None
    subscriptions: tuple[Subscription, ...]
    barred: tuple[Suppression, ...]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting an address did: whether it was a reader's, and how many refused rows named it."""

    reader: bool
    refused: int


def add(
    project: Project,
    email: str,
    *,
    digest: str | None = None,
    name: str = "",
    language: str = "",
    tags: Sequence[str] = (),
    topics: Sequence[str] = (),
    consent: str = "",
) -> Joined:
    """Make somebody a reader of a digest, active at once: the newsroom says that they agreed. Who left, is suppressed
    or was forgotten stays out.

    Raises:
        UsageError: that is no address, a topic is not known, or there are several digests and none is named.
    """
    address = _address(email)
    unknown = [topic for topic in topics if topic not in project.settings.topics]
    if unknown:
        known = ", ".join(project.settings.topics)
        raise UsageError(f'there is no topic "{unknown[0]}"', hint=f"known: {known}")
    held = Subscription(0, only_digest(project, digest), Consent.ACTIVE, topics=tuple(topics))
    joining_now = Joining(
        address.email,
        address.key,
        name=clean(name) or None,
        language=language or None,
        tags=tuple(tags) or None,
        subscriptions=(held,),
        consent=clean(consent, 1000) or BY_HAND,
        consented=project.now(),
    )
    with project.store.database.begin() as connection:
        return joining.join(connection, [joining_now], project.store.suppression_key, project.now())


def show(project: Project, email: str) -> Shown:
    """What is known about an address.

    Raises:
        UsageError: that is no address.
    """
    address = _address(email)
    with project.store.database.read() as connection:
        person = people.find(connection, address.key)
        held = people.subscriptions_of(connection, person.id) if person else ()
        barred = suppression.of_address(connection, address.key, project.store.suppression_key)
    return Shown(address.email, person, held, barred)


def suppress(project: Project, email: str, reason: str, scope: str = suppression.EVERYWHERE) -> bool:
    """Never write to an address again; whether that is new.

    Raises:
        UsageError: that is no address.
    """
    key = _address(email).key
    if scope != suppression.EVERYWHERE:
        project.digest(scope)
    with project.store.database.begin() as connection:
        return suppression.suppress(
            connection, key, project.store.suppression_key, reason, project.now(), scope=scope
        )


def suppressed(project: Project) -> Iterator[Suppression]:
    """Every suppressed address, newest first; of those that were forgotten only that there is one."""
    with project.store.database.read() as connection:
        yield from suppression.suppressed(connection)


def forget(project: Project, email: str) -> Forgotten:
    """Delete what is known of an address and what was written to it, in the store, the outbox and the files of
    refused rows. A keyed hash of it stays, so that no import brings it back.

    Raises:
        UsageError: that is no address.
        SendError: a mail in the outbox cannot be deleted; nothing was forgotten yet.
        StoreError: a file of refused rows cannot be written; nothing was forgotten yet.
    """
    key = _address(email).key
    database, secret, now = project.store.database, project.store.suppression_key, project.now()
    with database.read() as connection:
        person = people.find(connection, key)
    refused = clear_refused(project, key)
    if person is not None:
        parting.forget(project, person.id)
    else:
        with database.begin() as connection:
            suppression.suppress(connection, key, secret, suppression.FORGOTTEN, now)
            suppression.unname(connection, key, secret)
            letters.purge(connection, -1, key)
    return Forgotten(person is not None, refused)


def _address(email: str) -> Address:
    try:
        return normalise(email)
    except BadAddress as problem:
        raise UsageError(f'"{email}" is no address: {problem}') from problem
