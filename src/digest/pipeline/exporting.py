"""Readers out of the store, as the file that an import reads back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from digest.models.people import Consent
from digest.pipeline.audience import condition_of, only_digest
from digest.pipeline.project import Project
from digest.readers import Row, RowSubscription, write
from digest.readers.cells import BLOCKED, BOUNCED, COMPLAINED
from digest.store import exporting
from digest.store.preferences import LEFT_ALL


def export_csv(project: Project, stream: IO[str], segment: str | None = None, digest: str | None = None) -> int:
    """Write everyone, or those whom a segment's filter admits, and return how many. `stream` is opened with
    `newline=""`. Memory does not grow with their number.

    Raises:
        ConfigError: there is no such segment.
        UsageError: there are several digests, and none is named for the segment.
    """
    condition = None
    if segment is not None:
        digest = only_digest(project, digest)
        condition = condition_of(project, segment, digest)
    with project.store.database.read() as connection:
        names = exporting.attribute_names(connection)
        kept = exporting.everyone(connection, project.store.suppression_key, condition, digest)
        return write(_rows(kept), stream, attributes=names)


def _rows(kept: Iterator[exporting.Kept]) -> Iterator[Row]:
    for one in kept:
        person = one.person
        barred = _barred(one.barred)
        left = barred is not None
        yield Row(
            0,
            person.email or "",
            "",
            person.name,
            person.language,
            person.timezone,
            person.attributes,
            person.tags,
            person.joined,
            tuple(
                RowSubscription(
                    held.digest,
                    Consent.LEFT if left else held.state,
                    held.topics,
                    held.frequency,
                    held.paused_until if held.state is Consent.PAUSED and not left else None,
                )
                for held in one.subscriptions
            ),
            one.wording,
            one.agreed,
            barred,
            one.since,
            one.barred.partition(": ")[2] if one.barred != LEFT_ALL else "",
            person.plain or None,
        )


def _barred(reason: str) -> str | None:
    """The word of the column `status` for the reason of a suppression."""
    word = reason.lower()
    if not word:
        return None
    if "complain" in word or "spam" in word:
        return COMPLAINED
    return BOUNCED if "bounce" in word else BLOCKED
