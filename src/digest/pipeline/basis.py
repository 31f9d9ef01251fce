"""What a selection is made from: the stored stories of one cut, the pool, and what each audience already got."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.models.edition import Edition, Line, Plan, Pool
from digest.models.people import Segment
from digest.pipeline import candidates
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.shown import Shown
from digest.select import EditorsHand, Entry, Pooled, Sent, choose, pool
from digest.select.choose import MOST_LEFT_OUT
from digest.settings import Digest
from digest.store import editions, stories
from digest.summarise import Summariser

OLDEST = timedelta(hours=96)


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that the plans of one edition are chosen from, read once. `got` is by segment: event → where and
    when it was sent."""

    identity: Identity
    digest: Digest
    language: str
    cut: datetime
    before: Edition | None
    entries: Mapping[str, Entry]
    pooled: Pooled
    got: Mapping[str, Mapping[str, Sent]]
    summariser: Summariser

    @property
    def old(self) -> dict[str, Sent]:
        """Events that any of the readers had before, as who had them last and largest. An edition's own order skips
        them all, so that none opens with old news for somebody."""
        found: dict[str, Sent] = {}
        for cluster, told in ((cluster, told) for mine in self.got.values() for cluster, told in mine.items()):
            known = found.get(cluster)
            if known is None or (known.at and told.at and told.at > known.at):
                found[cluster] = replace(told, sources=max(told.sources, known.sources if known else 0))
            else:
                found[cluster] = replace(known, sources=max(told.sources, known.sources))
        return found

    @property
    def headlines(self) -> dict[str, str]:
        """Every story's own headline."""
        return {key: entry.story.title for key, entry in self.entries.items()}

    def plan(
        self,
        segment: Segment | None = None,
        *,
        hand: EditorsHand | None = None,
        lead: Sequence[str] | None = None,
        lines: Mapping[str, tuple[Line, ...]] | None = None,
        fixed: bool = False,
        most_left_out: int | None = MOST_LEFT_OUT,
    ) -> Plan:
        """The edition's own plan, or a segment's; raises as `digest.select.choose`. `lines` are an editor's words,
        counted as they will be read. A `fixed` plan is not widened on a thin day: its editor decided what is in it.
        """
        digest = replace(self.digest, thin="shorter") if fixed and self.digest.thin == "widen" else self.digest
        return choose(
            self.pooled.pool,
            self.entries,
            digest_name=self.identity.digest,
            digest=digest,
            topics_order=digest.topics,
            segment=segment,
            language=self.language,
            already=self.got[segment.name] if segment else self.old,
            words=Shown(self.summariser, digest.summary, lines or {}).words,
            hand=hand,
            lead=lead,
            outside=self.pooled.left_out,
            most_left_out=most_left_out,
        )


def basis(
    project: Project,
    identity: Identity,
    cut: datetime,
    *,
    placed: Collection[str] = (),
    revisions: Mapping[str, int] | None = None,
    kept: Pool | None = None,
) -> Basis:
    """Read what an edition with this cut may be made of.

    `placed` are stories that an editor put somewhere, which no window keeps out; `revisions` are those to take of
    stories that were changed later. With a `kept` pool nothing comes in but its stories as they were, and `placed`.
    """
    digest, settings = project.digest(identity.digest), project.settings
    with project.store.database.read() as connection:
        before = editions.previous(connection, identity.digest, identity.id)
        if kept is None:
            stored = list(candidates.stored(connection, digest.topics, cut, digest.window.delta))
        else:
            stored = list(stories.these(connection, {candidate.story for candidate in kept.candidates}))
            revisions = {c.story: c.revision for c in kept.candidates} | dict(revisions or {})
        found = {one.story.id for one in stored}
        stored += stories.these(connection, set(placed) - found)
        entries = {s.story.id: Entry(s.story, s.revision, s.cluster, s.topics) for s in stored}
        for key, number in (revisions or {}).items():
            entry = entries.get(key)
            older = stories.revision(connection, key, number) if entry and entry.revision != number else None
            if entry and older:
                story = replace(older, seen=entry.story.seen, withdrawn=entry.story.withdrawn)
                entries[key] = replace(entry, story=story, revision=number)
        since = cut - digest.no_repeat.delta
        got = {
            segment.name: {
                event: Sent(had.edition, had.at, had.sources)
                for event, had in editions.had(connection, segment.name, since, identity.id).items()
            }
            for segment in project.segments(identity.digest)
        }
    pooled = pool(
        identity.id,
        list(entries.values()),
        digest=digest,
        sources={source.name: source for source in settings.sources},
        cut=cut,
        previous_cut=before.cut if before else None,
        pinned=placed,
    )
    return Basis(
        identity, digest, settings.publication.language, cut, before, entries, pooled, got, project.summariser
    )
