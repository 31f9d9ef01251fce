"""Draft an edition: the pool, the plan of the edition and of each segment, subject and preheader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from digest.errors import Refused
from digest.models.edition import LATEST, LEAD, Edition, EditionState, Plan, Pool
from digest.models.story import Story
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.select import Entry, choose, pool, preheader, subject
from digest.select.choose import Slot
from digest.store import editions, stories
from digest.summarise import count_words, summarise

OLDEST = timedelta(hours=96)


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition with everything its words come from. `frozen` means that nothing upstream was run again."""

    edition: Edition
    pool: Pool
    stories: Mapping[str, Story]
    base: Plan
    segments: Mapping[str, Plan]
    frozen: bool

    @property
    def fresh(self) -> bool:
        return not self.frozen


def draft(project: Project, identity: Identity) -> Draft:
    """The edition as it stands now: the frozen one unchanged, else a fresh selection, which is kept.

    Raises:
        Refused: there is nothing to send, or too little where `thin = "hold"`, or the day is over.
        StoreError: the store cannot be read or written.
    """
    with project.store.database.read() as connection:
        known = editions.load(connection, identity.id)
    if known and known.frozen_at:
        return _thaw(project, known)
    now = project.now()
    cut = identity.cut or now
    if cut + project.digest(identity.digest).send_by.delta < now and known is None:
        raise Refused(
            f"{identity.id} was never prepared, and its day is over: old news is not sent",
            hint=f"digest send {identity.digest} sends today's",
        )
    made = _select(project, identity, cut)
    with project.store.database.begin() as connection:
        editions.save(connection, made.edition, made.pool)
    return made


def _select(project: Project, identity: Identity, cut: datetime) -> Draft:
    digest, settings, segments = project.digest(identity.digest), project.settings, project.segments(identity.digest)
    with project.store.database.read() as connection:
        before = editions.previous(connection, identity.digest, identity.id)
        stored = stories.since(connection, cut - OLDEST)
        since = cut - digest.no_repeat.delta
        got = {
            s.name: editions.already(connection, s.name, since, identity.id)
            for s in project.segments(identity.digest)
        }
    entries = {s.story.id: Entry(s.story, s.revision, s.cluster, s.topics) for s in stored}
    pooled = pool(
        identity.id,
        list(entries.values()),
        digest=digest,
        sources={source.name: source for source in settings.sources},
        cut=cut,
        previous_cut=before.cut if before else None,
    )
    # An edition never opens with what any of its readers had before: its own order skips what any segment got.
    old = {cluster: told for mine in got.values() for cluster, told in mine.items()}
    plan = partial(
        choose,
        pooled.pool,
        entries,
        digest_name=identity.digest,
        digest=digest,
        topics_order=digest.topics,
        language=settings.publication.language,
        words=partial(_shown_words, digest.summary),
        outside=pooled.left_out,
    )
    base = plan(already=old)
    lead = [pick.story for section in base.sections if section.name == LEAD for pick in section.picks]
    plans = {s.name: plan(segment=s, already=got[s.name], lead=lead) for s in segments}
    words = {key: entry.story for key, entry in entries.items()}
    chosen_subject, chosen_preheader = _inbox_row(base, words, before)
    edition = Edition(
        id=identity.id,
        digest=identity.digest,
        date=identity.date.isoformat(),
        cut=cut,
        send_by=cut + digest.send_by.delta,
        state=EditionState.DRAFT,
        subject=chosen_subject,
        preheader=chosen_preheader,
        previous_cut=before.cut if before else None,
        plans=(base, *plans.values()),
    )
    return Draft(edition, pooled.pool, words, base, plans, frozen=False)


def _shown_words(summary: int, story: Story, slot: Slot) -> int:
    """What a reader reads of a story in a slot, in words."""
    if slot == "latest":
        return count_words(f"{story.title} {story.excerpt}")
    shown = summarise(story, None if slot == "lead" else summary)
    return count_words(story.title) + sum(count_words(line.text) for line in shown.lines)


def _inbox_row(base: Plan, words: Mapping[str, Story], before: Edition | None) -> tuple[str, str]:
    ordered = [words[pick.story] for section in base.sections if section.name != LATEST for pick in section.picks]
    ordered = ordered or [words[pick.story] for pick in base.picks()]
    if not ordered:
        return "", ""
    best = subject(ordered[0], ordered[1:], last=before.subject if before else None)[0]
    return best, preheader(ordered[0], ordered[1:], best)


def _thaw(project: Project, edition: Edition) -> Draft:
    """A frozen edition with the very revisions that it was built from."""
    with project.store.database.read() as connection:
        kept = editions.pool_of(connection, edition)
        words: dict[str, Story] = {}
        for candidate in kept.candidates:
            story = stories.revision(connection, candidate.story, candidate.revision)
            if story:
                words[candidate.story] = story
    base = next(plan for plan in edition.plans if plan.segment is None)
    plans = {plan.segment: plan for plan in edition.plans if plan.segment}
    return Draft(edition, kept, words, base, plans, frozen=True)


def published_since(project: Project, edition: Edition, now: datetime) -> tuple[str, ...]:
    """Titles of stories first seen after a frozen edition's cut: listed, never slipped in."""
    with project.store.database.read() as connection:
        later = stories.since(connection, edition.cut)
    return tuple(s.story.title for s in later if s.story.seen and edition.cut < s.story.seen <= now)
