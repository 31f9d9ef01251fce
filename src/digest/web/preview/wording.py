"""Days, states, counts and sizes as people say them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from digest.models.edition import Edition, EditionState

_STATES: Final = {
    EditionState.DRAFT: "Draft: blocked by its checks",
    EditionState.CHECKED: "Checked",
    EditionState.APPROVED: "Approved",
    EditionState.SCHEDULED: "Scheduled",
    EditionState.SENDING: "Being sent",
    EditionState.SENT: "Sent",
    EditionState.CANCELLED: "Cancelled",
    EditionState.EXPIRED: "Expired before it was sent",
}
LEVELS: Final = {
    "error": "Must be put right before this can be sent",
    "warning": "Worth a look",
    "info": "For your information",
}


def state_in_words(edition: Edition) -> str:
    """Where an edition stands. One that was selected but never built has not been looked at by the checks."""
    if edition.state is EditionState.DRAFT and not edition.hash:
        return "Draft"
    return _STATES[edition.state]


def day_in_words(day: date | str) -> str:
    """`Tuesday 24 November 2026`."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{found:%A} {found.day} {found:%B %Y}"


def people(number: int) -> str:
    """`1 person`, `1,204 people`."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def counted(number: int, one: str, many: str) -> str:
    """`1 story`, `13 stories`."""
    return f"{number:,} {one if number == 1 else many}"


def kilobytes(size: int) -> str:
    """A size in thousands of bytes, as mail programs count: `41 kB`."""
    return f"{max(1, round(size / 1000)) if size else 0} kB"


def moment_in_words(moment: datetime, now: datetime) -> str:
    """`today at 06:58`, `yesterday at 21:10`, `on 20 November at 06:58`, by the clock that `now` goes by."""
    at = moment.astimezone(now.tzinfo)
    days = (now.date() - at.date()).days
    year = "" if at.year == now.year else f" {at.year}"
    day = {0: "today", 1: "yesterday"}.get(days, f"on {at.day} {at:%B}{year}")
    return f"{day} at {at:%H:%M}"
