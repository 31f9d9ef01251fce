"""Why a story is in an edition, or why not: an answer for any id."""

from __future__ import annotations

from digest.models.edition import LATEST, LEAD, Plan
from digest.select.entry import Pooled


def explain(story: str, plan: Plan, pooled: Pooled) -> str:
    """In words, why `story` stands in the plan, or what kept it out.

    Ask with a plan that was chosen with `most_left_out=None`: one that names only the best fifty cannot answer for
    the others, and then says so.
    """
    for section in plan.sections:
        for number, pick in enumerate(section.picks, 1):
            if pick.story == story:
                return f"“{pick.title}” is {_place(section.name, number)}: {'; '.join(pick.reasons)}"
    for left in (*plan.left_out, *pooled.left_out):
        if left.story == story:
            return f"“{left.title}” is not in it: {left.reason}"
    if any(candidate.story == story for candidate in pooled.pool.candidates):
        return f"{story} is a candidate of {plan.edition}, not among the best that were left out"
    return f"{story} is not stored, or was published and first seen too long before {plan.cut:%Y-%m-%d %H:%M}"


def _place(section: str, number: int) -> str:
    if section == LEAD:
        return "the lead" if number == 1 else f"number {number} of the lead"
    return f"number {number} of the latest" if section == LATEST else f"number {number} in {section}"
