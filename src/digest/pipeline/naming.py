"""What the NAME of a command means: `daily`, `daily@2026-11-24`, `daily@2026-11-24-0700`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from digest.errors import UsageError
from digest.models.edition import Edition
from digest.pipeline.project import Project
from digest.store import editions


@dataclass(frozen=True, slots=True)
class Identity:
    """Which edition is meant. `cut` is the moment up to which stories count; None is the moment of drafting, which
    comes after the sources were read."""

    digest: str
    id: str
    date: date
    cut: datetime | None


def identify(project: Project, name: str, *, sending: bool = False) -> Identity:
    """The edition that NAME means.

    A bare NAME is the next unsent edition, or today's when `sending` (a send never rolls forward).

    Raises:
        UsageError: NAME is not of the form, or the date does not exist.
        ConfigError: there is no such digest.
    """
    match = re.fullmatch(r"([A-Za-z0-9-]+?)(?:[@/](\d{4}-\d{2}-\d{2})(?:-(\d{4}))?)?", name)
    if not match:
        raise UsageError(f'"{name}" is no edition', hint="write daily, or daily@2026-11-24")
    digest, day, slot = match[1], match[2], match[3]
    now = project.now()
    several = (clock := project.digest(digest).schedule) is not None and clock.times_a_day() > 1
    if day:
        try:
            when = date.fromisoformat(day)
            moment = datetime.strptime(slot, "%H%M").time() if slot else None  # noqa: DTZ007
        except ValueError:
            raise UsageError(f'"{name}" names a day or time that does not exist') from None
        if several and not moment:
            moment = _slot(project, digest, now, when)
        return _identity(project, digest, when, moment, now)
    today = _identity(project, digest, now.date(), _slot(project, digest, now, now.date()) if several else None, now)
    if sending or not _over(project, today):
        return today
    for days in range(1, 15):
        later = now.date() + timedelta(days=days)
        midnight = datetime.combine(later, time.min, project.zone)
        if clock is None or clock.matches_day(midnight):
            found = _identity(project, digest, later, _first_slot(project, digest) if several else None, now)
            if not _over(project, found):
                return found
    return today


def spelled(edition: str) -> str:
    """An edition's id as it is typed behind a command: `daily@2026-11-24`."""
    return edition.replace("/", "@", 1)


def unfinished(project: Project, digest: str, before: str) -> Edition | None:
    """An older edition of this digest that is still being sent, so that a person can be told."""
    with project.store.database.read() as connection:
        found = editions.latest(connection, digest, before=before, limit=3)
    return next((edition for edition in found if edition.state.value == "sending"), None)


def _identity(project: Project, digest: str, day: date, moment: time | None, now: datetime) -> Identity:
    key = f"{digest}/{day.isoformat()}" + (f"-{moment:%H%M}" if moment else "")
    cut = None
    if day < now.date():
        clock = project.digest(digest).schedule
        hour, minute = (min(clock.hours), min(clock.minutes)) if clock else (now.hour, now.minute)
        cut = datetime.combine(day, moment or time(hour, minute), project.zone)
    return Identity(digest, key, day, cut)


def _over(project: Project, identity: Identity) -> bool:
    with project.store.database.read() as connection:
        edition = editions.load(connection, identity.id)
    return edition is not None and edition.state.over


def _slots(project: Project, digest: str) -> list[time]:
    clock = project.digest(digest).schedule
    return [] if clock is None else [time(h, m) for h in sorted(clock.hours) for m in sorted(clock.minutes)]


def _slot(project: Project, digest: str, now: datetime, day: date) -> time:
    """The scheduled time that has come last on this day, else its first."""
    slots = _slots(project, digest)
    if day != now.date():
        return slots[0]
    return max((slot for slot in slots if slot <= now.time()), default=slots[0])


def _first_slot(project: Project, digest: str) -> time:
    return _slots(project, digest)[0]
