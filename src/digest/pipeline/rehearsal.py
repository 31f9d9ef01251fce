"""Send an edition to oneself: through the real transport, with links that act on nothing and an id of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from digest.errors import UsageError
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline.build import Built
from digest.pipeline.project import Project
from digest.pipeline.sampling import SAMPLE, sample
from digest.readers import BadAddress, normalise
from digest.send import open_sender
from digest.store import people

EMPTY = "empty"


def send_to_oneself(
    project: Project, built: Built, to: str, *, as_: str | None, segment: str | None, transport: str | None
) -> Iterator[tuple[Message, Delivery]]:
    """Send one edition to one's own address, as a subscriber, as nobody (`empty`), or as each segment.

    Raises:
        UsageError: an address is none, or no such subscriber is known.
        CredentialsError, SendError: the transport failed.
    """
    try:
        own = normalise(to).email
    except BadAddress as problem:
        raise UsageError(f'"{to}" is no address: {problem}', where="--to") from problem
    person = _person(project, built, own, as_)
    chosen = [r for r in built.renderings.values() if segment in (None, r.segment)]
    messages = []
    for rendering in chosen:
        stamp = hashlib.sha256(f"{own}\n{rendering.segment}\n{project.now().isoformat()}".encode()).hexdigest()[:12]
        message = sample(project, built.draft.edition, rendering, replace(person, delivery=f"test-{stamp}"))
        messages.append(replace(message, edition=f"test/{message.edition.replace('/', '-')}"))
    by_id = {message.id: message for message in messages}
    sender = open_sender(
        project.settings.delivery, root=project.root, environ=project.environ, now=project.clock, transport=transport
    )
    with sender:
        for delivery in sender.send(messages):
            yield by_id[delivery.id], delivery


def _person(project: Project, built: Built, own: str, as_: str | None) -> Recipient:
    if as_ in (None, EMPTY):
        return replace(SAMPLE, email=own, name="" if as_ == EMPTY else SAMPLE.name)
    try:
        key = normalise(as_ or "").key
    except BadAddress as problem:
        raise UsageError(f'"{as_}" is no address: {problem}', where="--as") from problem
    with project.store.database.read() as connection:
        found = people.find(connection, key)
        held = people.subscription(connection, found.id, built.draft.edition.digest) if found else None
    if found is None:
        raise UsageError(
            f'nobody here has the address "{as_}"', where="--as", hint='"empty" is a reader without a name'
        )
    return replace(SAMPLE, email=own, name=found.name, since=held.since if held else None)
