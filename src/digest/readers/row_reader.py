"""Understand one line of a subscriber file after another: what its cells say about a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo
from operator import itemgetter
from typing import Final, TypeVar

from digest.audiences.words import language_tag, time_zone
from digest.models.people import Consent, Frequency
from digest.readers import cells
from digest.readers.address import BadAddress, normalise
from digest.readers.cells import Unusable, unguard
from digest.readers.columns import COLUMNS, Columns
from digest.readers.lines import Record
from digest.readers.names import clean
from digest.readers.row import Row, RowError, RowSubscription

NO_DIGEST: Final = "none"
MAX_ATTRIBUTE: Final = 500
MAX_CONSENT: Final = 1000
MAX_REASON: Final = 200
_REMEMBERED: Final = 5_000
_SHORT: Final = 500
_AGREEMENT: Final = ("digests", "status", "topics", "frequency", "paused_until")

K = TypeVar("K", str, tuple[str, ...])
V = TypeVar("V")
_Agreed = tuple[tuple[RowSubscription, ...], str | None, tuple[str, ...]]


class RowReader:
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
        self.default: tuple[str, ...] = (digest,) if digest else ()
        self.default_state = state
        self.remarks: tuple[str, ...] = ()
        self.agreed: dict[tuple[str, ...], _Agreed] = {}
        self.tagged: dict[str, tuple[str, ...]] = {}
        self.zones: dict[str, str | None] = {}
        self.languages: dict[str, str | None] = {}
        self.consents: dict[str, tuple[datetime | None, str]] = {}
        self.moments: dict[str, datetime | None] = {}

    def begin(self, columns: Columns, remark: str | None) -> None:
        """Take the columns. One that the file lacks is read from the empty cell that `row` puts behind each line.

        What is remarkable about the heading is told with the first row.
        """
        self.columns = columns
        self.remarks = (*columns.remarks, f"the heading is {remark}") if remark else columns.remarks
        places = [columns.places.get(name, columns.count) for name in COLUMNS]
        self.at = dict(zip(COLUMNS, places, strict=True))
        self.agreement = itemgetter(*(self.at[name] for name in _AGREEMENT))

    def row(self, record: Record) -> Row | RowError:
        """The row, or why there is none."""
        held = [cell.strip() for cell in record.cells]
        missing = self.columns.count - len(held)
        if missing < 0:
            if any(held[self.columns.count :]):
                what = f"the line has {len(held)} cells, the heading {self.columns.count}"
                return RowError(record.line, what, "put a cell that holds the delimiter in quotes", self._email(held))
            del held[self.columns.count :]
            missing = 0
        held.extend([""] * (missing + 1))
        try:
            return self._row(record, [unguard(cell) if cell[:1] == "'" else cell for cell in held])
        except BadAddress as problem:
            return RowError(record.line, str(problem), None, self._email(held))
        except Unusable as problem:
            return RowError(record.line, problem.what, problem.hint, self._email(held))

    def _row(self, record: Record, held: list[str]) -> Row:
        at = self.at
        address = normalise(held[at["email"]])
        warnings = [*self.remarks, record.remark] if record.remark else list(self.remarks)
        terms: tuple[str, ...] = self.agreement(held)
        agreed = self.agreed.get(terms)
        if agreed is None:
            agreed = _remember(self.agreed, terms, self._agreed(*terms))
        subscriptions, suppression, notes = agreed
        warnings.extend(notes)
        if address.smtputf8:
            warnings.append("what stands before the @ is not ASCII; only mail servers with SMTPUTF8 take it")
        tags = self.tagged.get(text := held[at["tags"]])
        if tags is None:
            tags, wrong = cells.words(text, what="tag")
            if wrong:
                warnings.append(f"{wrong.what}; it is left out")
            else:
                _remember(self.tagged, text, tags)
        consent = self.consents.get(text := held[at["consent"]])
        if consent is None:
            consent = _remember(self.consents, text, self._consent(text))
        self.remarks = ()
        return Row(
            line=record.line,
            address=address.email,
            key=address.key,
            name=clean(held[at["name"]]),
            language=self._language(held[at["language"]], warnings),
            timezone=self._timezone(held[at["timezone"]], warnings),
            attributes=self._attributes(held, warnings),
            tags=tags,
            joined=self._moment(held[at["joined"]], "joined", warnings),
            subscriptions=subscriptions,
            consent=consent[1],
            consented=consent[0],
            suppression=suppression,
            status_since=self._moment(held[at["status_since"]], "status_since", warnings),
            status_reason=clean(held[at["status_reason"]], MAX_REASON),
            text_only=self._flag(held[at["text_only"]], "text_only", warnings),
            warnings=tuple(warnings),
        )

    def _agreed(self, digests: str, status: str, topics: str, frequency: str, until: str) -> _Agreed:
        state, suppression = cells.status(status) if status else (self.default_state, None)
        gone = state is Consent.LEFT
        notes: list[str] = []
        names = self.default
        if digests.lower() == NO_DIGEST and NO_DIGEST not in self.digests:
            names = ()
        elif digests:
            names = self._known(digests, self.digests, "digest", notes if suppression else None)
        chosen = self._known(topics, self.topics, "topic", notes if gone else None)
        often = self._frequency(frequency, notes if gone else None)
        paused_until = None
        if until and state is Consent.PAUSED:
            paused_until = cells.moment(until, self.zone)
            if paused_until is None:
                raise Unusable(f'paused_until is no date: "{until[:40]}"', "write it as 2026-11-24")
        elif until:
            notes.append("paused_until is left out, since the status is not paused")
        made = tuple(RowSubscription(name, state, chosen, often, paused_until) for name in names)
        return made, suppression, tuple(notes)

    def _known(self, text: str, known: frozenset[str], what: str, notes: list[str] | None) -> tuple[str, ...]:
        """The words of a list cell, all known. With `notes`, unknown ones are left out and noted there: whoever asked
        for no more mail must not lose that over a misspelt topic."""
        found, wrong = cells.words(text, known, what) if text else ((), None)
        if wrong:
            _note(wrong, notes)
        return found

    def _frequency(self, text: str, notes: list[str] | None) -> Frequency:
        try:
            return cells.frequency(text) if text else Frequency.DAILY
        except Unusable as wrong:
            _note(wrong, notes)
            return Frequency.DAILY

    def _language(self, text: str, warnings: list[str]) -> str:
        if not text:
            return ""
        if text in self.languages:
            found = self.languages[text]
        else:
            found = _remember(self.languages, text, language_tag(text))
        if found is None:
            warnings.append(f'"{text[:40]}" is no language code and is left out')
        return found or ""

    def _timezone(self, text: str, warnings: list[str]) -> str:
        if not text:
            return ""
        found = self.zones[text] if text in self.zones else _remember(self.zones, text, time_zone(text))
        if found is None:
            warnings.append(f'"{text[:40]}" is no IANA time zone and is left out')
        return found or ""

    def _attributes(self, held: list[str], warnings: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for place, name in self.columns.attributes:
            if text := held[place]:
                if len(text) > MAX_ATTRIBUTE:
                    warnings.append(f"attr.{name} is cut at {MAX_ATTRIBUTE} characters")
                if value := clean(text, MAX_ATTRIBUTE):
                    found[name] = value
        return found

    def _consent(self, text: str) -> tuple[datetime | None, str]:
        if not text:
            return None, ""
        when, wording = cells.consent(text, self.zone)
        return when, clean(wording, MAX_CONSENT)

    def _moment(self, text: str, column: str, warnings: list[str]) -> datetime | None:
        if not text:
            return None
        if text in self.moments:
            found = self.moments[text]
        else:
            found = _remember(self.moments, text, cells.moment(text, self.zone))
        if found is None:
            warnings.append(f'{column} is no date that can be read: "{text[:40]}"; write it as 2026-11-24')
        elif found > self.now:
            warnings.append(f"{column} lies in the future and is left out")
            return None
        return found

    def _flag(self, text: str, column: str, warnings: list[str]) -> bool | None:
        found = cells.FLAGS.get(text.lower()) if text else None
        if text and found is None:
            warnings.append(f'{column} is neither yes nor no: "{text[:40]}"; it is left out')
        return found

    def _email(self, held: list[str]) -> str:
        place = self.columns.places["email"]
        return clean(held[place], 80) if place < len(held) else ""


def _note(wrong: Unusable, notes: list[str] | None) -> None:
    if notes is None:
        raise wrong
    notes.append(f"{wrong.what}; it is left out")


def _remember(memory: dict[K, V], key: K, value: V) -> V:
    """Keep what a cell meant, as long as cells are few and short: memory must not grow with the file."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    if sum(map(len, key)) <= _SHORT:
        memory[key] = value
    return value
