"""A plan in plain JSON values, and the reason why a story stands where it stands, or nowhere."""

from __future__ import annotations

from typing import Any

from digest.errors import ConfigError
from digest.models.edition import Plan
from digest.pipeline.draft import draft
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.reading import one
from digest.store import stories


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
                    for p in section.picks
                ],
            }
            for section in plan.sections
        ],
        "left_out": [{"story": left.story, "title": left.title, "reason": left.reason} for left in plan.left_out],
    }


def explain(project: Project, identity: Identity, key: str, segment: str | None) -> dict[str, str]:
    """Where a story stands in an edition and why, or why it does not.

    Raises:
        UsageError: there is no single story with this id.
        ConfigError: there is no such segment.
    """
    made = draft(project, identity)
    if segment is not None and segment not in made.segments:
        raise ConfigError(f'there is no segment "{segment}" in it', hint=f"it goes to: {', '.join(made.segments)}")
    plan = made.segments[segment] if segment else made.base
    with project.store.database.read() as connection:
        stored = one(stories.get(connection, key), key)
    found = {"story": stored.story.id, "title": stored.story.title}
    for section in plan.sections:
        for pick in section.picks:
            if pick.story == stored.story.id:
                return found | {"where": section.name, "reason": "; ".join(pick.reasons)}
    for left in plan.left_out:
        if left.story == stored.story.id:
            return found | {"where": "left out", "reason": left.reason}
    when = stored.story.when
    age = f"of {when.astimezone(project.zone):%d %b %H:%M}" if when else "without a date"
    return found | {"where": "left out", "reason": f"{age}: not in the pool of this edition's window"}
