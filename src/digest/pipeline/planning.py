"""A plan in plain JSON values, and the reason why a story stands where it stands, or nowhere."""

from __future__ import annotations

from typing import Any

from digest.errors import ConfigError, Refused
from digest.models.edition import LeftOut, Plan
from digest.models.story import TopicScore
from digest.pipeline.basis import Basis, basis
from digest.pipeline.draft import Draft, draft
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.reading import one
from digest.select import EditorsHand, Entry, choose
from digest.select.window import outside
from digest.store import stories
from digest.store.stories import Stored


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as `select --json` prints it."""
    return {
        "digest": plan.digest,
        "edition": plan.edition,
        "cut": plan.cut.isoformat(),
        "segment": plan.segment,
        "sections": [
            {
                "name": section.name,
                "picks": [
                    {"story": p.story, "title": p.title, "score": round(p.score, 6), "reasons": list(p.reasons)}
                    | ({"update": True} if p.update else {})
                    for p in section.picks
                ],
            }
            for section in plan.sections
        ],
        "left_out": [{"story": left.story, "title": left.title, "reason": left.reason} for left in plan.left_out],
    }


def plan_of(project: Project, made: Draft, segment: str | None) -> Plan:
    """The edition's own plan, or a segment's; of a personal one the list of who chose no topics and had nothing yet.

    Raises:
        ConfigError: there is no such segment.
    """
    if segment is None:
        return made.base
    if segment not in made.segments:
        raise ConfigError(f'there is no segment "{segment}" in it', hint=f"it goes to: {', '.join(made.segments)}")
    if made.frozen or not project.audiences[segment].personal:
        return made.segments[segment]
    # Rendering is much to load, and only a personal segment's plan is made with its blocks.
    from digest.pipeline.build import build

    return build(project, made, [segment], keep=False).draft.segments[segment]


def explain(project: Project, identity: Identity, key: str, segment: str | None) -> dict[str, str]:
    """Where a stored story stands in an edition and why, or why it does not: an answer for every one.

    Raises:
        UsageError: there is no single story with this id.
        ConfigError: there is no such segment.
    """
    with project.store.database.read() as connection:
        stored = one(stories.get(connection, key), key)
    made = draft(project, identity)
    plan = plan_of(project, made, segment)
    found = {"story": stored.story.id, "title": stored.story.title}
    for section in plan.sections:
        for pick in section.picks:
            if pick.story == stored.story.id:
                return found | {"where": section.name, "reason": "; ".join(pick.reasons)}
    return found | {"where": "left out", "reason": _why_not(project, identity, made, plan, stored)}


def _why_not(project: Project, identity: Identity, made: Draft, plan: Plan, stored: Stored) -> str:
    key = stored.story.id
    listed = _left(plan.left_out, key)
    if listed:
        return listed
    if any(candidate.story == key for candidate in made.pool.candidates):
        return _left(_all_left_out(project, identity, made, plan), key) or "others stood before it"
    if made.edition.frozen_at and stored.story.seen and stored.story.seen > made.edition.cut:
        return "first seen after the edition was made"
    found = basis(project, identity, made.edition.cut)
    return _left(found.pooled.left_out, key) or _outside(found, stored)


def _all_left_out(project: Project, identity: Identity, made: Draft, plan: Plan) -> tuple[LeftOut, ...]:
    """Every candidate that the plan has no place for: the same choice once more, without an end to the list."""
    found = basis(project, identity, made.edition.cut)
    segment = next((s for s in project.segments(identity.digest) if s.name == plan.segment), None)
    entries = {
        c.story: Entry(made.stories[c.story], c.revision, c.cluster, tuple(TopicScore(t, 1.0, "") for t in c.topics))
        for c in made.pool.candidates
        if c.story in made.stories
    }
    own = made.hands.get(plan.segment) if plan.segment else None
    dropped = own.drop if own else _dropped(made)
    sections = {section.name: tuple(pick.story for pick in section.picks) for section in plan.sections}
    try:
        return choose(
            made.pool,
            entries,
            digest_name=identity.digest,
            digest=found.digest,
            topics_order=found.digest.topics,
            segment=segment,
            language=found.language,
            already=found.got[segment.name] if segment else found.old,
            hand=EditorsHand(sections, drop=dropped),
            most_left_out=None,
        ).left_out
    except Refused:
        return ()


def _dropped(made: Draft) -> frozenset[str]:
    """What an editor keeps out of the whole edition: what no segment may have."""
    hands = [hand.drop for hand in made.hands.values()]
    return frozenset.intersection(*hands) if hands else frozenset()


def _outside(found: Basis, stored: Stored) -> str:
    """For a story that is too old to have been looked at at all."""
    previous = found.before.cut if found.before else None
    reason = outside(stored.story, cut=found.cut, previous_cut=previous, window=found.digest.window.delta)
    return reason or "not in the pool of this edition: it was read or changed after it was made"


def _left(left_out: tuple[LeftOut, ...], key: str) -> str | None:
    return next((left.reason for left in left_out if left.story == key), None)
