"""What each letter to a single reader says, in their language. How it looks is its template's matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.models.edition import Edition, EditionState, Plan
from digest.pipeline import reader_links, signing_up
from digest.pipeline.audience import takes
from digest.pipeline.keeping import from_json
from digest.pipeline.preferences import next_mail
from digest.pipeline.project import Project
from digest.pipeline.reader_words import called, day, words_for
from digest.render.words import Words
from digest.store import editions, letters, lists, preferences, stories, welcomes
from digest.store.letters import Letter

if TYPE_CHECKING:
    from sqlalchemy import Connection

ADDRESS_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a letter: `text`, `quiet`, `heading`, `button` and `link` (both with `url`), or `stories` with its
    `items` of (title, url or none)."""

    kind: str
    text: str = ""
    url: str = ""
    items: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words. `to` is where it goes; `leave` the address of the unsubscribe page, empty where there is
    nothing to leave; `digest` what it is about."""

    kind: str
    digest: str
    to: str
    language: str
    subject: str
    preheader: str
    parts: tuple[Part, ...]
    subscriber: int
    leave: str = ""


def write(project: Project, connection: Connection, letter: Letter) -> Written | str:
    """The letter in words, or why none is to be written. It may make a person known (see `signing_up.settle`), so it
    is called in the transaction that writes down that the letter is about to be sent."""
    digest = str(letter.doc["digest"])
    if digest not in project.settings.digests:
        return "there is no such digest any more"
    if letter.kind in signing_up.ASKED:
        asked = signing_up.settle(project, connection, letter)
        if not asked.kind:
            return asked.why_not
        letters.keep(connection, letter, subscriber=asked.subscriber)
        return _WRITERS[asked.kind](project, connection, letter, asked.subscriber, digest)
    if letter.subscriber is None or preferences.person(connection, letter.subscriber) is None:
        return "nobody we know"
    return _WRITERS[letter.kind](project, connection, letter, letter.subscriber, digest)


def _confirm(project: Project, _: Connection, letter: Letter, subscriber: int, digest: str) -> Written:
    words = words_for(project, str(letter.doc["language"]))
    name = called(project, digest)
    until = letter.created + signing_up.CONFIRM_WITHIN
    url = reader_links.confirming(project, reader_links.CONFIRM, subscriber, letter.id, until)
    parts = (
        Part("text", words.say("l_confirm_text", digest=name)),
        Part("button", words.say("confirm_button"), url),
        Part("quiet", words.say("l_confirm_else")),
    )
    subject = words.say("l_confirm_subject", digest=name)
    return Written(
        "confirm", digest, str(letter.doc["to"]), words.language, subject, parts[0].text, parts, subscriber
    )


def _links(project: Project, connection: Connection, letter: Letter, subscriber: int, digest: str) -> Written:
    person = preferences.person(connection, subscriber)
    words = words_for(project, person.language if person else "", str(letter.doc["language"]))
    name = called(project, digest)
    leave = reader_links.personal(project, reader_links.UNSUBSCRIBE, subscriber, digest)
    parts = (
        Part("text", words.say("l_links_text", digest=name)),
        Part(
            "button",
            words.say("prefs_open"),
            reader_links.personal(project, reader_links.PREFERENCES, subscriber, digest),
        ),
        Part("link", words.say("leave_button"), leave),
        Part("quiet", words.say("l_links_else")),
    )
    to = (person.email if person else None) or str(letter.doc["to"])
    subject = words.say("l_links_subject", digest=name)
    return Written("links", digest, to, words.language, subject, parts[0].text, parts, subscriber, leave)


def _address(project: Project, connection: Connection, letter: Letter, subscriber: int, digest: str) -> Written | str:
    barrier = preferences.barrier(connection, letter.key, project.store.suppression_key, digest)
    if barrier:
        return f"suppressed: {barrier}"
    words = words_for(project, str(letter.doc["language"]))
    name = called(project, digest)
    until = letter.created + ADDRESS_WITHIN
    url = reader_links.confirming(project, reader_links.ADDRESS, subscriber, letter.id, until)
    parts = (
        Part("text", words.say("l_address_text", digest=name)),
        Part("button", words.say("address_use"), url),
        Part("quiet", words.say("l_address_else")),
    )
    subject = words.say("l_address_subject")
    return Written(
        "address", digest, str(letter.doc["to"]), words.language, subject, parts[0].text, parts, subscriber
    )


def _moved(project: Project, _: Connection, letter: Letter, subscriber: int, digest: str) -> Written:
    words = words_for(project, str(letter.doc["language"]))
    name = called(project, digest)
    parts = (Part("text", words.say("l_moved_text", digest=name)),)
    subject = words.say("l_moved_subject")
    return Written("moved", digest, str(letter.doc["to"]), words.language, subject, parts[0].text, parts, subscriber)


def _welcome(project: Project, connection: Connection, letter: Letter, subscriber: int, digest: str) -> Written | str:
    held = preferences.reader(connection, subscriber, digest)
    if held is None or held.subscription.state.value != "active":
        return "left before the welcome"
    words = words_for(project, held.person.language, str(letter.doc["language"]))
    name = called(project, digest)
    leave = reader_links.personal(project, reader_links.UNSUBSCRIBE, subscriber, digest)
    wanted = reader_links.personal(project, reader_links.PREFERENCES, subscriber, digest)
    coming = next_mail(project, held)
    first = words.say("l_welcome_text", digest=name)
    parts = [Part("text", first)]
    if coming.day is not None:
        parts.append(Part("text", words.say("l_welcome_next", date=words.date(coming.day, "day"))))
    parts += [
        Part("text", words.say("l_welcome_topics")),
        Part("button", words.say("prefs_open"), wanted),
        Part("text", words.say("l_welcome_reply")),
    ]
    parts += _latest(project, connection, words, subscriber, digest)
    parts.append(Part("link", words.say("leave_button"), leave))
    subject = words.say("l_welcome_subject", digest=name)
    return Written(
        "welcome",
        digest,
        held.person.email or "",
        words.language,
        subject,
        first,
        tuple(parts),
        subscriber,
        leave,
    )


def _latest(project: Project, connection: Connection, words: Words, subscriber: int, digest: str) -> list[Part]:
    """The headlines of the last edition that went out, as this reader would have got it; noted as got, so that a
    personal digest does not bring them again."""
    edition = editions.previous(connection, digest, "\U0010ffff")
    if edition is None or edition.state not in (EditionState.SENT, EditionState.SENDING):
        return []
    segment = _segment(project, connection, subscriber, digest)
    picks = _picks(connection, edition, segment, subscriber)
    if not picks:
        return []
    known = {stored.story.id: stored.story for stored in stories.these(connection, [story for story, _, _ in picks])}
    items = tuple(
        (title or known[story].title, known[story].url)
        for story, title, _ in picks
        if story in known and not known[story].teaser
    )
    editions.note_sent(
        connection,
        edition.id,
        welcomes.audience(subscriber),
        {cluster: story for story, _, cluster in picks},
        project.now(),
    )
    heading = words.say("l_welcome_latest", date=day(project, words, edition.cut))
    return [Part("heading", heading), Part("stories", items=items)]


def _segment(project: Project, connection: Connection, subscriber: int, digest: str) -> str | None:
    """The segment that takes this reader now."""
    for name, matching in takes(project, digest, project.now()).items():
        if preferences.admits(connection, subscriber, digest, matching):
            return name
    return None


def _picks(
    connection: Connection, edition: Edition, segment: str | None, subscriber: int
) -> list[tuple[str, str, str]]:
    """(story, title or empty, event) of an edition for one reader, in reading order."""
    own: Mapping[str, object] | None = editions.kept_personal(connection, edition.id).get(segment or "")
    if own is not None:
        made = from_json(own)
        topics = lists.chosen_topics(connection, edition.digest, [subscriber]).get(subscriber, ())
        person = preferences.person(connection, subscriber)
        chosen = made.chosen((person.language if person else "") or made.shelves.language, topics)
        return [(story, "", cluster) for _, story, cluster in made.listed(chosen)]
    plan: Plan | None = edition.plan_for(segment) if segment else None
    return [(pick.story, pick.title, pick.cluster) for pick in plan.picks()] if plan else []


Writer = Callable[["Project", "Connection", Letter, int, str], Written | str]
_WRITERS: Mapping[str, Writer] = {
    "confirm": _confirm,
    "links": _links,
    "welcome": _welcome,
    "address": _address,
    "moved": _moved,
}
