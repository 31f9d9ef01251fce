"""The state of one plan while it is filled: what was taken, by whom, and why the rest may not come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from digest.models.edition import Candidate, Pick, Pool
from digest.models.story import Story
from digest.select.bounds import Bounds, speaks
from digest.select.entry import Entry

FLOOR = -4.5


@dataclass(slots=True)
class Filling:
    """Takes candidates into sections; each event once, each source within its cap."""

    pool: Pool
    stories: Mapping[str, Entry]
    bounds: Bounds
    sections: dict[str, list[Pick]] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    fallen: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    _titles: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _able: tuple[Candidate, ...] | None = None

    @property
    def able(self) -> tuple[Candidate, ...]:
        """The candidates that nothing bars from this plan, best first."""
        if self._able is None:
            self._able = tuple(c for c in self.pool.candidates if self.barred(c) is None)
        return self._able

    def story(self, candidate: Candidate) -> Story:
        return self.stories[candidate.story].story

    def barred(self, candidate: Candidate, *, history: bool = True) -> str | None:
        """Why a candidate may stand nowhere in this plan, whatever else is in it; None when it may."""
        story, bounds = self.story(candidate), self.bounds
        if story.withdrawn:
            return "withdrawn by its source"
        if candidate.story in bounds.hand.drop:
            return "dropped by an editor"
        if not speaks(story.language, bounds.languages):
            return f"in another language ({story.language})"
        if history and candidate.cluster in bounds.already:
            update = bounds.updates.get(candidate.cluster)
            if update is None or not update.by(story):
                return f"sent in {bounds.already[candidate.cluster].edition}"
        if candidate.score < FLOOR and candidate.story not in self.held:
            return f"below the floor ({candidate.score:.1f})"
        return None

    def clash(self, candidate: Candidate, *, placed: bool = False) -> str | None:
        """Why a candidate may not come beside what is taken already; None when it may."""
        other = self.taken.get(candidate.cluster)
        if other is not None:
            return f"lost to “{self._titles[other]}”, the same event"
        holder = self.reserved.get(candidate.cluster)
        if holder is not None and holder != candidate.story and not placed:
            return f"lost to “{self.stories[holder].story.title}”, which an editor placed"
        source, cap = self.story(candidate).source, self.bounds.per_source
        if not placed and cap is not None and self._counts.get(source, 0) >= cap:
            return f"over the cap of {cap} stories from {source}"
        return None

    def take(self, section: str, candidate: Candidate, *reasons: str, placed: bool = False) -> None:
        """Put a candidate at the end of a section."""
        story = self.story(candidate)
        update = self.bounds.updates.get(candidate.cluster)
        why = (*reasons, *((update.words,) if update else ()), *candidate.reasons)
        pick = Pick(story.id, candidate.revision, candidate.cluster, story.title, candidate.score, why, bool(update))
        self.sections.setdefault(section, []).append(pick)
        self.taken[candidate.cluster] = story.id
        self._titles[story.id] = story.title
        self._counts[story.source] = self._counts.get(story.source, 0) + 1
        if placed:
            self.held.add(story.id)

    def drop(self, section: str, pick: Pick, reason: str) -> None:
        """Take a pick out again; its place stays empty."""
        self.sections[section].remove(pick)
        self.fallen[pick.story] = reason

    def picked(self) -> Iterator[tuple[str, Pick]]:
        """Every pick with its section."""
        for name, picks in self.sections.items():
            for pick in picks:
                yield name, pick

    def rule(self, candidate: Candidate, topic: str) -> str:
        """The reason that a candidate stands in a topic's section."""
        found = next((s for s in self.stories[candidate.story].topics if s.topic == topic), None)
        return f"{topic}: {_said(found.rule)}" if found else topic

    def why_not(self, candidate: Candidate) -> str:
        """Why a candidate of the pool is not in this plan."""
        if candidate.story in self.fallen:
            return self.fallen[candidate.story]
        reason = self.barred(candidate) or self.clash(candidate)
        if reason:
            return reason
        mine = [topic for topic in self.bounds.order if topic in candidate.topics]
        if not mine:
            if self.bounds.only is not None and candidate.topics:
                return "not one of this segment's topics"
            return "no topic of this digest" if candidate.topics else "no topic was found for it"
        full = [self.sections[topic][-1] for topic in mine if self.sections.get(topic)]
        if full:
            return f"lost to “{full[0].title}” in {mine[0]}"
        return f"no place for it in {mine[0]}"


def leads(story: Story) -> bool:
    """Whether a story may lead without being pinned, its date aside."""
    return story.kind.leads and not story.teaser


def lead_candidates(filling: Filling) -> Sequence[Candidate]:
    """Those that may lead, best first. Where any of them has a date, those without one are not among them."""
    able = [candidate for candidate in filling.able if leads(filling.story(candidate))]
    dated = [candidate for candidate in able if filling.story(candidate).published]
    return dated or able


def _said(rule: str) -> str:
    """The rule that gave a topic, as an editor says it."""
    whole = {
        "explicit": "the story says so",
        "source": "its source's topic",
        "editor": "an editor said so",
    }
    kind, _, what = rule.partition(":")
    parts = {"category": "category", "section": "address has", "match": "found"}
    if rule in whole:
        return whole[rule]
    return f"{parts[kind]} “{what}”" if what and kind in parts else rule
