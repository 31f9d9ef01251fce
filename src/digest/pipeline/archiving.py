"""The public archive: which editions everybody may read, each made from what was kept when it was sent.

It is about the one segment that `[publication] archive` names. Nothing of a reader is in it: pages are made from the
kept plan, the kept revisions of its stories and the editor's lines, not from anybody's mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import digest.archive
from digest.archive import Correction, Entry, Issue, Paper, Part, Piece, Places, TopicEntry
from digest.errors import Refused, UsageError
from digest.models.edition import LATEST, LEAD, Edition, Plan
from digest.pipeline import signing_up
from digest.pipeline.draft import thaw
from digest.pipeline.project import Project
from digest.pipeline.reader_words import topic_label
from digest.pipeline.reason import digest_name, spoken
from digest.pipeline.view import Page
from digest.render import StoryView, Words
from digest.render.labels import labels
from digest.settings import Links
from digest.store import archived, editions, remembered

WORDS = Path(digest.archive.__file__).parent / "words"
# Beyond so many editions a list is no list any more; older ones keep their pages.
LISTED = 2_000
IN_FEEDS = 20


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of one publication, opened."""

    project: Project
    segment: str

    @property
    def places(self) -> Places:
        base = self.project.settings.publication.base_url
        return Places(base, urlsplit(base).path.rstrip("/"))

    def paper(self, *, static: bool = False) -> Paper:
        """Who speaks and how. `static` pages may lie elsewhere, so their form posts to the full address."""
        settings = self.project.settings
        words = self._words()
        form = ""
        if settings.signup.open:
            form = self.places.full("join") if static else self.places.here("join")
        return Paper(
            name=settings.publication.name,
            home=settings.publication.base_url,
            language=words.language.replace("_", "-"),
            direction=words.direction,
            postal_address=settings.publication.postal_address,
            theme=settings.theme,
            word=words.say,
            date=lambda moment: words.date(moment.astimezone(self.project.zone).date(), "day"),
            join=form,
            agree=signing_up.wording(self.project, words.language) if form else "",
            topics={name: topic_label(self.project, name, words.language) for name in self._topics()},
        )

    def entries(self, limit: int = LISTED) -> tuple[Entry, ...]:
        """The newest editions, newest first."""
        settings = self.project.settings
        digests = [name for name, one in settings.digests.items() if self.segment in one.segments]
        with self.project.store.database.read() as connection:
            found = archived.archived(connection, self.segment, digests, limit)
        return tuple(self._entry(one) for one in found)

    def issue(self, key: str) -> Issue | Entry | None:
        """A whole edition; its entry alone where it was withdrawn; None where there is none to read."""
        entry = next((entry for entry in self.entries() if entry.id == key), None)
        if entry is None or entry.withdrawn is not None:
            return entry
        return self._issue(entry)

    def newest(self, limit: int = IN_FEEDS) -> tuple[Issue, ...]:
        """The newest editions whole, as feeds have them."""
        readable = [entry for entry in self.entries(limit * 2) if entry.withdrawn is None]
        return tuple(self._issue(entry) for entry in readable[:limit])

    def topic(self, name: str, entries: Sequence[Entry]) -> tuple[TopicEntry, ...]:
        """The stories that stood under a topic, newest edition first, each story once."""
        found: dict[str, TopicEntry] = {}
        with self.project.store.database.read() as connection:
            for entry in entries:
                edition = editions.load(connection, entry.id) if entry.withdrawn is None else None
                for section in _plan(edition, self.segment).sections if edition else ():
                    for pick in section.picks if section.name == name else ():
                        found.setdefault(pick.story, TopicEntry(pick.story, pick.title, entry))
        return tuple(found.values())

    def _topics(self) -> tuple[str, ...]:
        named = [
            topic
            for one in self.project.settings.digests.values()
            if self.segment in one.segments
            for topic in one.topics
        ]
        return tuple(dict.fromkeys(named))

    def _words(self) -> Words:
        segment = self.project.audiences[self.segment]
        language = segment.language or self.project.settings.publication.language
        return Words.of(spoken(language, "en"), WORDS)

    def _entry(self, one: archived.Archived) -> Entry:
        told = one.remembered
        return Entry(
            one.id,
            one.digest,
            digest_name(self.project, one.digest),
            one.date,
            one.subject,
            one.sent,
            told.get("withdrawn"),
            tuple(Correction(text, datetime.fromisoformat(at)) for text, at in told.get("corrections", ())),
        )

    def _issue(self, entry: Entry) -> Issue:
        # The addresses of stories as they are: what counts clicks in mails has no place on a page.
        settings = replace(self.project.settings, links=Links())
        project = replace(self.project, settings=settings)
        with project.store.database.read() as connection:
            edition = editions.load(connection, entry.id)
            if edition is None:
                raise Refused(f"{entry.id} is no longer in the store")
            made = thaw(project, edition)
            kept = editions.kept_variants(connection, entry.id)[self.segment]
            page = Page.of(project, made, connection, "", leaves=True)
        words = Words.of(spoken(kept.language, "en"))
        context = page.illustrated().context(project.audiences[self.segment], kept.language)
        parts = [Part(LEAD, "", (_piece(words, context.lead),))] if context.lead else []
        parts += [Part(s.name, s.label, tuple(_piece(words, one) for one in s.stories)) for s in context.sections]
        if context.latest:
            rail = tuple(_piece(words, one) for one in context.latest)
            parts.append(Part(LATEST, words.say("latest"), rail))
        counts = f"{words.plural('stories', kept.stories)} · {words.plural('minutes', kept.minutes)}"
        return Issue(entry, made.edition.preheader, counts, tuple(part for part in parts if part.pieces))


def open_archive(project: Project) -> Archive | None:
    """The archive, None when the publication has none."""
    segment = project.settings.publication.archive
    return Archive(project, segment) if segment else None


def demand_archive(project: Project) -> Archive:
    """Raises:
    Refused: the publication names no public segment.
    """
    found = open_archive(project)
    if found is None:
        raise Refused("there is no public archive", hint='name its one segment: [publication] archive = "everyone"')
    return found


def withdraw(project: Project, key: str, reason: str | None) -> None:
    """Take an edition out of the archive, saying why, or with None put it back. What was mailed stays mailed.

    Raises:
        UsageError: the archive has no such edition.
    """
    _remember(project, key, {"withdrawn": reason})


def correct(project: Project, key: str, text: str, now: datetime) -> None:
    """Say on an edition's page what was wrong in it.

    Raises:
        UsageError: the archive has no such edition, or the correction says nothing.
    """
    text = " ".join(text.split())
    if not text:
        raise UsageError("a correction must say something", where="--note")
    with project.store.database.read() as connection:
        told = remembered.recall(connection, key, archived.NAME) or {}
    before = told.get("corrections", [])
    _remember(project, key, {"corrections": [*before, [text, now.isoformat(timespec="seconds")]]})


def _remember(project: Project, key: str, told: dict[str, object]) -> None:
    if all(entry.id != key for entry in demand_archive(project).entries()):
        raise UsageError(f"the archive has no {key}", hint="`digest status` shows which editions were sent")
    with project.store.database.begin() as connection:
        before = remembered.recall(connection, key, archived.NAME) or {}
        remembered.remember(connection, key, archived.NAME, {**before, **told})


def _plan(edition: Edition, segment: str) -> Plan:
    own = [plan for plan in edition.plans if plan.segment == segment]
    return own[0] if own else next(plan for plan in edition.plans if plan.segment is None)


def _piece(words: Words, story: StoryView) -> Piece:
    return Piece(
        id=story.id,
        headline=story.headline,
        url=story.url,
        takeaways=story.takeaways,
        paragraphs=story.paragraphs,
        labels=labels(words, story),
        author=story.author,
        source=story.source,
        language=story.language,
        published=story.published,
        image=story.image,
    )
