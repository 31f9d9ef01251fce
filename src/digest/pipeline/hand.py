"""An edition file turned into plans: what stands in it is the edition; each segment gets its own part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from digest.errors import ConfigError, Stale, at
from digest.models.edition import LATEST, LEAD, Line, Plan
from digest.models.people import Segment
from digest.pipeline.basis import Basis
from digest.pipeline.edition_file import EditionFile, ListedSection, file_name
from digest.pipeline.edition_lines import line_of
from digest.pipeline.naming import spelled
from digest.pipeline.proposal import Edits, Proposal
from digest.select import EditorsHand
from digest.select.choose import MOST_LEFT_OUT
from digest.select.window import outside

PLACED = "placed by an editor"


@dataclass(frozen=True, slots=True)
class Hand:
    """One edition file over its basis. `edits` say what in it is the editor's own."""

    file: EditionFile
    text: str
    proposal: Proposal
    edits: Edits
    basis: Basis

    @property
    def titles(self) -> dict[str, str]:
        """The editor's headlines by story."""
        return {one.id: " ".join(one.title.split()) for one in self.file.every() if one.title is not None}

    @property
    def lines(self) -> dict[str, tuple[Line, ...]]:
        """The editor's lines by story."""
        return {
            one.id: tuple(Line(" ".join(line.split()), "editor") for line in one.lines)
            for one in self.file.every()
            if one.lines is not None
        }

    @property
    def _order(self) -> tuple[str, ...]:
        """The file's sections in order, then those that the digest would add. The lead is first, the latest last."""
        named = [name for name in (*self.file.lists(), *self.basis.digest.topics) if name not in (LEAD, LATEST)]
        return (LEAD, *dict.fromkeys(named), LATEST)

    @property
    def _dropped(self) -> frozenset[str]:
        return frozenset(self.file.drop) | self.edits.deleted

    @property
    def _updates(self) -> frozenset[str]:
        """Events that readers had and that an editor placed all the same: marked as updates by that."""
        proposed = {story for (_, story), reason in self.proposal.reasons.items() if reason != PLACED}
        own = {one.id for one in self.file.every()} - proposed
        return frozenset(
            entry.cluster
            for key, entry in self.basis.entries.items()
            if key in own and entry.cluster in self.basis.old
        )

    def edition_plan(self) -> tuple[Plan, tuple[str, ...]]:
        """The edition's own plan, exactly what stands in the file, and what an editor may have overlooked, in words.

        Raises:
            Stale: a story in it was withdrawn by its source.
            ConfigError: a story that the editor placed cannot stand there; says why, with file and line.
        """
        self._demand_fit()
        lists = self.file.lists()
        exact = {name: lists.get(name, ()) for name in self._order}
        hand = EditorsHand(exact, drop=self._dropped, updates=self._updates)
        plan = self.basis.plan(hand=hand, lines=self.lines, fixed=True, most_left_out=None)
        notes = (*self._fallen(plan), *self._subject_left_over())
        return self._worded(replace(plan, left_out=plan.left_out[:MOST_LEFT_OUT])), notes

    def segment_plan(self, segment: Segment, lead: Sequence[str]) -> Plan:
        """A segment's plan: the edition's order without what it may not get, refilled from the pool."""
        own = self._own(segment)
        plan = self.basis.plan(segment, hand=self.of(segment), lead=() if LEAD in own else lead, lines=self.lines)
        places = {name: place for place, name in enumerate(self._order)}
        sections = sorted(plan.sections, key=lambda section: places.get(section.name, len(places)))
        return self._worded(replace(plan, sections=tuple(sections)))

    def of(self, segment: Segment) -> EditorsHand:
        """What the file decides for a segment. Sections that the editor touched keep their stories and size; of the
        others the stories stand first, and may be joined by more, up to the segment's own limits."""
        override, own = self.file.segments.get(segment.name), self._own(segment)
        moved = {story for ids in own.values() for story in ids}
        lists = {
            name: tuple(story for story in ids if story not in moved and self._meant_for(segment, name, story))
            for name, ids in self.file.lists().items()
        }
        exact = {name: lists.get(name, ()) for name in self.edits.touched} | own
        pins = {
            story: name
            for name, ids in lists.items()
            if name not in exact
            for story in ids[: segment.limits.get(name, len(ids))]
        }
        drop = self._dropped.difference(moved) | frozenset(override.drop if override else ()) | self._foreign(moved)
        return EditorsHand(exact, pins, drop, self._updates)

    def _meant_for(self, segment: Segment, section: str, story: str) -> bool:
        """Whether a story of the latest is of a segment's topics; other sections are whole topics."""
        entry = self.basis.entries.get(story)
        if section != LATEST or segment.topics is None or entry is None:
            return True
        return not entry.topics or any(score.topic in segment.topics for score in entry.topics)

    def _foreign(self, own: set[str]) -> frozenset[str]:
        """Stories that only another segment's editor brought in: no window would let them into this one."""
        mine = own | {one.id for one in self.file.listed()}
        before = self.basis.before.cut if self.basis.before else None
        window = self.basis.digest.window.delta
        return frozenset(
            one.id
            for one in self.file.every()
            if one.id not in mine
            and (entry := self.basis.entries.get(one.id))
            and outside(entry.story, cut=self.basis.cut, previous_cut=before, window=window)
        )

    def _own(self, segment: Segment) -> dict[str, tuple[str, ...]]:
        override = self.file.segments.get(segment.name)
        return {s.name: tuple(one.id for one in s.stories) for s in override.sections} if override else {}

    def _subject_left_over(self) -> Iterator[str]:
        led, leads = self.proposal.ids(LEAD)[:1], self.file.lists().get(LEAD, ())[:1]
        if led != leads and self.file.subject and self.file.subject == self.proposal.subject:
            told = f"the subject is still the one proposed for another lead: “{self.file.subject}”"
            yield f'{told}; write your own, or subject = "" to have it follow the lead'

    def _where(self, story: str) -> str:
        for path, sections in self._places():
            for number, section in enumerate(sections):
                for place, one in enumerate(section.stories):
                    if one.id == story:
                        line = line_of(self.text, (*path, str(number), "stories", str(place)))
                        return at(file_name(self.file.edition), line)
        return file_name(self.file.edition)

    def _places(self) -> list[tuple[tuple[str, ...], tuple[ListedSection, ...]]]:
        overrides = [(("segments", name, "sections"), o.sections) for name, o in self.file.segments.items()]
        return [(("sections",), self.file.sections), *overrides]

    def _demand_fit(self) -> None:
        for _, sections in self._places():
            for section in sections:
                for one in section.stories:
                    entry = self.basis.entries.get(one.id)
                    if entry is None or entry.story.withdrawn:
                        title = f"“{entry.story.title}”" if entry else one.id
                        raise Stale(
                            f"{title} stands in {section.name}, but its source has withdrawn it",
                            where=self._where(one.id),
                            hint=f"take it out, or `digest select {spelled(self.file.edition)} --refresh` does",
                        )
                    if section.name == LEAD and entry.story.teaser:
                        raise ConfigError(
                            f"“{entry.story.title}” is known by title and excerpt only, and cannot lead",
                            where=self._where(one.id),
                        )
        for story in self.file.drop:
            if any(one.id == story for one in self.file.listed()):
                raise ConfigError(
                    f'the story "{story}" is in drop, and stands in a section too',
                    where=self._where(story),
                    hint="take it out of one of the two",
                )

    def _fallen(self, plan: Plan) -> Iterator[str]:
        """What stands in the file and not in the plan. An editor's word is kept or answered: what was placed and
        cannot stand is an error; what was only proposed falls out, and is told."""
        standing = {pick.story for pick in plan.picks()}
        reasons = {left.story: left.reason for left in plan.left_out}
        for section in self.file.sections:
            for one in section.stories:
                if one.id in standing:
                    continue
                title, why = self.basis.entries[one.id].story.title, reasons.get(one.id, "no place for it")
                if section.name in self.edits.touched:
                    raise ConfigError(
                        f"“{title}” cannot stand in the edition: {why}",
                        where=self._where(one.id),
                        hint="take it out, or give it to one audience under [[segments.NAME.sections]]",
                    )
                yield f"“{title}” stands in the file and is left out of {section.name}: {why}"

    def _worded(self, plan: Plan) -> Plan:
        """The plan under the editor's headlines, and with the reasons of what stands where it was proposed."""
        reasons, titles = self.proposal.reasons, self.titles
        sections = []
        for section in plan.sections:
            picks = []
            for pick in section.picks:
                proposed = reasons.get((section.name, pick.story))
                why = pick.reasons
                if proposed and why and why[0] == PLACED:
                    why = (proposed, *why[1:])
                if pick.story in titles:
                    why = (*why, "headline by an editor")
                picks.append(replace(pick, title=titles.get(pick.story, pick.title), reasons=why))
            sections.append(replace(section, picks=tuple(picks)))
        return replace(plan, sections=tuple(sections))
