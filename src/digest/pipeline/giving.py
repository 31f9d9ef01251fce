"""Give each personal reader a list of their own, a window of readers at a time, and remember what readers got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.models.edition import Edition
from digest.models.people import Recipient
from digest.pipeline.personal import PersonalEdition
from digest.store import editions, lists, welcomes
from digest.store.lists import Got, Listed

if TYPE_CHECKING:
    from sqlalchemy import Connection

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Given:
    """A reader's frozen list of (section, story, event), with its id."""

    id: str
    listed: Listed

    @property
    def chosen(self) -> list[tuple[str, list[str]]]:
        """The list as (section, stories)."""
        found: list[tuple[str, list[str]]] = []
        for name, story, _ in self.listed:
            if not found or found[-1][0] != name:
                found.append((name, []))
            found[-1][1].append(story)
        return found


class Giver:
    """Picks and freezes the lists of one edition. What it remembers is bounded, however many readers there are."""

    def __init__(self, edition: Edition, personal: Mapping[str, PersonalEdition], since: datetime) -> None:
        """`since` is the moment from which on what readers got counts as a repeat."""
        self._edition = edition
        self._personal = personal
        self._since = since
        self._bits: dict[str, dict[str, int]] = {}
        self._had: dict[tuple[str, str, str], int] = {}

    def give(self, connection: Connection, claimed: Sequence[Recipient]) -> dict[str, Given]:
        """Delivery → its list, for the claimed readers of personal segments: the frozen one, else one picked now and
        frozen in this transaction. The list is empty for whom there is nothing new."""
        mine = [recipient for recipient in claimed if recipient.segment in self._personal]
        if not mine:
            return {}
        frozen = lists.kept(connection, [recipient.delivery for recipient in mine])
        fresh = [recipient for recipient in mine if recipient.delivery not in frozen]
        given = self._pick(connection, fresh)
        names = {key: found.id for key, found in given.items()}
        lists.keep(connection, self._edition.id, names, {found.id: found.listed for found in given.values()})
        contents = lists.read(connection, set(frozen.values()))
        return given | {key: Given(name, contents[name]) for key, name in frozen.items()}

    def look(self, connection: Connection, readers: Sequence[Recipient]) -> dict[str, Given]:
        """What `give` would pick for these readers of personal segments now; nothing is frozen."""
        return self._pick(connection, [reader for reader in readers if reader.segment in self._personal])

    def note(
        self,
        connection: Connection,
        accepted: Sequence[tuple[str, str]],
        now: datetime,
        given: Mapping[str, Given] | None = None,
    ) -> None:
        """Keep what the segments of accepted (delivery, segment) got: a personal one all that any of its readers got.

        `given` are lists that are known already; others are looked up.
        """
        known = {key: own.listed for key, own in (given or {}).items()}
        for segment in sorted({segment for _, segment in accepted}):
            if segment in self._personal:
                mine = [key for key, name in accepted if name == segment]
                others = lists.kept(connection, [key for key in mine if key not in known])
                contents = [*lists.read(connection, set(others.values())).values()]
                contents += [known[key] for key in mine if key in known]
                got = {cluster: story for listed in contents for _, story, cluster in listed}
            else:
                plan = self._edition.plan_for(segment)
                got = {pick.cluster: pick.story for pick in plan.picks()} if plan else {}
            editions.note_sent(connection, self._edition.id, segment, got, now)

    def _pick(self, connection: Connection, fresh: Sequence[Recipient]) -> dict[str, Given]:
        if not fresh:
            return {}
        readers = [recipient.subscriber for recipient in fresh]
        topics = lists.chosen_topics(connection, self._edition.digest, readers)
        segments = {recipient.subscriber: recipient.segment for recipient in fresh}
        had = self._history(connection, segments)
        given: dict[str, Given] = {}
        for recipient in fresh:
            own = self._personal[recipient.segment]
            reader = recipient.subscriber
            listed = own.listed(own.chosen(recipient.language, topics.get(reader, ()), had.get(reader, 0)))
            given[recipient.delivery] = Given(lists.name(self._edition.id, listed), listed)
        return given

    def _history(self, connection: Connection, segments: Mapping[int, str]) -> dict[int, int]:
        """Reader → bits of the events that reached them before, by the lists of the segment they stand in now."""
        rows = list(lists.history(connection, list(segments), self._since, self._edition.id))
        if len(self._had) > REMEMBERED:
            self._had.clear()
        wanted = {(segments[row.subscriber], row) for row in rows}
        unknown = {row.list for segment, row in wanted if row.list and _key(segment, row) not in self._had}
        contents = lists.read(connection, unknown)
        found: dict[int, int] = {}
        for row in rows:
            segment = segments[row.subscriber]
            key = _key(segment, row)
            if key not in self._had:
                if row.list:
                    clusters: Iterable[str] = (cluster for _, _, cluster in contents.get(row.list, ()))
                else:
                    clusters = lists.segment_got(connection, row.edition, row.segment)
                self._had[key] = self._mask(connection, segment, clusters)
            found[row.subscriber] = found.get(row.subscriber, 0) | self._had[key]
        for reader, clusters in welcomes.got(connection, list(segments), self._since, self._edition.id):
            found[reader] = found.get(reader, 0) | self._mask(connection, segments[reader], clusters)
        return found

    def _mask(self, connection: Connection, segment: str, clusters: Iterable[str]) -> int:
        if segment not in self._bits:
            own = self._personal[segment]
            means = lists.names_of(connection, own.shelves.events.keys())
            self._bits[segment] = {name: own.shelves.got(events - own.again) for name, events in means.items()}
        bits = self._bits[segment]
        mask = 0
        for cluster in clusters:
            mask |= bits.get(cluster, 0)
        return mask


def grouped(ready: Sequence[Recipient], given: Mapping[str, Given]) -> list[Recipient]:
    """Readers with something to get; those of personal segments by their lists, so that equal ones go together."""
    able = [r for r in ready if r.delivery not in given or given[r.delivery].listed]
    return sorted(able, key=lambda r: given[r.delivery].id if r.delivery in given else "")


def _key(segment: str, row: Got) -> tuple[str, str, str]:
    return (segment, row.list, "") if row.list else (segment, row.edition, row.segment)
