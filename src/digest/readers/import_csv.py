"""Read a file of subscribers line by line: every line becomes a row to store, or the reason why it is not taken.

The heading names the columns: email, name, language, timezone, topics, tags, digests, status, frequency,
paused_until, consent, joined, status_since, status_reason, in any order; every other column becomes an attribute.
Files of other systems are known by their headings (`origins`). Comma, semicolon, tab and bar are recognised as
delimiters. Memory does not grow with the file, so an address that occurs twice is given twice: the store's unique key
decides, the later row replaces what the earlier said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO

from digest.errors import UsageError, at
from digest.models.people import Consent
from digest.readers.cells import Unusable
from digest.readers.columns import read_heading
from digest.readers.lines import Broken, Record, Records
from digest.readers.names import clean
from digest.readers.origins import recognise
from digest.readers.row import Row, RowError
from digest.readers.row_reader import RowReader
from digest.readers.sources import parts
from digest.readers.translating import Fate, Translation, own_fates


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One file of an import before it is read: what it is called, the system it comes from (empty: our own form), and
    what becomes of each of its columns."""

    where: str
    origin: str
    fates: tuple[Fate, ...]


def survey(path: Path) -> tuple[Surveyed, ...]:
    """The files of an import with their headings, in the order in which they are read.

    Raises:
        UsageError: it cannot be read: missing, empty, no heading, no email column, or an archive without readers.
    """
    found = []
    for part in parts(path):
        with part.open() as stream:
            heading = _heading(Records(stream), part.where)
        origin = recognise(heading.cells)
        if origin:
            found.append(Surveyed(part.where, origin.name, Translation(origin, heading.cells, part.member).fates))
        else:
            columns = read_heading(heading.cells, at(part.where, heading.line))
            found.append(Surveyed(part.where, "", own_fates(heading.cells, columns)))
    return tuple(found)


def read(
    source: Path | IO[str],
    *,
    zone: tzinfo,
    now: datetime,
    known_topics: Collection[str],
    known_digests: Collection[str],
    default_digest: str | None,
    default_status: Consent = Consent.ACTIVE,
    skip: int = 0,
) -> Iterator[Row | RowError]:
    """One row or error for each line below the heading, in order, but for the first `skip` of them.

    Times without a zone are in `zone` (in UTC where another system wrote them); `now` bounds what can have happened.
    A line that names no digest is for `default_digest` (None: for none), one without a status has `default_status`;
    `none` in the column digests means none. An unknown topic, digest, status or frequency refuses its line, since
    people must not be mailed on a guess; an unreadable language, time zone or date is left out with a warning on the
    row.

    Raises:
        UsageError: the file cannot be read at all: missing, empty, no heading, no email column.
    """

    def reader(local: tzinfo) -> RowReader:
        return RowReader(local, now, known_topics, known_digests, default_digest, default_status)

    if not isinstance(source, Path):
        yield from _taken(_each(source, str(getattr(source, "name", "input")), "", zone, reader, skip))
        return
    for part in parts(source):
        with part.open() as stream:
            for row in _each(stream, part.where, part.member or source.name, zone, reader, skip):
                if row is None:
                    skip -= 1
                else:
                    yield replace(row, file=part.member) if part.member and isinstance(row, RowError) else row


def _taken(rows: Iterator[Row | RowError | None]) -> Iterator[Row | RowError]:
    return (row for row in rows if row is not None)


def _each(
    stream: IO[str], where: str, name: str, zone: tzinfo, readers: Callable[[tzinfo], RowReader], skip: int
) -> Iterator[Row | RowError | None]:
    """The rows of one file, whatever system wrote it; None for each that is passed over."""
    records = Records(stream)
    try:
        heading = _heading(records, where)
        foreign = recognise(heading.cells)
        if foreign is None:
            reader = readers(zone)
            reader.begin(read_heading(heading.cells, at(where, heading.line)), heading.remark)
            yield from _own(records, reader, skip)
        else:
            reader = readers(UTC)
            translation = Translation(foreign, heading.cells, name)
            reader.begin(translation.columns, heading.remark)
            yield from _foreign(records, reader, translation, skip)
    except UnicodeDecodeError as problem:
        hint = "give the file by its name, then other encodings are read too"
        raise UsageError(f"cannot be read as {problem.encoding}", where=where, hint=hint) from problem


def _heading(records: Records, where: str) -> Record:
    heading = records.heading()
    if heading is None:
        raise UsageError("the file is empty", where=where)
    if isinstance(heading, Broken):
        raise UsageError(heading.what, where=at(where, heading.line), hint=heading.hint)
    return heading


def _own(records: Records, reader: RowReader, skip: int) -> Iterator[Row | RowError | None]:
    for number, record in enumerate(records):
        if number < skip:
            yield None
        elif isinstance(record, Broken):
            yield RowError(record.line, record.what, record.hint)
        else:
            yield reader.row(record)


def _foreign(
    records: Records, reader: RowReader, translation: Translation, skip: int
) -> Iterator[Row | RowError | None]:
    place = next(
        (p for p, name in enumerate(translation.names) if translation.origin.columns.get(name) == "email"), 0
    )
    for number, record in enumerate(records):
        if number < skip:
            yield None
            continue
        if isinstance(record, Broken):
            yield RowError(record.line, record.what, record.hint)
            continue
        email = clean(record.cells[place], 80) if place < len(record.cells) else ""
        if any(cell.strip() for cell in record.cells[translation.width :]):
            what = f"the line has {len(record.cells)} cells, the heading {translation.width}"
            yield RowError(record.line, what, "put a cell that holds the delimiter in quotes", email)
            continue
        try:
            ours, spread = translation.record(record)
        except Unusable as problem:
            yield RowError(record.line, problem.what, problem.hint, email)
            continue
        row = reader.row(ours)
        if spread and isinstance(row, Row):
            more = {name: text for name, value in spread.items() if (text := clean(value, 500))}
            row = replace(row, attributes={**row.attributes, **more})
        yield row
