"""One list for each reader, from lists made once per edition; topics, events and sources are bits of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.models.edition import LATEST, LEAD, Candidate, Plan, Pool
from digest.models.story import Kind, Story
from digest.select.bounds import DEFAULT_LIMIT, primary, speaks
from digest.select.choose import WORDS_PER_MINUTE, Slot
from digest.select.entry import Entry
from digest.settings import Digest

DEEPEST = 60
COUNTER = 8
FULL = (1 << COUNTER) - 1
LAST = 1 << 16

Row = tuple[int, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is ready for one language.

    `sections` are (bit of the topic, limit, rows); a row is (bit of its event, story, shift of its source's counter,
    words to read, place in the pool). `latest` are (bits of the story's topics, row), the newest first.
    """

    lead: tuple[str, ...]
    taken: int
    counts: int
    words: int
    sections: tuple[tuple[int, int, tuple[Row, ...]], ...]
    latest: tuple[tuple[int, Row], ...] = ()


@dataclass(frozen=True, slots=True)
class Shelves:
    """The lists of an edition. `topics[i]` is bit i of a reader's choice, `events` are the bits of what they got."""

    topics: tuple[str, ...]
    events: Mapping[str, int]
    shelves: Mapping[str, Shelf]
    language: str
    per_source: int
    budget: int
    latest: int = 0

    def choice(self, topics: Iterable[str]) -> int:
        """The bits of the topics that a reader chose; of every topic when they chose none."""
        chosen = set(topics)
        found = sum(1 << bit for bit, topic in enumerate(self.topics) if topic in chosen)
        return found or (1 << len(self.topics)) - 1

    def got(self, clusters: Iterable[str]) -> int:
        """The bits of events that a reader already got; events of no list do not matter and have none."""
        bits = 0
        for cluster in clusters:
            bits |= self.events.get(cluster, 0)
        return bits


def shelve(
    pool: Pool,
    stories: Mapping[str, Entry],
    plans: Mapping[str, Plan],
    *,
    digest: Digest,
    topics_order: Sequence[str],
    language: str,
    words: Callable[[Story, Slot], int] | None = None,
    limits: Mapping[str, int] | None = None,
    drop: frozenset[str] = frozenset(),
) -> Shelves:
    """The lists of an edition, made once.

    `plans` are the edition's plans by language, chosen without any history: their lead is every reader's, and their
    picks stand first in each section, so that a reader of every topic who got nothing yet reads the plan. Then comes
    the pool, the best story of each event, at most 60 a topic. `language` is read by those whose own has no plan.
    """
    shifts: dict[str, int] = {}
    events: dict[str, int] = {}
    bounds = {topic: {**digest.limits, **(limits or {})}.get(topic, DEFAULT_LIMIT) for topic in topics_order}
    by_id = {candidate.story: candidate for candidate in pool.candidates}
    ranks = {candidate.story: rank for rank, candidate in enumerate(pool.candidates)}

    def row(candidate: Candidate, slot: Slot) -> Row:
        story = stories[candidate.story].story
        bit = events.setdefault(candidate.cluster, 1 << len(events))
        shift = shifts.setdefault(story.source, COUNTER * len(shifts))
        return bit, candidate.story, shift, words(story, slot) if words else 0, ranks[candidate.story]

    shelves: dict[str, Shelf] = {}
    for tag, plan in sorted(plans.items()):
        able = [
            candidate
            for candidate in pool.candidates
            if candidate.story not in drop
            and not stories[candidate.story].story.withdrawn
            and speaks(stories[candidate.story].story.language, frozenset({primary(tag)}))
        ]
        picks = {
            section.name: [
                by_id[pick.story]
                for pick in section.picks
                if pick.story in by_id and (section.name == LEAD or pick.story not in drop)
            ]
            for section in plan.sections
        }
        leads = [row(candidate, "lead") for candidate in picks.get(LEAD, ())]
        sections = tuple(
            (
                1 << bit,
                bounds[topic],
                tuple(row(c, "card") for c in _list(topic, picks.get(topic, ()), able, stories)),
            )
            for bit, topic in enumerate(topics_order)
        )
        rail = _latest(picks.get(LATEST, ()), able, stories) if digest.latest else []
        shelves[primary(tag)] = Shelf(
            tuple(lead[1] for lead in leads),
            sum({lead[0] for lead in leads}),
            sum(1 << lead[2] for lead in leads),
            sum(lead[3] for lead in leads),
            sections,
            tuple((_bits(c, topics_order), row(c, "latest")) for c in rail),
        )
    several = len({stories[candidate.story].story.source for candidate in pool.candidates}) > 1
    cap = min(digest.max_per_source, FULL) if several else FULL
    budget = round(digest.budget.minutes * WORDS_PER_MINUTE)
    return Shelves(tuple(topics_order), events, shelves, primary(language), cap, budget, digest.latest)


def pick(shelves: Shelves, choice: int, language: str, got: int = 0) -> tuple[str, ...]:
    """The stories of one reader in reading order: the lead, the sections of the topics they chose, and the newest of
    what is left that is of these topics or of none.

    `choice` and `got` are bits from `Shelves`. No event comes twice, none that the reader got (the lead aside), no
    source over its cap; what ranks lowest falls out until the rest fits the reading time, never the lead.
    """
    return tuple(story for _, found in arrange(shelves, choice, language, got) for story in found)


def arrange(shelves: Shelves, choice: int, language: str, got: int = 0) -> list[tuple[str, list[str]]]:
    """The same with the name of each section (`lead`, a topic's id, or `latest`) that has stories."""
    shelf = shelves.shelves.get(language) or shelves.shelves.get(primary(language))
    if shelf is None:
        shelf = shelves.shelves[shelves.language]
    taken, counts, spent = shelf.taken | got, shelf.counts, shelf.words
    cap, budget = shelves.per_source, shelves.budget
    found: list[tuple[int, Row]] = []
    for number, (bit, limit, rows) in enumerate(shelf.sections):
        if not choice & bit:
            continue
        left = limit
        for row in rows:
            if left <= 0:
                break
            event, _, shift, length, _ = row
            if taken & event or (counts >> shift) & FULL >= cap:
                continue
            found.append((number, row))
            taken |= event
            counts += 1 << shift
            spent += length
            left -= 1
    left = shelves.latest
    for mask, row in shelf.latest:
        if left <= 0:
            break
        if (mask and not mask & choice) or taken & row[0] or (counts >> row[2]) & FULL >= cap:
            continue
        found.append((LAST, row))
        taken |= row[0]
        counts += 1 << row[2]
        spent += row[3]
        left -= 1
    while spent > budget and found:
        lowest = max(found, key=lambda pair: pair[1][4])
        spent -= lowest[1][3]
        found.remove(lowest)
    arranged: list[tuple[str, list[str]]] = [(LEAD, list(shelf.lead))] if shelf.lead else []
    last = -1
    for number, row in found:
        if number != last:
            arranged.append((LATEST if number == LAST else shelves.topics[number], []))
            last = number
        arranged[-1][1].append(row[1])
    return arranged


def _latest(first: Sequence[Candidate], able: Sequence[Candidate], stories: Mapping[str, Entry]) -> list[Candidate]:
    """The stories of the Latest rail: the plan's own, then the newest, each event once."""

    def newest(candidate: Candidate) -> tuple[float, str]:
        when = stories[candidate.story].story.when
        return -(when.timestamp() if when else 0.0), candidate.story

    rest = (c for c in able if stories[c.story].story.kind is not Kind.COMMERCE)
    best: dict[str, Candidate] = {}
    for candidate in (*first, *sorted(rest, key=newest)):
        best.setdefault(candidate.cluster, candidate)
    return list(best.values())[:DEEPEST]


def _bits(candidate: Candidate, topics: Sequence[str]) -> int:
    """The bits of a story's topics; one that no reader can choose where it has others only."""
    found = sum(1 << bit for bit, topic in enumerate(topics) if topic in candidate.topics)
    return found or (1 << len(topics) if candidate.topics else 0)


def _list(
    topic: str, first: Sequence[Candidate], able: Sequence[Candidate], stories: Mapping[str, Entry]
) -> list[Candidate]:
    """A topic's list: the plan's picks, then the pool's whole stories, then its teasers, each event once."""
    mine = [candidate for candidate in able if topic in candidate.topics]
    mine.sort(key=lambda candidate: stories[candidate.story].story.teaser)
    best: dict[str, Candidate] = {}
    for candidate in (*first, *mine):
        best.setdefault(candidate.cluster, candidate)
    return list(best.values())[:DEEPEST]
