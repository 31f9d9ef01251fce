"""A personal segment of an edition: the lists that readers' own are picked from, and shell and blocks to write them.

All of it is made once, when the edition is built, and frozen with it; no reader is looked at here.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from digest.errors import Refused
from digest.models.edition import LATEST, LEAD, Candidate, Pick, Plan, PlanSection, Rendering
from digest.models.people import Segment
from digest.pipeline.draft import Draft
from digest.pipeline.project import Project
from digest.pipeline.reason import primary, spoken
from digest.pipeline.shown import Shown
from digest.pipeline.view import Page
from digest.render import Personal, Words
from digest.select import EditorsHand, Entry, Sent, Shelves, arrange, choose, shelve, updates
from digest.store import editions
from digest.store.lists import Listed

PICKER = 2
Chosen = list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class PersonalEdition:
    """One personal segment of one edition.

    `variants` are shell and blocks by primary language; `clusters` is the event of every story in a list; `again`
    are events that may come again to who had them, as updates.
    """

    segment: str
    shelves: Shelves
    variants: Mapping[str, Personal]
    clusters: Mapping[str, str]
    again: frozenset[str] = frozenset()

    def language(self, tag: str) -> str:
        """The language that a reader of `tag` gets: their own where it has a list, else the segment's first."""
        own = primary(tag)
        return own if own in self.variants else self.shelves.language

    def chosen(self, language: str, topics: Iterable[str] = (), got: int = 0) -> Chosen:
        """A reader's list as (section, stories), by their topics and the bits of what they got."""
        return arrange(self.shelves, self.shelves.choice(topics), self.language(language), got)

    def listed(self, chosen: Chosen) -> Listed:
        """The list as the ledger keeps it."""
        return tuple((name, story, self.clusters[story]) for name, stories in chosen for story in stories)

    def rendering(self, language: str, chosen: Chosen) -> Rendering:
        """The variant that a reader with this list gets."""
        personal = self.variants[self.language(language)]
        return personal.joined(own_sections(chosen), Words.of(personal.shell.language))

    @property
    def default(self) -> Chosen:
        """What a reader gets who chose no topics and had nothing before, in the segment's first language."""
        return self.chosen(self.shelves.language)

    def largest(self) -> Iterator[Rendering]:
        """The longest variant that any reader can get, in each language: of stories the longest first, within all
        limits."""
        for tag, personal in self.variants.items():
            size = {
                (section.name, story.id): len(story.block.html)
                for section in personal.sections
                for story in section.stories
            }
            shelf = self.shelves.shelves[tag]
            sections = tuple(
                (bit, limit, tuple(sorted(rows, key=lambda row: (-size.get((topic, row[1]), 0), row[1]))))
                for topic, (bit, limit, rows) in zip(self.shelves.topics, shelf.sections, strict=True)
            )
            latest = sorted(shelf.latest, key=lambda pair: (-size.get((LATEST, pair[1][1]), 0), pair[1][1]))
            shelf = replace(shelf, sections=sections, latest=tuple(latest))
            longest = replace(self.shelves, shelves={tag: shelf}, language=tag)
            yield self.rendering(tag, arrange(longest, longest.choice(()), tag))


def own_sections(chosen: Chosen) -> Chosen:
    """The list without the story that opens the edition, which is not a block: it stands in every reader's shell."""
    rest = [(name, stories[1:] if name == LEAD else stories) for name, stories in chosen]
    return [(name, stories) for name, stories in rest if stories]


def compose(
    project: Project, made: Draft, page: Page, segment: Segment, hand: EditorsHand | None = None
) -> PersonalEdition:
    """The lists and blocks of a personal segment, from a draft's pool.

    Raises:
        Refused: there is no story to send in any of its languages.
        TemplateError: its template cannot be rendered, or not be taken apart into blocks.
    """
    hand = hand or EditorsHand()
    got = _got(project, made, segment)
    entries = _entries(made)
    again = updates(made.pool, entries, project.digest(made.edition.digest), got, hand)
    plans = _plans(project, made, segment, hand, got)
    # What grew comes by what is new of it, never by the story that readers had.
    stale = frozenset(
        c.story
        for c in made.pool.candidates
        if c.cluster in again and not again[c.cluster].by(made.stories[c.story]) and c.story not in _placed(hand)
    )
    drop = hand.drop | stale
    shelves = _shelve(project, made, segment, plans, drop)
    unlinked = page.unlinked(_stories(shelves))
    if unlinked:
        shelves = _shelve(project, made, segment, plans, drop | unlinked)
    page = page.linked(_stories(shelves))
    by_id = {candidate.story: candidate for candidate in made.pool.candidates}
    variants: dict[str, Personal] = {}
    for tag in shelves.shelves:
        language = spoken(tag, project.settings.publication.language)
        variants[tag] = page.blocks(segment, _whole(made, shelves, tag, segment, again), language)
    clusters = {story: by_id[story].cluster for story in _stories(shelves)}
    return PersonalEdition(segment.name, shelves, variants, clusters, hand.updates | again.keys())


def _got(project: Project, made: Draft, segment: Segment) -> dict[str, Sent]:
    """What any reader of the segment had, by event."""
    since = made.edition.cut - project.digest(made.edition.digest).no_repeat.delta
    with project.store.database.read() as connection:
        found = editions.had(connection, segment.name, since, made.edition.id)
    return {event: Sent(had.edition, had.at, had.sources) for event, had in found.items()}


def _entries(made: Draft) -> dict[str, Entry]:
    return {
        c.story: Entry(made.stories[c.story], c.revision, c.cluster)
        for c in made.pool.candidates
        if c.story in made.stories
    }


def _placed(hand: EditorsHand) -> set[str]:
    return {*hand.pins, *(story for stories in hand.sections.values() for story in stories)}


def default_plan(made: Draft, edition: PersonalEdition) -> Plan:
    """The plan of who chose no topics, in place of the one that knows nothing of readers."""
    before = made.segments[edition.segment]
    known = {pick.story: pick for pick in before.picks()}
    by_id = {candidate.story: candidate for candidate in made.pool.candidates}
    sections = tuple(
        PlanSection(name, tuple(known.get(story) or _pick(made, by_id[story], edition.again) for story in stories))
        for name, stories in edition.default
    )
    standing = {pick.story for section in sections for pick in section.picks}
    left_out = tuple(left for left in before.left_out if left.story not in standing)
    return replace(before, sections=sections, left_out=left_out)


def _plans(
    project: Project, made: Draft, segment: Segment, hand: EditorsHand, got: Mapping[str, Sent]
) -> dict[str, Plan]:
    """The segment's plan in each of its languages, without history but with the lead that is new to everybody."""
    digest = project.digest(made.edition.digest)
    own = partial(
        choose,
        made.pool,
        _entries(made),
        digest_name=made.edition.digest,
        digest=digest,
        topics_order=digest.topics,
        words=Shown(project.summariser, digest.summary, made.lines).words,
        hand=hand,
    )
    lead = [pick.story for section in made.base.sections if section.name == LEAD for pick in section.picks]
    plans: dict[str, Plan] = {}
    problem: Refused | None = None
    for tag in segment.languages or (project.settings.publication.language,):
        speaking = replace(segment, languages=(tag,))
        try:
            new = own(segment=speaking, already=got, lead=lead)
            first = [pick.story for section in new.sections if section.name == LEAD for pick in section.picks]
            plans.setdefault(primary(tag), own(segment=speaking, lead=first))
        except Refused as refused:
            problem = problem or refused
    if not plans and problem:
        raise problem
    return plans


def _shelve(
    project: Project, made: Draft, segment: Segment, plans: Mapping[str, Plan], drop: frozenset[str]
) -> Shelves:
    digest = project.digest(made.edition.digest)
    wanted = digest.topics if segment.topics is None else [t for t in digest.topics if t in segment.topics]
    return shelve(
        made.pool,
        _entries(made),
        plans,
        digest=digest,
        topics_order=wanted,
        language=next(iter(plans)),
        words=Shown(project.summariser, digest.summary, made.lines).words,
        limits=segment.limits,
        drop=drop,
    )


def _whole(made: Draft, shelves: Shelves, tag: str, segment: Segment, again: Container[str]) -> Plan:
    """Every story of any reader's list in one language, as one plan."""
    shelf = shelves.shelves[tag]
    by_id = {candidate.story: candidate for candidate in made.pool.candidates}

    def section(name: str, stories: Iterable[str]) -> PlanSection:
        return PlanSection(name, tuple(_pick(made, by_id[story], again) for story in stories))

    sections = [section(LEAD, shelf.lead)] if shelf.lead else []
    for topic, (_, _, rows) in zip(shelves.topics, shelf.sections, strict=True):
        mine = section(topic, (row[1] for row in rows if not row[0] & shelf.taken))
        sections += [mine] if mine.picks else []
    rail = section(LATEST, (row[1] for _, row in shelf.latest if not row[0] & shelf.taken))
    sections += [rail] if rail.picks else []
    edition = made.edition
    return Plan(edition.digest, edition.id, edition.cut, segment.name, tuple(sections))


def _pick(made: Draft, candidate: Candidate, again: Container[str]) -> Pick:
    title, event = made.stories[candidate.story].title, candidate.cluster
    reasons = candidate.reasons
    return Pick(candidate.story, candidate.revision, event, title, candidate.score, reasons, event in again)


def _stories(shelves: Shelves) -> tuple[str, ...]:
    found = dict.fromkeys(story for shelf in shelves.shelves.values() for story in shelf.lead)
    for shelf in shelves.shelves.values():
        found |= dict.fromkeys(row[1] for _, _, rows in shelf.sections for row in rows)
        found |= dict.fromkeys(row[1] for _, row in shelf.latest)
    return tuple(found)
