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
from typing import IO, Final, TypeVar
from zoneinfo import ZoneInfo

from digest.audiences.words import language_tag
from digest.errors import UsageError, at
from digest.models.people import Consent, Frequency
from digest.readers import cells
from digest.readers.address import BadAddress, normalise
from digest.readers.cells import Unusable
from digest.readers.columns import Columns, read_heading
from digest.readers.lines import Broken, Record, Records, open_text
from digest.readers.names import clean
from digest.readers.row import Row, RowError, RowSubscription

NO_DIGEST: Final = "none"
MAX_ATTRIBUTE: Final = 500
MAX_CONSENT: Final = 1000
_REMEMBERED: Final = 10_000

K = TypeVar("K")
V = TypeVar("V")
_Agreed = tuple[tuple[RowSubscription, ...], str | None, tuple[str, ...]]


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
    if not isinstance(source, Path):
        where = str(getattr(source, "name", "input"))
        yield from _rows(
            source, where, _Reader(zone, now, known_topics, known_digests, default_digest, default_status)
        )
        return
    try:
        stream = open_text(source)
    except OSError as problem:
        raise UsageError(f"cannot be read: {problem.strerror}", where=str(source)) from problem
    with stream:
        reader = _Reader(zone, now, known_topics, known_digests, default_digest, default_status)
        yield from _rows(stream, str(source), reader)


def _rows(stream: IO[str], where: str, reader: _Reader) -> Iterator[Row | RowError]:
    records = Records(stream)
    heading = records.heading()
    if heading is None:
        raise UsageError("the file is empty", where=where)
    if isinstance(heading, Broken):
        raise UsageError(heading.what, where=at(where, heading.line), hint=heading.hint)
    columns = read_heading(heading.cells, at(where, heading.line))
    reader.begin(columns)
    for record in records:
        if isinstance(record, Broken):
            yield RowError(record.line, record.what, record.hint)
        else:
            yield reader.row(record)


class _Reader:
    """Turns records into rows, remembering what the same few cells meant last time."""

    def __init__(
        self,
        zone: tzinfo,
        now: datetime,
        topics: Collection[str],
        digests: Collection[str],
        digest: str | None,
        state: Consent,
    ) -> None:
        self.zone = zone
        self.now = now
        self.topics = frozenset(topics)
        self.digests = frozenset(digests)
        self.default = (digest,) if digest else ()
        self.default_state = state
        self.remarks: tuple[str, ...] = ()
        self.agreed: dict[tuple[str, ...], _Agreed] = {}
        self.tagged: dict[str, tuple[str, ...]] = {}
        self.zones: dict[str, str | None] = {}
        self.languages: dict[str, str | None] = {}

    def begin(self, columns: Columns) -> None:
        self.columns = columns
        self.remarks = columns.remarks

    def row(self, record: Record) -> Row | RowError:
        """The row, or why there is none."""
        held = record.cells
        missing = self.columns.count - len(held)
        if missing > 0:
            held = [*held, *[""] * missing]
        elif missing < 0 and any(cell.strip() for cell in held[self.columns.count :]):
            what = f"the line has {len(held)} cells, the heading {self.columns.count}"
            return RowError(record.line, what, "put a cell that holds the delimiter in quotes", self._email(held))
        try:
            return self._row(record, held)
        except BadAddress as problem:
            return RowError(record.line, str(problem), None, self._email(held))
        except Unusable as problem:
            return RowError(record.line, problem.what, problem.hint, self._email(held))

    def _row(self, record: Record, held: list[str]) -> Row:
        place = self.columns.places
        address = normalise(cells.unguard(held[place["email"]].strip()))
        warnings = [*self.remarks, record.remark] if record.remark else list(self.remarks)
        self.remarks = ()

        def cell(name: str) -> str:
            return cells.unguard(held[place[name]].strip()) if name in place else ""

        key = (cell("digests"), cell("status"), cell("topics"), cell("frequency"), cell("paused_until"))
        agreed = self.agreed.get(key)
        if agreed is None:
            agreed = _remember(self.agreed, key, self._agreed(*key))
        subscriptions, suppression, notes = agreed
        warnings.extend(notes)
        tags = self.tagged.get(text := cell("tags"))
        if tags is None:
            tags = _remember(self.tagged, text, cells.words(text))
        consented, consent = None, ""
        if text := cell("consent"):
            consented, consent = cells.consent(text, self.zone)
            consent = clean(consent, MAX_CONSENT)
        return Row(
            line=record.line,
            address=address.email,
            key=address.key,
            name=clean(cell("name")),
            language=self._language(cell("language"), warnings),
            timezone=self._timezone(cell("timezone"), warnings),
            attributes=self._attributes(held, warnings),
            tags=tags,
            joined=self._past("joined", cell("joined"), warnings),
            subscriptions=subscriptions,
            consent=consent,
            consented=consented,
            suppression=suppression,
            warnings=tuple(warnings),
        )

    def _agreed(self, digests: str, status: str, topics: str, frequency: str, until: str) -> _Agreed:
        names = self.default
        if digests.lower() == NO_DIGEST and NO_DIGEST not in self.digests:
            names = ()
        elif digests:
            names = cells.known_words(digests, self.digests, "digest")
        state, suppression = cells.status(status) if status else (self.default_state, None)
        chosen = cells.known_words(topics, self.topics, "topic")
        often = cells.frequency(frequency) if frequency else Frequency.DAILY
        paused_until, notes = None, ()
        if until and state is Consent.PAUSED:
            paused_until = cells.moment(until, self.zone)
            if paused_until is None:
                raise Unusable(f'paused_until is no date: "{until[:40]}"', "write it as 2026-11-24")
        elif until:
            notes = ("paused_until is left out, since the status is not paused",)
        made = tuple(RowSubscription(name, state, chosen, often, paused_until) for name in names)
        return made, suppression, notes

    def _language(self, text: str, warnings: list[str]) -> str:
        if not text:
            return ""
        if text not in self.languages:
            _remember(self.languages, text, language_tag(text))
        found = self.languages[text]
        if found is None:
            warnings.append(f'"{text[:40]}" is no language code and is left out')
        return found or ""

    def _timezone(self, text: str, warnings: list[str]) -> str:
        if not text:
            return ""
        if text not in self.zones:
            _remember(self.zones, text, _zone_name(text))
        found = self.zones[text]
        if found is None:
            warnings.append(f'"{text[:40]}" is no IANA time zone and is left out')
        return found or ""

    def _attributes(self, held: list[str], warnings: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for place, name in self.columns.attributes:
            if text := held[place].strip():
                if len(text) > MAX_ATTRIBUTE:
                    warnings.append(f"attr.{name} is cut at {MAX_ATTRIBUTE} characters")
                if value := clean(cells.unguard(text), MAX_ATTRIBUTE):
                    found[name] = value
        return found

    def _past(self, name: str, text: str, warnings: list[str]) -> datetime | None:
        if not text:
            return None
        found = cells.moment(text, self.zone)
        if found is None:
            warnings.append(f'{name} is no date that can be read: "{text[:40]}"; write it as 2026-11-24')
        elif found > self.now:
            warnings.append(f"{name} lies in the future and is left out")
            return None
        return found

    def _email(self, held: list[str]) -> str:
        place = self.columns.places["email"]
        return clean(held[place], 80) if place < len(held) else ""


def _zone_name(text: str) -> str | None:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        return None


def _remember(memory: dict[K, V], key: K, value: V) -> V:
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
    return value
