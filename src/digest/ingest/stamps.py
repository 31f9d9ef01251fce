"""Lines that say when: `Published Monday, Dec. 29 2014, 6:00 AM`, `Updated: April 07, 2020`, `16. Januar 2026`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from digest.ingest.dates import written
from digest.ingest.prose import words

_VERB = re.compile(
    r"\b(?:published|posted|updated|modified|reviewed|created|aktualisiert|veröffentlicht|erschienen|publié|"
    r"mis à jour|publicado|"
    r"actualizado|pubblicato|aggiornato|gepubliceerd|publicerad|uppdaterad|publisert|oppdatert|opdateret|"
    r"atualizado|stand)\b",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"\b(?:updated|modified|reviewed|aktualisiert|mis à jour|actualizado|aggiornato|bijgewerkt|uppdaterad|"
    r"oppdatert|opdateret|"
    r"atualizado)\b",
    re.IGNORECASE,
)
_MOST_WORDS, _BARE_WORDS = 18, 8


def is_stamp(text: str) -> bool:
    """Whether a line is a date and little else."""
    count = words(text)
    return (
        count <= _MOST_WORDS and written(text, UTC) is not None and (count <= _BARE_WORDS or bool(_VERB.search(text)))
    )


def has_verb(text: str) -> bool:
    """Whether a line says that something was published or updated."""
    return bool(_VERB.search(text))


def stamped(lines: Iterable[str], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """When the lines say that something was published and updated; a bare date is one of publication."""
    published: datetime | None = None
    updated: datetime | None = None
    for line in lines:
        if not is_stamp(line):
            continue
        # one line often holds both: "Posted: … ; Updated: …"
        first_update = _UPDATE.search(line)
        before = line[: first_update.start()] if first_update else line
        published = published or written(before, zone)
        if first_update:
            updated = (
                updated
                or written(line[first_update.start() :], zone)
                or (written(line, zone) if not written(before, zone) else None)
            )
    return published, updated
