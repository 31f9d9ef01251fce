"""Write subscribers as the file that `import_csv` reads back: same columns, same people, nothing lost.

A cell that a spreadsheet would take for a formula begins with a `'` (the advice of OWASP, "CSV Injection"), which
the import takes off again. For Excel open the stream with the encoding `utf-8-sig`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import IO

from digest.audiences.tree import ATTRIBUTE
from digest.models.people import Consent
from digest.readers.cells import guard
from digest.readers.columns import COLUMNS, OTHER_NAMES
from digest.readers.row import Row, RowSubscription
from digest.readers.row_reader import NO_DIGEST


def write(rows: Iterable[Row], stream: IO[str], *, attributes: Sequence[str]) -> int:
    """Write the heading and the rows, and return the number of people.

    `attributes` names the columns behind ours, in order; attributes of a row that are not among them are left out.
    A person whose digests differ in state, topics or frequency takes one line for each kind. `stream` is opened
    with `newline=""`; lines end with CRLF and cells are quoted as in RFC 4180.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *(_heading(name) for name in attributes)))
    people = 0
    for row in rows:
        people += 1
        for names, terms in _kinds(row):
            writer.writerow([guard(cell) for cell in _line(row, names, terms, attributes)])
    return people


def _heading(name: str) -> str:
    """The name of an attribute; with `attr.` before it when the import would take it for one of our columns."""
    return f"{ATTRIBUTE}{name}" if name in COLUMNS or name in OTHER_NAMES else name


def _kinds(row: Row) -> Iterator[tuple[str, RowSubscription]]:
    """The digests that share state, topics and frequency, with these."""
    if not row.subscriptions:
        yield NO_DIGEST, RowSubscription("", Consent.LEFT)
        return
    if len(row.subscriptions) == 1:
        yield row.subscriptions[0].digest, row.subscriptions[0]
        return
    kinds: dict[RowSubscription, list[str]] = {}
    for one in row.subscriptions:
        kinds.setdefault(replace(one, digest=""), []).append(one.digest)
    for terms, digests in kinds.items():
        yield ";".join(digests), terms


def _line(row: Row, digests: str, terms: RowSubscription, attributes: Sequence[str]) -> list[str]:
    consented = row.consented.isoformat() if row.consented else ""
    return [
        row.address,
        row.name,
        row.language,
        row.timezone,
        ";".join(terms.topics),
        ";".join(row.tags),
        digests,
        row.suppression or terms.state.value,
        terms.frequency.value,
        terms.paused_until.isoformat() if terms.paused_until else "",
        f"{consented} {row.consent}".strip(),
        row.joined.isoformat() if row.joined else "",
        row.status_since.isoformat() if row.status_since and terms.state is Consent.LEFT else "",
        row.status_reason if terms.state is Consent.LEFT else "",
        "" if row.text_only is None else "yes" if row.text_only else "no",
        *(row.attributes.get(name, "") for name in attributes),
    ]
