"""Send an edition to oneself: through the real transport, with links that act on nothing and an id of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from digest.errors import UsageError
from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline.build import Built
from digest.pipeline.project import Project
from digest.pipeline.readers_copy import NOTHING_NEW, Place, copy, find, place
from digest.pipeline.sampling import SAMPLE, sample
from digest.pipeline.transport import sender_for
from digest.readers import BadAddress, normalise
from digest.store import people

EMPTY = "empty"


def send_to_oneself(
    project: Project, built: Built, to: str, *, as_: str | None, segment: str | None, transport: str | None
) -> Iterator[tuple[Message, Delivery]]:
    """Send one edition to one's own address, as a subscriber, as nobody (`empty`), or as each segment.

    As a subscriber it is what they would get: the variant of the segment that takes them, or of the named one; in a
    personal segment their own list.

    Raises:
        UsageError: an address is none, no such subscriber is known, or there is nothing new to them.
        CredentialsError, SendError: the transport failed.
    """
    try:
        own = normalise(to).email
    except BadAddress as problem:
        raise UsageError(f'"{to}" is no address: {problem}', where="--to") from problem
    reader = _reader(project, built, as_) if as_ not in (None, EMPTY) else None
    person = _person(reader, own, as_)
    messages = []
    for rendering in _variants(project, built, reader, segment):
        stamp = hashlib.sha256(f"{own}\n{rendering.segment}\n{project.now().isoformat()}".encode()).hexdigest()[:12]
        message = sample(project, built.draft.edition, rendering, replace(person, delivery=f"test-{stamp}"))
        messages.append(replace(message, edition=f"test/{message.edition.replace('/', '-')}"))
    by_id = {message.id: message for message in messages}
    with sender_for(project, transport) as sender:
        for delivery in sender.send(messages):
            yield by_id[delivery.id], delivery


def _variants(project: Project, built: Built, reader: Place | None, segment: str | None) -> list[Rendering]:
    """What is sent: of each segment that is meant its variant, or the one that a personal reader gets."""
    wanted = segment or (reader.recipient.segment if reader else "")
    found = []
    for rendering in built.renderings.values():
        if wanted not in ("", rendering.segment):
            continue
        if reader and rendering.segment in built.personal:
            copied = copy(project, built, replace(reader, recipient=_within(reader, rendering.segment)))
            if copied is None:
                raise UsageError(NOTHING_NEW, where=reader.recipient.email, hint="--as empty shows it to nobody")
            rendering = copied.rendering
        found.append(rendering)
    return found


def _within(reader: Place, segment: str) -> Recipient:
    """A reader in a segment that need not be theirs; a list that was frozen for them belongs to their own."""
    own = reader.recipient
    return own if own.segment == segment else replace(own, segment=segment, delivery=f"preview-{own.subscriber}")


def _person(reader: Place | None, own: str, as_: str | None) -> Recipient:
    if reader is None:
        return replace(SAMPLE, email=own, name="" if as_ == EMPTY else SAMPLE.name)
    theirs = reader.recipient
    return replace(SAMPLE, email=own, name=theirs.name, since=theirs.since, plain=theirs.plain)


def _reader(project: Project, built: Built, as_: str | None) -> Place:
    """A subscriber in the place where they stand in the edition; without a segment when none takes them."""
    try:
        key = normalise(as_ or "").key
    except BadAddress as problem:
        raise UsageError(f'"{as_}" is no address: {problem}', where="--as") from problem
    edition = built.draft.edition
    with project.store.database.read() as connection:
        found = people.find(connection, key)
        held = people.subscription(connection, found.id, edition.digest) if found else None
    if found is None:
        raise UsageError(
            f'nobody here has the address "{as_}"', where="--as", hint='"empty" is a reader without a name'
        )
    stands = place(project, edition, find(project, found.id, edition.digest))
    since = held.since if held else None
    alone = Recipient(f"preview-{found.id}", found.id, key, found.name, "", found.language, since, plain=found.plain)
    return stands or Place(alone)
