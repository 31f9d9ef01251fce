"""The candidates of an edition: what is news for its cut, scored, best first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from digest.models.edition import Candidate, LeftOut, Pool
from digest.models.story import Kind
from digest.select.entry import Entry, Pooled
from digest.select.rank import score, source_weight, standing
from digest.select.window import OLDEST, late, outside
from digest.settings import Digest, Source


def pool(
    edition: str,
    entries: Sequence[Entry],
    *,
    digest: Digest,
    sources: Mapping[str, Source],
    cut: datetime,
    previous_cut: datetime | None = None,
    pinned: Collection[str] = (),
) -> Pooled:
    """The pool of an edition from stored stories, in whatever order they come.

    `pinned` are stories that an editor placed: the window and the kind do not keep them out.

    Withdrawn stories are out, sponsored ones too unless the digest says `sponsored = true`. Where fewer events than
    `min_stories` are left and `thin = "widen"`, the window is doubled (to at most 96 hours).
    """
    window = digest.window.delta
    wider = max(window, min(2 * window, OLDEST))
    kept, out = _sorted(entries, digest, cut, previous_cut, window, pinned)
    widened = digest.thin == "widen" and len({e.cluster for e in kept}) < digest.min_stories and wider > window
    if widened:
        kept, out = _sorted(entries, digest, cut, previous_cut, wider, pinned)
    events: dict[str, list[Entry]] = {}
    for entry in entries:
        story = entry.story
        if not story.withdrawn and story.kind is not Kind.SPONSORED and (story.when is None or story.when <= cut):
            events.setdefault(entry.cluster, []).append(entry)
    standings = {cluster: standing(members, sources) for cluster, members in events.items()}
    ranked: list[tuple[float, float, str, Candidate]] = []
    for entry in kept:
        event = standings.get(entry.cluster) or standing([entry], sources)
        weight = source_weight(entry.story, sources)
        found = score(entry, event, cut=cut, half_life=digest.decay.delta, weight=weight)
        reasons = found.reasons
        if late(entry.story, cut=cut, window=window) and entry.story.id not in pinned:
            reasons = (*reasons, "the window was widened" if widened else "first seen since the last edition")
        candidate = Candidate(
            entry.story.id,
            entry.revision,
            entry.cluster,
            tuple(topic.topic for topic in entry.topics),
            found.value,
            reasons,
        )
        when = entry.story.when
        ranked.append((-found.value, -(when.timestamp() if when else 0.0), entry.story.id, candidate))
    ranked.sort(key=lambda row: row[:3])
    return Pooled(Pool(edition, cut, tuple(row[3] for row in ranked)), out)


def _sorted(
    entries: Sequence[Entry],
    digest: Digest,
    cut: datetime,
    previous_cut: datetime | None,
    window: timedelta,
    pinned: Collection[str],
) -> tuple[list[Entry], tuple[LeftOut, ...]]:
    kept: list[Entry] = []
    out: list[tuple[float, LeftOut]] = []
    for entry in entries:
        story = entry.story
        if story.withdrawn:
            reason: str | None = "withdrawn by its source"
        elif story.id in pinned:
            reason = None
        elif story.kind is Kind.SPONSORED and not digest.sponsored:
            reason = "sponsored, which this digest leaves out"
        else:
            reason = outside(story, cut=cut, previous_cut=previous_cut, window=window)
        if reason is None:
            kept.append(entry)
        else:
            out.append((-(story.when.timestamp() if story.when else 0.0), LeftOut(story.id, story.title, reason)))
    out.sort(key=lambda row: (row[0], row[1].story))
    return kept, tuple(left for _, left in out)
