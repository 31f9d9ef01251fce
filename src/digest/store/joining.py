"""Take people in: a batch of them in a few statements, never undoing what a reader decided.

An import may add people, tell more about them, and end subscriptions. It never makes anybody get more mail than they
chose: who left stays out, who paused stays paused, who chose a frequency or topics keeps them unless the file says
something else, who is suppressed gets no active subscription, and who was forgotten does not come back at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from digest.models.people import Consent, Subscription
from digest.store import arriving
from digest.store.suppression import FORGOTTEN, suppressed_everywhere


@dataclass(frozen=True, slots=True)
class Joining:
    """A person as they come in: `key` is the normalised address that identifies them. None keeps what is known.
    The subscriptions say nothing yet about whose they are: their `subscriber` is 0. `suppressed` says why the address
    must never be written to; `ended` and `why` when that or the end of a subscription came about, and the reason."""

    email: str
    key: str
    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    text_only: bool | None = None
    tags: tuple[str, ...] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    joined: datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()
    consent: str = ""
    consented: datetime | None = None
    suppressed: str | None = None
    ended: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a batch. `kept_out` are people who had left, are suppressed or were forgotten, and stay so;
    `repeated` those who had come in from the same file before."""

    new: int
    known: int
    kept_out: int
    suppressed: int
    repeated: int = 0


def fence(words: Iterable[str]) -> str:
    """A set of short words as it is stored: `,world,business,`."""
    return _fenced(tuple(words))


@lru_cache(4096)
def _fenced(words: tuple[str, ...]) -> str:
    inner = ",".join(dict.fromkeys(word.lower() for word in words))
    return f",{inner}," if inner else ","


@lru_cache(4096)
def unfence(text: str) -> tuple[str, ...]:
    """The words that `fence` stored."""
    return tuple(word for word in text.split(",") if word)


def join(
    connection: Connection,
    batch: Sequence[Joining],
    suppression_key: bytes,
    now: datetime,
    *,
    after: int | None = None,
) -> Joined:
    """Take in a batch of people. `after` is the highest number that anybody had before the file they come from: who
    has a higher one and is known all the same stands in the file twice."""
    arriving.alone(connection)
    people = merged(batch)
    before = arriving.numbers(connection, list(people))
    barred = suppressed_everywhere(connection, list(people), suppression_key)
    for key in [key for key, reason in barred.items() if reason == FORGOTTEN and key not in before]:
        del people[key]
    forgotten = len(barred) - len(barred.keys() & people.keys())
    people = {key: _as_left(person) if key in barred else person for key, person in people.items()}
    fresh = {key: person for key, person in people.items() if key not in before}
    known = {before[key]: person for key, person in people.items() if key in before}
    arriving.add(connection, _rows(fresh, connection, now))
    kept_out = len(barred) + _known(connection, known, now)
    listed = [person for person in people.values() if person.suppressed]
    arriving.suppress(
        connection,
        [(p.key, f"{p.suppressed}: {p.why}" if p.why else p.suppressed or "", p.ended or now) for p in listed],
        suppression_key,
    )
    seen = sum(1 for number in known if after is not None and number > after)
    repeated = len(batch) - len(people) - forgotten + seen
    return Joined(len(fresh), len(known) - seen, kept_out, len(listed), repeated)


def merged(batch: Sequence[Joining]) -> dict[str, Joining]:
    """Each person once. The later line counts, but for what only the earlier says, and who has left stays so."""
    people: dict[str, Joining] = {}
    for person in batch:
        earlier = people.get(person.key)
        people[person.key] = person if earlier is None else _both(earlier, person)
    return people


def _both(earlier: Joining, later: Joining) -> Joining:
    held = {one.digest: one for one in earlier.subscriptions}
    for one in later.subscriptions:
        if one.digest not in held or held[one.digest].state is not Consent.LEFT:
            held[one.digest] = one
    return replace(
        later,
        name=later.name or earlier.name,
        language=later.language or earlier.language,
        timezone=later.timezone or earlier.timezone,
        text_only=earlier.text_only if later.text_only is None else later.text_only,
        tags=earlier.tags if later.tags is None else later.tags,
        attributes={**earlier.attributes, **later.attributes},
        joined=later.joined or earlier.joined,
        subscriptions=tuple(held.values()),
        consent=later.consent or earlier.consent,
        consented=later.consented or earlier.consented,
        suppressed=later.suppressed or earlier.suppressed,
        ended=later.ended or earlier.ended,
        why=later.why or earlier.why,
    )


def _as_left(person: Joining) -> Joining:
    left = tuple(replace(one, state=Consent.LEFT, paused_until=None) for one in person.subscriptions)
    return replace(person, subscriptions=left)


def _rows(fresh: Mapping[str, Joining], connection: Connection, now: datetime) -> arriving.Rows:
    """Everything to write about people who are new."""
    rows = arriving.Rows()
    if not fresh:
        return rows
    at = now.timestamp()
    agreed = sum(len(p.subscriptions) for p in fresh.values() if p.consent or p.consented)
    people = iter(arriving.free_numbers(connection, "subscribers", len(fresh)))
    consents = iter(arriving.free_numbers(connection, "consents", agreed))
    for person in fresh.values():
        number = next(people)
        joined = person.joined.timestamp() if person.joined else at
        rows.subscribers.append(
            (
                number,
                person.email,
                person.key,
                person.name or "",
                (person.language or "").lower() or None,
                person.timezone or None,
                fence(person.tags or ()),
                arriving.written(person.attributes),
                joined,
                bool(person.text_only),
            )
        )
        for one in person.subscriptions:
            consent = None
            if person.consent or person.consented:
                consent = next(consents)
                rows.consents.append(_consent(consent, number, one, person, joined))
            rows.subscriptions.append((number, *_terms(one), consent, joined))
            _note_left(rows, number, one, person, at)
    return rows


def _known(connection: Connection, known: Mapping[int, Joining], now: datetime) -> int:
    """Write what is new about people who are known; how many of them had left and stay so."""
    if not known:
        return 0
    at = now.timestamp()
    held = arriving.held(connection, list(known))
    arriving.change(
        connection,
        [
            (
                person.name or None,
                (person.language or "").lower() or None,
                person.timezone or None,
                None if person.tags is None else fence(person.tags),
                person.text_only,
                arriving.written(person.attributes),
                number,
            )
            for number, person in known.items()
            if person.name
            or person.language
            or person.timezone
            or person.tags is not None
            or person.text_only is not None
            or person.attributes
        ],
    )
    rows = arriving.Rows()
    out: set[int] = set()
    agreeing: list[tuple[int, Subscription, Joining]] = []
    for number, person in known.items():
        for one in person.subscriptions:
            state, consent = held.get((number, one.digest), (None, None))
            if state == Consent.LEFT.value:
                if one.state is not Consent.LEFT:
                    out.add(number)
                continue
            if consent is None and (person.consent or person.consented):
                agreeing.append((number, one, person))
                continue
            since = person.joined.timestamp() if person.joined else at
            rows.subscriptions.append((number, *_terms(one), None, since))
            _note_left(rows, number, one, person, at)
    numbers = iter(arriving.free_numbers(connection, "consents", len(agreeing)))
    for number, one, person in agreeing:
        consent = next(numbers)
        since = person.joined.timestamp() if person.joined else at
        rows.consents.append(_consent(consent, number, one, person, since))
        rows.subscriptions.append((number, *_terms(one), consent, since))
        _note_left(rows, number, one, person, at)
    arriving.merge(connection, rows)
    return len(out)


def _terms(one: Subscription) -> tuple[str, str, str, str, float | None]:
    until = one.paused_until.timestamp() if one.paused_until else None
    return one.digest, one.state.value, one.frequency.value, fence(one.topics), until


def _consent(number: int, subscriber: int, one: Subscription, person: Joining, joined: float) -> arriving.Cells:
    at = person.consented.timestamp() if person.consented else joined
    return number, subscriber, one.digest, at, "import", person.consent, ""


def _note_left(rows: arriving.Rows, subscriber: int, one: Subscription, person: Joining, now: float) -> None:
    """Keep when and why somebody left elsewhere, as if they had left here."""
    if one.state is not Consent.LEFT or not (person.ended or person.why):
        return
    at = person.ended.timestamp() if person.ended else now
    rows.left.append(arriving.left(subscriber, one.digest, at, person.why))
