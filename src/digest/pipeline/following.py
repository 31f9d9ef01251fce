"""Following a link: read an edition in the browser, say whether it was useful, and, where the newsroom counts clicks,
lead on to the story. A link is counted by a short id, and leads only where a link of that edition leads."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from digest.models.edition import Rendering
from digest.models.mail import Event, EventKind
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.giving import Given
from digest.pipeline.keeping import from_json
from digest.pipeline.opens import unwatched
from digest.pipeline.personal import PersonalEdition
from digest.pipeline.project import Project
from digest.pipeline.reason import why
from digest.pipeline.scanners import scanner
from digest.render import Block, Personal
from digest.store import editions, links, lists, preferences
from digest.store.event_effects import Happened
from digest.store.preferences import Sent

ARRIVED = ("accepted", "unknown", "intent")
AT_ONCE = timedelta(seconds=10)
MANY = 4
_SLOT = re.compile(r"\{\{([^{}]+)\}\}")
_HREF = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"{}]+)(")', re.IGNORECASE)


def received(project: Project, edition: str, subscriber: int, digest: str) -> Sent | None:
    """The message of an edition to one reader, when it left; None for an edition of another digest."""
    if not edition.startswith(f"{digest}/"):
        return None
    with project.store.database.read() as connection:
        found = preferences.sent_to(connection, edition, subscriber)
    return found if found and found.state in ARRIVED else None


def shown(project: Project, edition: str, subscriber: int, digest: str) -> str | None:
    """The html of an edition as this reader got it, with links of their own; None when it never left for them."""
    sent = received(project, edition, subscriber, digest)
    if sent is None:
        return None
    with project.store.database.read() as connection:
        rendering = editions.kept_variants(connection, edition).get(sent.segment)
        held = preferences.reader(connection, subscriber, digest)
        own = editions.kept_personal(connection, edition).get(sent.segment)
        listed = lists.read(connection, [sent.list]).get(sent.list) if sent.list else None
    if rendering is None or held is None:
        return None
    if own is not None:
        if sent.list is None or listed is None:
            return None
        rendering = from_json(own).rendering(sent.language, Given(sent.list, listed).chosen)
    rendering = unwatched(rendering)
    where = reader_links.live(project, subscriber, digest, edition, rendering.slots)
    person = Recipient(
        sent.delivery,
        subscriber,
        held.person.email or "",
        held.person.name,
        sent.segment,
        rendering.language,
        held.subscription.since,
    )
    values = {
        "name": person.name,
        "email": person.email,
        "why": why(project, digest, person),
        "unsubscribe_url": where.unsubscribe_url,
        "preferences_url": where.preferences_url,
        "browser_url": where.browser_url,
        "feedback_url": where.feedback_url,
        **where.tracked,
    }
    known = frozenset(rendering.slots)
    return _SLOT.sub(
        lambda match: html.escape(values.get(match[1], "")) if match[1] in known else match[0], rendering.html
    )


def vote(project: Project, sent: Sent, subscriber: int, digest: str, useful: bool) -> None:
    """Keep whether an edition was useful to a reader; the last answer counts."""
    from digest.pipeline import outgoing

    kind, now = EventKind.USEFUL if useful else EventKind.NOT_USEFUL, project.now()
    event = Event(f"useful-{sent.delivery}", sent.delivery, kind, now, subscriber=subscriber, digest=digest)
    with project.store.database.begin() as connection:
        preferences.note(connection, event.id, sent.delivery, kind.value, now)
        preferences.change_person(connection, subscriber, engaged=now.timestamp())
        happened = Happened(event, sent.delivery, subscriber, "", digest, True)
        outgoing.queue(connection, project.settings.hooks, [happened], now)


def voted(project: Project, sent: Sent) -> bool | None:
    """What a reader answered before."""
    with project.store.database.read() as connection:
        found = preferences.told(connection, f"useful-{sent.delivery}")
    return None if found is None else found["kind"] == EventKind.USEFUL.value


def target(project: Project, edition: str, link: str) -> str | None:
    """Where a counted link of an edition leads."""
    with project.store.database.read() as connection:
        return links.target(connection, edition, link)


def click(project: Project, sent: Sent, link: str, *, head: bool, agent: str) -> bool:
    """Keep that a link was followed, and whether that was likely a person; nothing about the reader changes.

    Scanners are told by asking for the head only, by their name, by coming within seconds of the message's
    acceptance, and by following several links at once.
    """
    now = project.now()
    reason = scanner(now, sent, head, agent)
    with project.store.database.begin() as connection:
        at = int(now.timestamp())
        doc = {"link": link} | ({"machine": True, "why": reason} if reason else {})
        key = f"click-{sent.delivery}-{link}-{at}"
        preferences.note(connection, key, sent.delivery, EventKind.CLICKED.value, now, doc=doc)
        if links.clicked(connection, sent.delivery, now - AT_ONCE) >= MANY:
            links.doubt(connection, sent.delivery, now - AT_ONCE)
            return False
    return not reason


def counted(rendering: Rendering) -> tuple[Rendering, dict[str, str]]:
    """The variant with each link replaced by a slot `link:ID`, and where each leads. The id is made of the address,
    so that the same link has the same id in every variant and block of an edition."""
    found: dict[str, str] = {}
    page = _counted_html(rendering.html, found)
    text = _counted_text(rendering.text, found)
    slots = tuple(sorted({*rendering.slots, *(f"{reader_links.TRACKED}{key}" for key in found)}))
    return replace(rendering, html=page, text=text, slots=slots), found


def counted_personal(edition: PersonalEdition) -> tuple[PersonalEdition, dict[str, str]]:
    """The same for the shell and the blocks of a personal edition, in each language."""
    found: dict[str, str] = {}
    variants: dict[str, Personal] = {}
    for tag, personal in edition.variants.items():
        shell, more = counted(personal.shell)
        found |= more
        sections = tuple(
            replace(
                section,
                opening=_counted_block(section.opening, found),
                closing=_counted_block(section.closing, found),
                stories=tuple(replace(story, block=_counted_block(story.block, found)) for story in section.stories),
            )
            for section in personal.sections
        )
        variants[tag] = replace(personal, shell=shell, sections=sections)
    # A list joins blocks into the shell and asks the shell alone which slots there are.
    for tag, personal in variants.items():
        slots = tuple(sorted({*personal.shell.slots, *(f"{reader_links.TRACKED}{key}" for key in found)}))
        variants[tag] = replace(personal, shell=replace(personal.shell, slots=slots))
    return replace(edition, variants=variants), found


def _counted_block(block: Block, found: dict[str, str]) -> Block:
    return replace(block, html=_counted_html(block.html, found), text=_counted_text(block.text, found))


def _counted_html(page: str, found: dict[str, str]) -> str:
    def slot(match: re.Match[str]) -> str:
        return f"{match[1]}{{{{{reader_links.TRACKED}{_keep(html.unescape(match[2]), found)}}}}}{match[3]}"

    return _HREF.sub(slot, page)


def _counted_text(text: str, found: Mapping[str, str]) -> str:
    """Where a link of the html stands in the text, it is counted there too; the longest first, since one address may
    begin another."""
    for key, url in sorted(found.items(), key=lambda pair: -len(pair[1])):
        whole = re.compile(re.escape(url) + r"(?![^\s<>)\]])")
        text = whole.sub(f"{{{{{reader_links.TRACKED}{key}}}}}", text)
    return text


def _keep(url: str, found: dict[str, str]) -> str:
    key = hashlib.sha256(url.encode()).hexdigest()[:12]
    found[key] = url
    return key
