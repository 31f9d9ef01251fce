"""Ask the provider whether it would take every message of an edition. Nothing is sent and nothing is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from digest.address import RecipientLinks, address
from digest.errors import UsageError
from digest.models.mail import Delivery, Message, State
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.audience import left_out, takes
from digest.pipeline.build import Built
from digest.pipeline.giving import Giver, grouped
from digest.pipeline.opens import in_shells, unwatched
from digest.pipeline.options import Options
from digest.pipeline.papers import Papers
from digest.pipeline.project import Project
from digest.pipeline.reason import why
from digest.send import Rehearsing, Sender
from digest.store.prospects import prospects

PAGE = 1000
NAMED = 20


@dataclass
class Rehearsed:
    """How many messages the provider would take, would refuse, and said nothing about; and how many people are left
    out here. `refused` are the first few refusals as (address, words); `silent` is why it said nothing."""

    accepted: int = 0
    rejected: int = 0
    unanswered: int = 0
    left_out: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    silent: str = ""

    @property
    def fine(self) -> bool:
        """Whether it would take them all."""
        return not (self.rejected or self.unanswered)

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        named = [{"email": email, "reply": words} for email, words in self.refused]
        counts = {name: getattr(self, name) for name in ("accepted", "rejected", "unanswered", "left_out")}
        return counts | {"refused": named, "detail": self.silent}


def demand_rehearsing(sender: Sender) -> Rehearsing:
    """The sender, when it can rehearse.

    Raises:
        UsageError: it cannot.
    """
    if isinstance(sender, Rehearsing):
        return sender
    hint = "SendGrid can: --transport sendgrid; `digest test` sends one mail to yourself"
    raise UsageError(f"the transport {sender.name} cannot rehearse", where="--dry-run=remote", hint=hint)


def rehearse(project: Project, built: Built, sender: Rehearsing, options: Options) -> Rehearsed:
    """What the provider would say to the messages of a send, made with links that act on nothing.

    Raises:
        CredentialsError: it does not take the key.
        SendError, Stopped: it cannot be reached, or refuses what all messages have alike.
    """
    done = Rehearsed()
    under_way: dict[str, str] = {}

    def watched() -> Iterator[Message]:
        for message in _messages(project, built, options, done):
            under_way[message.id] = message.to
            yield message

    with sender:
        for delivery in sender.rehearse(watched()):
            _count(done, delivery, under_way.pop(delivery.id))
    return done


def _count(done: Rehearsed, delivery: Delivery, email: str) -> None:
    if delivery.state is State.ACCEPTED:
        done.accepted += 1
    elif delivery.state is State.REJECTED:
        done.rejected += 1
        if len(done.refused) < NAMED:
            done.refused.append((email, delivery.reply or delivery.reason))
    else:
        done.unanswered += 1
        # Our words for it are about mail that may have been taken, and none was.
        done.silent = done.silent or delivery.reply or delivery.reason


def _messages(project: Project, built: Built, options: Options, done: Rehearsed) -> Iterator[Message]:
    """A message to everyone whom the edition would reach; those to whom none can be written are counted."""
    edition = built.draft.edition
    now = project.now()
    since = edition.cut - project.digest(edition.digest).no_repeat.delta
    variants = {name: unwatched(rendering) for name, rendering in built.renderings.items()}
    personal = {name: in_shells(own, unwatched) for name, own in built.personal.items()}
    papers = Papers(project, edition, variants, personal)
    giver = Giver(edition, built.personal, since)
    left = options.limit
    for segment, matching in takes(project, edition.digest, now).items():
        if segment not in built.renderings or (options.segments and segment not in options.segments):
            continue
        after = 0
        while left is None or left > 0:
            with project.store.database.read() as connection:
                page = prospects(
                    connection,
                    edition.digest,
                    segment,
                    matching,
                    now,
                    only=options.only,
                    after=after,
                    size=PAGE if left is None else min(PAGE, left),
                )
                gone = {delivery.id for delivery in left_out(project, connection, edition.digest, page, now)}
                able = [_spoken(built, person) for person in page if person.delivery not in gone]
                given = giver.look(connection, able)
            if not page:
                break
            after = page[-1].subscriber
            left = None if left is None else left - len(page)
            ready = grouped(able, given)
            done.left_out += len(page) - len(ready)
            for person in ready:
                paper = papers.of(person, given.get(person.delivery))
                links = _told_apart(reader_links.dead(project, edition.id, paper.slots), person.subscriber)
                person = replace(person, language=paper.language)
                made = address(paper, person, links=links, why=why(project, edition.digest, person), now=now)
                if isinstance(made, Delivery):
                    _count(done, made, person.email)
                else:
                    yield made


def _spoken(built: Built, person: Recipient) -> Recipient:
    """The reader in the language that they get a personal edition in."""
    own = built.personal.get(person.segment)
    return person if own is None else replace(person, language=own.language(person.language.replace("_", "-")))


def _told_apart(links: RecipientLinks, number: int) -> RecipientLinks:
    """Dead links that differ from reader to reader as live ones do, so that the requests are those of a send."""
    return replace(
        links,
        unsubscribe_url=f"{links.unsubscribe_url}?{number}",
        preferences_url=f"{links.preferences_url}?{number}",
        browser_url=f"{links.browser_url}?{number}",
        feedback_url=f"{links.feedback_url}?{number}",
    )
