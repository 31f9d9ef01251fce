"""Read a file of subscribers line by line: every line becomes a row to store, or the reason why it is not taken.

The heading names the columns: email, name, language, timezone, topics, tags, digests, status, frequency,
paused_until, consent, joined, in any order; every other column becomes an attribute. Comma, semicolon, tab and bar
are recognised as delimiters. Memory does not grow with the file, so an address that occurs twice is given twice:
the store's unique key decides, the later row replaces what the earlier said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO

from digest.errors import UsageError, at
from digest.models.people import Consent
from digest.readers.columns import read_heading
from digest.readers.lines import Broken, Records, open_text
from digest.readers.row import Row, RowError
from digest.readers.row_reader import RowReader


def read(
    source: Path | IO[str],
    *,
    zone: tzinfo,
    now: datetime,
    known_topics: Collection[str],
    known_digests: Collection[str],
    default_digest: str | None,
    default_status: Consent = Consent.ACTIVE,
) -> Iterator[Row | RowError]:
    """One row or error for each line below the heading, in order.

    Times without a zone are in `zone`; `now` bounds what can have happened. A line that names no digest is for
    `default_digest` (None: for none), one without a status has `default_status`; `none` in the column digests means
    none. An unknown topic, digest, status or frequency refuses its line, since people must not be mailed on a guess;
    an unreadable language, time zone or date is left out with a warning on the row.

    Raises:
        UsageError: the file cannot be read at all: missing, empty, no heading, no email column.
    """
    reader = RowReader(zone, now, known_topics, known_digests, default_digest, default_status)
    if not isinstance(source, Path):
        yield from _rows(source, str(getattr(source, "name", "input")), reader)
        return
    try:
        stream = open_text(source)
    except OSError as problem:
        raise UsageError(f"cannot be read: {problem.strerror}", where=str(source)) from problem
    with stream:
        yield from _rows(stream, str(source), reader)


def _rows(stream: IO[str], where: str, reader: RowReader) -> Iterator[Row | RowError]:
    try:
        yield from _each(Records(stream), where, reader)
    except UnicodeDecodeError as problem:
        hint = "give the file by its name, then other encodings are read too"
        raise UsageError(f"cannot be read as {problem.encoding}", where=where, hint=hint) from problem


def _each(records: Records, where: str, reader: RowReader) -> Iterator[Row | RowError]:
    heading = records.heading()
    if heading is None:
        raise UsageError("the file is empty", where=where)
    if isinstance(heading, Broken):
        raise UsageError(heading.what, where=at(where, heading.line), hint=heading.hint)
    reader.begin(read_heading(heading.cells, at(where, heading.line)), heading.remark)
    for record in records:
        if isinstance(record, Broken):
            yield RowError(record.line, record.what, record.hint)
        else:
            yield reader.row(record)
