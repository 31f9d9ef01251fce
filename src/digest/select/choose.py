"""From the pool to the plan: lead, sections, latest rail, for the edition itself or for one segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from digest.errors import Refused, Stale
from digest.models.edition import LATEST, LEAD, Candidate, LeftOut, Plan, PlanSection, Pool
from digest.models.people import Segment
from digest.models.story import Kind, Story
from digest.select.bounds import bounds_of
from digest.select.entry import EditorsHand, Entry, Sent
from digest.select.filling import Filling, lead_candidates
from digest.settings import Digest

Slot = Literal["lead", "card", "latest"]
WORDS_PER_MINUTE = 200
WITHOUT_TOPICS = 10
MOST_LEFT_OUT = 50


def choose(
    pool: Pool,
    stories: Mapping[str, Entry],
    *,
    digest_name: str,
    digest: Digest,
    topics_order: Sequence[str],
    segment: Segment | None = None,
    language: str = "",
    already: Mapping[str, str | Sent] | None = None,
    words: Callable[[Story, Slot], int] | None = None,
    hand: EditorsHand | None = None,
    lead: Sequence[str] | None = None,
    outside: Sequence[LeftOut] = (),
    most_left_out: int | None = MOST_LEFT_OUT,
) -> Plan:
    """The plan of an edition (`segment` None) or of one segment, from the same pool.

    `topics_order` are the sections in order; `language` is the publication's, for segments that name none. `already`
    maps events that this audience got within `no_repeat` to the edition that sent them. `words` counts what a reader
    reads of a story in a slot; without it the budget is not applied. `lead` is the edition's own lead, which a
    segment's history never removes; where it is None the lead is chosen among what this audience has not got yet.
    `outside` is what the pool left out, listed after the pool's own.

    A source's cap (`max_per_source`) counts over the whole plan, and only while the pool has two sources or more: an
    edition of a newsroom's single feed is not starved by it. What an editor placed is not capped.

    Raises:
        Refused: nothing at all can be sent, or fewer than `min_stories` where `thin = "hold"`.
        Stale: a story that an editor placed is not in the pool.
    """
    bounds = bounds_of(
        pool, stories, digest, tuple(topics_order), segment, language, already or {}, hand or EditorsHand()
    )
    filling = Filling(pool, stories, bounds)
    by_id = {candidate.story: candidate for candidate in pool.candidates}
    _reserve(filling, by_id, lead)
    _lead(filling, by_id, digest, lead)
    for name in bounds.order:
        _section(filling, by_id, name, segment)
    _latest(filling, by_id, digest, segment)
    _thin(filling, digest_name, digest, segment)
    if words is not None:
        _within_budget(filling, digest, words)
    return _plan(filling, digest_name, segment, outside, most_left_out)


def _reserve(filling: Filling, by_id: Mapping[str, Candidate], lead: Sequence[str] | None) -> None:
    """Keep the events of what editors placed, and of the edition's lead, for their own sections."""
    hand = filling.bounds.hand
    for name in (LEAD, *filling.bounds.order, LATEST):
        for story in hand.placed(name):
            if story not in by_id:
                raise Stale(
                    f'the story "{story}", which an editor placed in {name}, is not in the pool: it was withdrawn, '
                    "or is not stored",
                    hint="take it out of the edition file, or drop the pin",
                )
            filling.held.add(story)
            filling.reserved.setdefault(by_id[story].cluster, story)
    for story in lead or ():
        if story in by_id:
            filling.reserved.setdefault(by_id[story].cluster, story)


def _lead(filling: Filling, by_id: Mapping[str, Candidate], digest: Digest, lead: Sequence[str] | None) -> None:
    hand = filling.bounds.hand
    quota = len(hand.sections[LEAD]) if LEAD in hand.sections else digest.lead
    for story in hand.placed(LEAD):
        candidate = by_id.get(story)
        if candidate and not filling.barred(candidate, history=False) and not filling.clash(candidate, placed=True):
            filling.take(LEAD, candidate, "placed by an editor", placed=True)
    given = [by_id[story] for story in lead or () if story in by_id]
    for candidate in given:
        fits = not filling.barred(candidate, history=False) and not filling.clash(candidate, placed=True)
        if fits and _room(filling, LEAD, quota):
            filling.take(LEAD, candidate, "the edition's lead")
    able = lead_candidates(filling)
    for candidate in able:
        if not _room(filling, LEAD, quota):
            return
        if not filling.clash(candidate):
            filling.take(LEAD, candidate, f"first of {len(able)} that may lead")


def _section(filling: Filling, by_id: Mapping[str, Candidate], name: str, segment: Segment | None) -> None:
    hand = filling.bounds.hand
    _placed(filling, by_id, name)
    exact = name in hand.sections
    if exact and segment is None:
        return
    quota = len(hand.sections[name]) if exact else filling.bounds.limits[name]
    mine = [candidate for candidate in filling.able if name in candidate.topics]
    # Whole stories first: a teaser has a title and an excerpt to read, and fills only what would stay empty.
    for candidate in sorted(mine, key=lambda c: filling.story(c).teaser):
        if not _room(filling, name, quota):
            return
        if not filling.clash(candidate):
            filling.take(name, candidate, filling.rule(candidate, name))


def _latest(filling: Filling, by_id: Mapping[str, Candidate], digest: Digest, segment: Segment | None) -> None:
    hand, bounds = filling.bounds.hand, filling.bounds
    _placed(filling, by_id, LATEST)
    if LATEST in hand.sections and segment is None:
        return
    quota = digest.latest if bounds.order else max(digest.latest, WITHOUT_TOPICS)
    newest = sorted(filling.able, key=lambda c: (-(w.timestamp() if (w := filling.story(c).when) else 0.0), c.story))
    for candidate in newest:
        if not _room(filling, LATEST, quota):
            return
        if bounds.only is not None and candidate.topics and not bounds.only.intersection(candidate.topics):
            continue
        if filling.story(candidate).kind is Kind.COMMERCE or filling.clash(candidate):
            continue
        filling.take(LATEST, candidate, "among the newest not yet used")


def _placed(filling: Filling, by_id: Mapping[str, Candidate], name: str) -> None:
    for story in filling.bounds.hand.placed(name):
        candidate = by_id.get(story)
        if candidate and not filling.barred(candidate) and not filling.clash(candidate, placed=True):
            filling.take(name, candidate, "placed by an editor", placed=True)


def _room(filling: Filling, name: str, quota: int) -> bool:
    return len(filling.sections.get(name, ())) < quota


def _thin(filling: Filling, digest_name: str, digest: Digest, segment: Segment | None) -> None:
    if digest.thin == "widen":
        for candidate in filling.able:
            if _whole(filling) >= digest.min_stories:
                break
            mine = [topic for topic in filling.bounds.order if topic in candidate.topics]
            if mine and not filling.clash(candidate) and not filling.story(candidate).teaser:
                filling.take(mine[0], candidate, "beyond the section's limit, for there is little news")
    number = _whole(filling)
    to = f"{digest_name} for {segment.name}" if segment else digest_name
    if number == 0:
        size = len(filling.pool.candidates)
        raise Refused(
            f"there is no story to send in {to}: {size or 'none'} in its window of {digest.window.text}"
            + (", none of them new to these readers and within its rules" if size else ""),
            where=f"[digests.{digest_name}]",
            hint="digest ingest fetches what is new; digest explain says of any story why it is left out; a longer "
            "window takes older news",
        )
    if digest.thin == "hold" and number < digest.min_stories:
        raise Refused(
            f"{to} is held: {number} of at least {digest.min_stories} stories",
            where=f"[digests.{digest_name}] thin",
            hint='wait for more news, or set thin = "shorter" or a smaller min_stories',
        )


def _whole(filling: Filling) -> int:
    """How many whole stories were picked; teasers are none."""
    return sum(1 for _, pick in filling.picked() if not filling.stories[pick.story].story.teaser)


def _within_budget(filling: Filling, digest: Digest, words: Callable[[Story, Slot], int]) -> None:
    """Let the lowest-ranked fall out until what is left can be read in time; never the lead, nor an editor's."""
    slots: Mapping[str, Slot] = {LEAD: "lead", LATEST: "latest"}
    cost = {
        pick.story: words(filling.stories[pick.story].story, slots.get(name, "card"))
        for name, pick in filling.picked()
    }
    total = sum(cost.values())
    limit = digest.budget.minutes * WORDS_PER_MINUTE
    able = [(name, pick) for name, pick in filling.picked() if name != LEAD and pick.story not in filling.held]
    for name, pick in sorted(able, key=lambda pair: (pair[1].score, pair[1].story)):
        if total <= limit:
            return
        filling.drop(name, pick, f"over the reading time of {digest.budget.text}")
        total -= cost[pick.story]


def _plan(
    filling: Filling, digest_name: str, segment: Segment | None, outside: Sequence[LeftOut], most: int | None
) -> Plan:
    sections = tuple(
        PlanSection(name, tuple(filling.sections[name]))
        for name in (LEAD, *filling.bounds.order, LATEST)
        if filling.sections.get(name)
    )
    picked = {pick.story for _, pick in filling.picked()}
    left: list[LeftOut] = []
    for candidate in filling.pool.candidates:
        if most is not None and len(left) >= most:
            break
        if candidate.story not in picked:
            left.append(LeftOut(candidate.story, filling.story(candidate).title, filling.why_not(candidate)))
    left += list(outside)
    return Plan(
        digest_name,
        filling.pool.edition,
        filling.pool.cut,
        segment.name if segment else None,
        sections,
        tuple(left if most is None else left[:most]),
    )
