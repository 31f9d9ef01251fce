"""Leaving, pausing, coming back, being forgotten: what a reader decides about getting mail at all, at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.models.mail import EVERY_DIGEST, Event, EventKind
from digest.models.people import Consent, Frequency
from digest.pipeline import outgoing
from digest.pipeline.project import Project
from digest.pipeline.refused_rows import clear_refused
from digest.send import Place
from digest.send.outbox import purge
from digest.store import handed_over, letters, preferences, withdrawals
from digest.store.event_effects import Happened
from digest.store.preferences import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

REASONS = ("often", "boring", "elsewhere", "never", "other")
MAX_WORDS = 1000
PAUSE = timedelta(days=14)
PATIENCE, LOOK = 3.0, 0.02


def left(held: Reader) -> bool:
    """Whether a reader has left this digest."""
    return held.subscription.state is Consent.LEFT


def leave(project: Project, subscriber: int, digest: str, how: str) -> bool:
    """End one subscription now; whether there was one to end. `how` says what they used: page, one-click, mail.

    A send that is under way is told, and asks again before its next message; see `out_of_flight`.
    """
    now = project.now()
    with project.store.database.begin() as connection:
        held = preferences.reader(connection, subscriber, digest)
        if held is None or left(held):
            return False
        preferences.change(connection, subscriber, digest, state=Consent.LEFT, paused_until=None)
        _tell(project, connection, EventKind.LEFT, subscriber, digest, now, {"how": how})
        withdrawals.tell(connection)
    return True


def out_of_flight(
    project: Project,
    subscriber: int,
    digest: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    ticks: Callable[[], float] = time.monotonic,
) -> bool:
    """Wait until a running send has let go of this reader, for at most a few seconds; False when a message to them is
    still on its way then. After True, none that was not accepted before will be."""
    until = ticks() + PATIENCE
    while True:
        with project.store.database.read() as connection:
            if handed_over.waits(connection, subscriber, digest, project.now()):
                return False
            if not withdrawals.under_way(connection, subscriber, digest):
                return True
        if ticks() >= until:
            return False
        sleep(LOOK)


def leave_everything(project: Project, subscriber: int) -> None:
    """End every subscription of a person, and suppress their address until they ask for mail themselves."""
    now = project.now()
    with project.store.database.begin() as connection:
        preferences.leave_all(connection, subscriber, project.store.suppression_key, now)
        _tell(project, connection, EventKind.LEFT, subscriber, EVERY_DIGEST, now, {"how": "page"})
        withdrawals.tell(connection)


def say_why(project: Project, subscriber: int, digest: str, reason: str, words: str) -> None:
    """Keep why a reader left, in one of a few answers and their own words."""
    with project.store.database.begin() as connection:
        before = preferences.last_left(connection, subscriber, digest)
        if before is not None:
            chosen = reason if reason in REASONS else "other"
            doc = dict(before["doc"]) | {"words": words.strip()[:MAX_WORDS]}
            whose = preferences.about(subscriber)
            preferences.note(connection, before["id"], whose, EventKind.LEFT.value, before["at"], chosen, doc)


def come_back(project: Project, subscriber: int, digest: str) -> bool:
    """Undo leaving or pausing; the choices are as they were. False when there is nothing to come back to."""
    now = project.now()
    with project.store.database.begin() as connection:
        held = preferences.reader(connection, subscriber, digest)
        if held is None or held.subscription.state is Consent.PENDING:
            return False
        key = preferences.key_of(connection, subscriber)
        if key:
            preferences.lift(connection, key, project.store.suppression_key)
        preferences.change(connection, subscriber, digest, state=Consent.ACTIVE, paused_until=None)
        if left(held):
            _tell(project, connection, EventKind.RETURNED, subscriber, digest, now, {})
    return True


def weekly(project: Project, subscriber: int, digest: str) -> bool:
    """Once a week instead; False when the reader has no subscription that goes on."""
    return _settle(project, subscriber, digest, frequency=Frequency.WEEKLY, state=Consent.ACTIVE, paused_until=None)


def pause(project: Project, subscriber: int, digest: str, span: timedelta = PAUSE) -> datetime | None:
    """No mail for a while; until when, None when the reader has no subscription that goes on."""
    until = (project.now() + span).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    done = _settle(project, subscriber, digest, state=Consent.PAUSED, paused_until=until)
    return until if done else None


def forget(project: Project, subscriber: int) -> bool:
    """Delete what is known of a person and what was written to them, here and in the outbox; False when they are
    unknown. Only a keyed hash of the address stays, so that no import brings them back.

    Raises:
        SendError: a mail in the outbox cannot be deleted; nothing was forgotten yet.
        StoreError: a file of refused rows cannot be written; nothing was forgotten yet.
    """
    now = project.now()
    with project.store.database.read() as connection:
        key = preferences.key_of(connection, subscriber)
        if key is None:
            return False
        places = [Place(*place) for place in preferences.places_of(connection, subscriber)]
        places += [
            Place(letter.id, f"letters/{letter.doc['day']}", str(letter.doc.get("written", letter.kind)))
            for letter in letters.of(connection, subscriber)
            if "day" in letter.doc
        ]
    clear_refused(project, key)
    outbox = project.root / project.settings.delivery.outbox
    if outbox.is_dir():
        purge(outbox, places, publication=project.settings.publication.name, now=now)
    with project.store.database.begin() as connection:
        preferences.forget(connection, subscriber, project.store.suppression_key, now)
        withdrawals.tell(connection)
    return True


def my_data(project: Project, subscriber: int) -> dict[str, Any]:
    """All that is kept about a person, as JSON values; times in ISO 8601."""
    with project.store.database.read() as connection:
        found = preferences.everything(connection, subscriber)
        found["letters"] = [
            {"kind": letter.kind, "state": letter.state, "created": letter.created.timestamp(), "to": letter.key}
            for letter in letters.of(connection, subscriber)
        ]
    return {"made": _iso(project.now().timestamp()), "publication": project.settings.publication.name} | {
        name: [_readable(row) for row in rows] for name, rows in found.items()
    }


_TIMES = frozenset({"at", "since", "joined", "engaged", "paused_until", "changed", "due", "claimed", "created"})


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _iso(value) if name in _TIMES and isinstance(value, float) and value else value
        for name, value in row.items()
        if name not in ("email_key", "claimer", "batch", "run", "forgotten")
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _settle(project: Project, subscriber: int, digest: str, **values: Any) -> bool:
    with project.store.database.begin() as connection:
        held = preferences.reader(connection, subscriber, digest)
        if held is None or held.subscription.state is Consent.PENDING:
            return False
        key = preferences.key_of(connection, subscriber)
        if left(held) and key:
            preferences.lift(connection, key, project.store.suppression_key)
        preferences.change(connection, subscriber, digest, **values)
    return True


def _tell(
    project: Project,
    connection: Connection,
    kind: EventKind,
    subscriber: int,
    digest: str,
    now: datetime,
    about: dict[str, str],
) -> None:
    """Keep that a reader left or returned, and have the newsroom's own systems told."""
    key = f"{kind.value}-{subscriber}-{digest}-{int(now.timestamp())}"
    whose = preferences.about(subscriber)
    event = Event(key, "", kind, now, subscriber=subscriber, digest=digest, about=about)
    doc = {"subscriber": subscriber, "digest": digest, **about}
    preferences.note(connection, key, whose, kind.value, now, doc=doc)
    person = preferences.person(connection, subscriber)
    email = (person.email if person else None) or ""
    happened = Happened(event, whose, subscriber, email, digest, True)
    outgoing.queue(connection, project.settings.hooks, [happened], now)
