"""Through whose eyes an edition is seen: a sample, somebody without a name, the longest of names, or a subscriber."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from digest.models.edition import Pick, Plan, PlanSection, Rendering
from digest.pipeline import readers_copy
from digest.pipeline.draft import Draft
from digest.pipeline.naming import Identity
from digest.pipeline.sampling import SAMPLE as SOMEBODY
from digest.pipeline.sampling import sample
from digest.web.preview.desk import Desk, Proof
from digest.web.preview.faults import GetsNothing
from digest.web.preview.letter import Letter
from digest.web.preview.looks import EMPTY, LONGEST, READERS, SAMPLE, reader_of

# About as long as names and addresses get; some of it can be broken into lines, some cannot.
LONG: Final = replace(
    SOMEBODY,
    name="Wilhelmina-Alexandra Konstantinopolitanopoulos-Przybyszewska von und zu Hohenlohe-Schillingsfürst",
    email="wilhelmina-alexandra.konstantinopolitanopoulos-przybyszewska@correspondents.the-longest-name.example",
)
NAMELESS: Final = replace(SOMEBODY, name="")
_WORDS: Final = {
    SAMPLE: "a sample reader",
    EMPTY: "a reader whose fields are all empty",
    LONGEST: "a reader with the longest of names",
}
_STATES: Final = {
    "planned": "It waits to be sent to them.",
    "claimed": "It is about to be sent to them.",
    "intent": "It is being sent to them.",
    "accepted": "It was accepted by their mail server.",
    "deferred": "It will be tried again.",
    "rejected": "It was refused by their mail server.",
    "unknown": "It may have arrived: there was no answer.",
    "suppressed": "They were left out.",
    "skipped": "They were left out.",
    "cancelled": "It was cancelled before it went out.",
    "expired": "It was not sent in time, and will not be.",
}


TEXT_ONLY: Final = "They want plain text only."


@dataclass(frozen=True, slots=True)
class Seen:
    """An edition as one reader gets it. `reader` is as in addresses, `words` who that is, `note` what is particular
    about them; `rendering` tells language, preheader and counts."""

    proof: Proof
    segment: str
    reader: str
    words: str
    letter: Letter
    rendering: Rendering
    plan: Plan
    note: str = ""


def see(desk: Desk, identity: Identity, segment: str | None, reader: str) -> Seen:
    """What this reader of a segment gets; a subscriber stands in the segment that takes them, whatever is asked for.
    Without a segment it is the one that most people are in.

    Raises:
        UsageError: there is no such reader.
        GetsNothing: no segment takes the subscriber, or there is nothing that is new to them.
        KeyError: the edition does not go to the segment.
        DigestError: as `Desk.look`.
    """
    reader_of(reader)
    if reader in READERS:
        made = desk.draft(identity)
        if segment is None:
            taken = desk.reach(identity.digest).taken
            segment = max(made.segments, key=lambda name: taken.get(name, 0))
        elif segment not in made.segments:
            raise KeyError(segment)
        return _invented(desk.look(identity, segment), segment, reader)
    return _real(desk, identity, int(reader))


def _invented(proof: Proof, segment: str, reader: str) -> Seen:
    rendering, letter = proof.renderings[segment], proof.letters[segment]
    if reader != SAMPLE:
        person = {EMPTY: NAMELESS, LONGEST: LONG}[reader]
        letter = Letter.opened(sample(proof.project, proof.edition, rendering, person))
    return Seen(proof, segment, reader, _WORDS[reader], letter, rendering, proof.draft.segments[segment])


def _real(desk: Desk, identity: Identity, number: int) -> Seen:
    made = desk.draft(identity)
    person, place = desk.reader(identity, number)
    words = f"{person.name} <{person.email}>" if person.name else person.email
    if place is None or place.recipient.segment not in made.segments:
        state = f"their subscription is {person.state}" if person.state else f"they do not get {identity.digest}"
        raise GetsNothing(
            f"{words} gets nothing of this edition: no segment takes them",
            hint=f"{state}; the segments are {', '.join(made.segments)}",
        )
    segment = place.recipient.segment
    proof = desk.look(identity, segment)
    (copy,) = desk.copy(identity, place)
    if copy is None:
        raise GetsNothing(f"{words} gets nothing of this edition: {readers_copy.NOTHING_NEW}")
    note = _STATES.get(place.state, "") if place.state else ""
    if place.left_out:
        note = f"As things stand they would be left out: {place.left_out}."
    if copy.message.plain:
        note = f"{TEXT_ONLY} {note}".strip()
    plan = proof.draft.segments[segment]
    if copy.chosen is not None:
        plan = _own_plan(proof.draft, plan, copy.chosen)
    letter = Letter.opened(copy.message)
    return Seen(proof, segment, str(number), words, letter, copy.rendering, plan, note)


def _own_plan(made: Draft, plan: Plan, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> Plan:
    """The reader's own list as a plan."""
    known = {pick.story: pick for pick in plan.picks()}
    by_id = {candidate.story: candidate for candidate in made.pool.candidates}

    def pick(story: str) -> Pick:
        one = by_id[story]
        title = made.stories[story].title
        return known.get(story) or Pick(story, one.revision, one.cluster, title, one.score, one.reasons)

    sections = tuple(PlanSection(name, tuple(pick(story) for story in stories)) for name, stories in chosen)
    return replace(plan, sections=sections)
