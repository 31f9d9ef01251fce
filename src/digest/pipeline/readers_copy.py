"""What one reader gets of an edition: segment, own list and message, with links that act on nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.address import address
from digest.errors import UsageError
from digest.models.edition import Edition, Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.audience import left_out, takes
from digest.pipeline.build import Built
from digest.pipeline.giving import Given, Giver
from digest.pipeline.opens import in_shells, unwatched
from digest.pipeline.papers import Papers
from digest.pipeline.project import Project
from digest.pipeline.reason import why
from digest.store import lists, lookup
from digest.store.lookup import Person

NOTHING_NEW = "everything in it reached them before"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands in an edition. `state` is that of their delivery, empty before a run froze them;
    `left_out` says in words why they would get nothing after all, empty when they get it."""

    recipient: Recipient
    state: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A reader's mail. `rendering` tells its language, preheader and counts; `chosen` is their own list of (section,
    stories) in a personal segment, else None."""

    message: Message
    rendering: Rendering
    chosen: tuple[tuple[str, tuple[str, ...]], ...] | None


def find(project: Project, subscriber: int, digest: str) -> Person:
    """The subscriber with this number.

    Raises:
        UsageError: there is none.
    """
    with project.store.database.read() as connection:
        found = lookup.person(connection, subscriber, digest)
    if found is None:
        raise UsageError(f"there is no subscriber {subscriber}", hint="perhaps they were forgotten")
    return found


def place(project: Project, edition: Edition, person: Person) -> Place | None:
    """Where a person stands in an edition: as a run froze them, else as one would now. None when no segment takes
    them."""
    now, digest = project.now(), edition.digest
    with project.store.database.read() as connection:
        kept = lookup.frozen(connection, person.id, edition.id)
        if kept:
            return Place(*kept)
        found = lookup.taken_by(connection, person.id, digest, takes(project, digest, now), now)
        if found is None:
            return None
        segment, since = found
        name = f"preview-{person.id}"
        own = Recipient(
            name, person.id, person.email, person.name, segment, person.language, since, plain=person.plain
        )
        barred = left_out(project, connection, digest, [own], now)
    return Place(own, left_out=barred[0].reason if barred else "")


def copy(project: Project, built: Built, place: Place) -> Copy | None:
    """The mail of a reader of one of the built segments, None when there is nothing that is new to them.

    Raises:
        UsageError: no mail can be written to their address.
    """
    edition = built.draft.edition
    recipient, given = place.recipient, None
    if recipient.segment in built.personal:
        own = built.personal[recipient.segment]
        recipient = replace(recipient, language=own.language(recipient.language.replace("_", "-")))
        given = _given(project, built, recipient)
        if not given.listed:
            return None
    variants = {name: unwatched(rendering) for name, rendering in built.renderings.items()}
    own_lists = {name: in_shells(own, unwatched) for name, own in built.personal.items()}
    paper = Papers(project, edition, variants, own_lists).of(recipient, given)
    spoken = replace(recipient, delivery=f"preview-{recipient.subscriber}", language=paper.language)
    written = address(
        paper,
        spoken,
        links=reader_links.dead(project, edition.id, paper.slots),
        why=why(project, edition.digest, spoken),
        now=project.now(),
    )
    if isinstance(written, Delivery):
        raise UsageError(written.reason, where=recipient.email)
    chosen = tuple((name, tuple(stories)) for name, stories in given.chosen) if given else None
    return Copy(written, paper.encoded.rendering, chosen)


def _given(project: Project, built: Built, recipient: Recipient) -> Given:
    """The reader's list: the frozen one, else the one that would be picked now."""
    edition = built.draft.edition
    since = edition.cut - project.digest(edition.digest).no_repeat.delta
    with project.store.database.read() as connection:
        name = lists.kept(connection, [recipient.delivery]).get(recipient.delivery)
        if name is not None:
            return Given(name, lists.read(connection, [name])[name])
        return Giver(edition, built.personal, since).look(connection, [recipient])[recipient.delivery]
