"""What a reader's own page shows and changes: topics, frequency, pause, language, zone, name, text only; and
the next mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from digest.models.people import Consent, Frequency
from digest.pipeline.parting import left
from digest.pipeline.project import Project
from digest.pipeline.reader_words import spoken_languages
from digest.readers import BadAddress, clean, normalise
from digest.store import letters, preferences
from digest.store.preferences import Reader

MAX_NAME = 100
MOVES_A_DAY = 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader filled in on their page, as they wrote it."""

    topics: tuple[str, ...]
    frequency: str
    pause: str
    name: str
    language: str
    timezone: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of wishes: the fields that changed, or the fields that cannot be as they were written."""

    changed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextMail:
    """The next edition for a reader. `why` is empty, or what stands in its way: left, pending, big, none."""

    day: date | None
    topics: tuple[str, ...]
    why: str = ""


def reader(project: Project, subscriber: int, digest: str) -> Reader | None:
    """The person and subscription behind a token; None when they are not there (any more)."""
    with project.store.database.read() as connection:
        return preferences.reader(connection, subscriber, digest)


def offered_topics(project: Project, digest: str) -> tuple[str, ...]:
    """The topics a reader of this digest may choose from."""
    known = project.settings.digests.get(digest)
    return tuple(topic for topic in (known.topics if known else ()) if topic in project.settings.topics)


def paused(held: Reader, now: datetime) -> bool:
    """Whether the subscription is paused now; a pause that is over is none."""
    until = held.subscription.paused_until
    return held.subscription.state is Consent.PAUSED and (until is None or until > now)


def change(project: Project, held: Reader, wishes: Wishes) -> Changed:
    """Write down what a reader chose. Nothing is changed when a field cannot be as it was written."""
    now = project.now()
    person, subscription = held.person, held.subscription
    offered = offered_topics(project, subscription.digest)
    wrong: list[str] = []
    until = _until(wishes.pause, project.zone, now, wrong)
    if wishes.frequency not in set(Frequency):
        wrong.append("frequency")
    if wishes.language and wishes.language not in (person.language, *spoken_languages()):
        wrong.append("language")
    if wishes.timezone and wishes.timezone != person.timezone and wishes.timezone not in available_timezones():
        wrong.append("timezone")
    if any(topic not in offered for topic in wishes.topics):
        wrong.append("topics")
    name = clean(wishes.name)[:MAX_NAME]
    if wrong:
        return Changed(wrong=tuple(wrong))
    # Choosing all of them is choosing none in particular: a topic that is added later is then not missed.
    chosen = tuple(topic for topic in offered if topic in wishes.topics)
    topics = () if len(chosen) == len(offered) else chosen
    kept = tuple(topic for topic in subscription.topics if topic in offered)
    frequency = Frequency(wishes.frequency)
    before = subscription.paused_until if paused(held, now) else None
    changed = [
        field
        for field, differs in (
            ("topics", set(topics) != set(kept)),
            ("frequency", frequency is not subscription.frequency),
            ("pause", until != before),
            ("name", name != person.name),
            ("language", wishes.language.lower() != person.language),
            ("timezone", wishes.timezone != person.timezone),
            ("plain", wishes.plain != person.plain),
        )
        if differs
    ]
    with project.store.database.begin() as connection:
        values: dict[str, object] = {"topics": topics, "frequency": frequency}
        if subscription.state in (Consent.ACTIVE, Consent.PAUSED) and "pause" in changed:
            values |= {"state": Consent.PAUSED if until else Consent.ACTIVE, "paused_until": until}
        preferences.change(connection, person.id, subscription.digest, **values)
        preferences.change_person(
            connection,
            person.id,
            name=name,
            language=wishes.language.lower() or None,
            timezone=wishes.timezone or None,
            plain=wishes.plain,
        )
    return Changed(tuple(changed))


def _until(text: str, zone: ZoneInfo, now: datetime, wrong: list[str]) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        wrong.append("pause")
        return None
    if not now.date() < day <= now.date() + timedelta(days=730):
        wrong.append("pause")
        return None
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def ask_new_address(project: Project, held: Reader, text: str) -> str:
    """Have a letter written to a new address, which must be confirmed there. Empty, or what is wrong: `address` (no
    address, or the one they have), `often` (asked too often today)."""
    try:
        address = normalise(text)
    except BadAddress:
        return "address"
    now = project.now()
    with project.store.database.begin() as connection:
        if address.key == preferences.key_of(connection, held.person.id):
            return "address"
        if letters.asked_by(connection, held.person.id, ["address"], now - A_DAY) >= MOVES_A_DAY:
            return "often"
        doc = {"to": address.email, "digest": held.subscription.digest, "language": held.person.language}
        letters.put(
            connection, "address", address.key, doc, now, about=str(held.person.id), subscriber=held.person.id
        )
    return ""


def new_address(project: Project, subscriber: int, letter: str) -> tuple[str, str] | None:
    """(address, digest) that a letter asked to confirm; None when it was used, or is not about this reader."""
    with project.store.database.read() as connection:
        found = letters.get(connection, letter)
    if found is None or found.kind != "address" or found.subscriber != subscriber or "used" in found.doc:
        return None
    return str(found.doc["to"]), str(found.doc["digest"])


def confirm_address(project: Project, subscriber: int, letter: str) -> str:
    """Give a reader the address that they confirmed; their old one is told. Empty, or why not: `used`, `taken`."""
    now = project.now()
    with project.store.database.begin() as connection:
        found = letters.get(connection, letter)
        if found is None or found.kind != "address" or found.subscriber != subscriber or "used" in found.doc:
            return "used"
        before = preferences.person(connection, subscriber)
        old = preferences.key_of(connection, subscriber)
        if before is None or old is None or not before.email:
            return "used"
        if not preferences.move(connection, subscriber, str(found.doc["to"]), found.key):
            return "taken"
        letters.use(connection, found, now)
        doc = {"to": before.email, "digest": found.doc["digest"], "language": before.language}
        letters.put(connection, "moved", old, doc, now, subscriber=subscriber)
    return ""


def next_mail(project: Project, held: Reader) -> NextMail:
    """When a reader's next mail of this digest comes, as the schedule and their choices have it, and about what."""
    subscription, now = held.subscription, project.now()
    offered = offered_topics(project, subscription.digest)
    topics = tuple(topic for topic in offered if topic in subscription.topics) or offered
    if left(held) or subscription.state is Consent.PENDING:
        return NextMail(None, topics, subscription.state.value)
    known = project.settings.digests.get(subscription.digest)
    if subscription.frequency is Frequency.BIG and not (known and known.template == "breaking"):
        return NextMail(None, topics, "big")
    if known is None or known.schedule is None:
        return NextMail(None, topics, "none")
    moment = now
    if paused(held, now):
        if subscription.paused_until is None:
            return NextMail(None, topics, "none")
        moment = subscription.paused_until.astimezone(project.zone) - timedelta(seconds=1)
    if subscription.frequency is Frequency.WEEKLY:
        with project.store.database.read() as connection:
            last = preferences.last_accepted(connection, held.person.id, subscription.digest)
        if last is not None:
            moment = max(moment, datetime.fromtimestamp(last, project.zone) + timedelta(days=6, hours=12))
    found = known.schedule.after(moment)
    while found and subscription.frequency is Frequency.WEEKDAYS and found.isoweekday() > 5:
        found = known.schedule.after(found)
    return NextMail(found.date() if found else None, topics, "" if found else "none")
