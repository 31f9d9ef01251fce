"""What a saved page says of its saving: the address it was saved from, and when.

Browsers write `saved from url=(0042)…` at the top (Mark of the Web), SingleFile a comment with address and date, the
Internet Archive one at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from digest.ingest.dates import moment, written
from digest.ingest.links import canonical

_REACH = 3_000
_MARK_OF_THE_WEB = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{1,2000}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"Page saved with SingleFile\s+url:\s*(\S{1,2000})\s+saved date:\s*([^\n]{10,120})")
_ARCHIVED = re.compile(r"FILE ARCHIVED ON (\d{1,2}:\d{2}:\d{2}) ([A-Z][a-z]{2} \d{1,2}, \d{4})")
_JAVASCRIPT = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{4}) (\d{2}:\d{2}):\d{2} GMT([+-])(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Capture:
    """Where and when a page was saved, as far as it says."""

    url: str | None = None
    seen: datetime | None = None


def captured(text: str, zone: tzinfo) -> Capture:
    """What the first and last lines of a page say of its saving."""
    head = text[:_REACH]
    if match := _SINGLE_FILE.search(head):
        return Capture(canonical(match[1]), _clock(match[2], zone))
    if match := _MARK_OF_THE_WEB.search(head):
        return Capture(canonical(match[1]))
    if match := _ARCHIVED.search(text[-_REACH:]):
        return Capture(None, written(f"{match[2]} {match[1]}", UTC))
    return Capture()


def _clock(text: str, zone: tzinfo) -> datetime | None:
    """A date as JavaScript prints it, `Fri Jan 16 2026 10:00:00 GMT+0530 (…)`, or in any other form we read."""
    if match := _JAVASCRIPT.match(text.strip()):
        shift = timedelta(hours=int(match[4]), minutes=int(match[5]))
        if shift < timedelta(hours=24):
            return written(f"{match[1]} {match[2]}", timezone(-shift if match[3] == "-" else shift))
    return moment(text, zone)
