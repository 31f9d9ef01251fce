"""One story as rules and model see it, read once for teaching and for judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.classify.bayes import terms_of
from digest.classify.rules import Hit, Rules
from digest.models.story import Story


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a story: phrases of the rules, topics by its place with their rule, terms for the model."""

    hits: tuple[Hit, ...]
    placed: Mapping[str, str]
    terms: tuple[str, ...]


def read(story: Story, rules: Rules) -> Reading:
    """The reading of a story under these rules."""
    return Reading(rules.matched(story), rules.placed(story), terms_of(story))
