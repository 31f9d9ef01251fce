"""Keep events and let each have its effect once, whatever their order and however often they come.

Out of order is normal: an outcome only ever rises (delivered, bounced, complained), and every other effect depends
on which events there are, not on which came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from digest.audiences.words import email_key
from digest.models.mail import Bounce, Event, EventKind, Outcome, State
from digest.store import event_effects
from digest.store.event_effects import Happened
from digest.store.inserting import insert_into
from digest.store.preferences import about
from digest.store.schema import deliveries, editions, events, letters, subscribers

BATCH = 1000
BOUNCED_AFTER_ALL = "no answer, then bounced"

_RANK: Mapping[str | None, int] = {None: 0, Outcome.DELIVERED: 1, Outcome.BOUNCED: 2, Outcome.COMPLAINED: 3}
_ARRIVED = frozenset(
    {EventKind.DELIVERED, EventKind.OPENED, EventKind.CLICKED, EventKind.USEFUL, EventKind.NOT_USEFUL}
)
_OUTCOME: Mapping[str, Outcome] = {
    **{str(kind): Outcome.DELIVERED for kind in _ARRIVED},
    str(EventKind.BOUNCED): Outcome.BOUNCED,
    str(EventKind.COMPLAINED): Outcome.COMPLAINED,
}
_TAKEN = _ARRIVED | {EventKind.COMPLAINED, EventKind.DEFERRED}


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch. `new` were kept, `duplicates` were known, `foreign` concern nothing of this store,
    `busy` must be given again because another process holds their deliveries at this moment.

    `unproven` are complaints and bounces that were kept but may not suppress anybody. `settled` are deliveries that
    were in doubt and no longer are.
    """

    new: tuple[Happened, ...] = ()
    duplicates: int = 0
    foreign: int = 0
    busy: tuple[Event, ...] = ()
    unproven: int = 0
    suppressed: int = 0
    left: int = 0
    settled: int = 0


def ingest(connection: Connection, batch: Sequence[Event], suppression_key: bytes, now: datetime) -> Ingested:
    """Keep what is new of at most `BATCH` events, with all its effects, in the caller's transaction."""
    wanted = {event.id: event for event in reversed(batch)}
    rows, busy_keys = _deliveries(connection, {event.delivery for event in wanted.values() if event.delivery})
    busy = tuple(event for event in wanted.values() if event.delivery in busy_keys)
    loose = [event for event in wanted.values() if event.delivery not in rows and event.delivery not in busy_keys]
    others = _others(connection, loose)
    known = [
        happened
        for event in wanted.values()
        if event.delivery not in busy_keys and (happened := _happened(event, rows, others)) is not None
    ]
    fresh = _insert(connection, known)
    new = tuple(sorted((h for h in known if h.event.id in fresh), key=lambda h: (h.event.at, h.event.id)))
    settled = _fold(connection, [happened for happened in new if happened.row is not None], now)
    effects = event_effects.apply(connection, new, suppression_key, now)
    foreign = len(wanted) - len(busy) - len(known)
    return Ingested(
        new,
        len(batch) - len(wanted) + len(known) - len(new),
        foreign,
        busy,
        effects.unproven,
        effects.suppressed,
        effects.left,
        settled,
    )


def settle_heard(connection: Connection, now: datetime, since: datetime) -> int:
    """Settle deliveries that fell into doubt after their events had come, in editions cut after `since`; how many."""
    chosen = (
        select(deliveries.c.id, deliveries.c.outcome)
        .join(editions, editions.c.id == deliveries.c.edition)
        .where(
            editions.c.cut >= since.timestamp(),
            deliveries.c.state == State.UNKNOWN.value,
            deliveries.c.outcome.is_not(None),
        )
    )
    found = connection.execute(chosen.order_by(deliveries.c.id)).all()
    for outcome, state, reason in (
        (None, State.ACCEPTED, ""),
        (Outcome.BOUNCED.value, State.REJECTED, BOUNCED_AFTER_ALL),
    ):
        keys = [row.id for row in found if (row.outcome == Outcome.BOUNCED.value) == (outcome is not None)]
        for start in range(0, len(keys), BATCH):
            mine = deliveries.c.id.in_(keys[start : start + BATCH])
            values = {"state": state.value, "reason": reason, "changed": now.timestamp()}
            connection.execute(
                update(deliveries).where(mine, deliveries.c.state == State.UNKNOWN.value).values(**values)
            )
    return len(found)


def _deliveries(connection: Connection, keys: set[str]) -> tuple[dict[str, Any], set[str]]:
    """(ledger rows by id, held for this transaction; ids that another transaction holds).

    Nothing is waited for here: a run that records results holds many rows in an order of its own, and two that wait
    for each other would both fail.
    """
    if not keys:
        return {}, set()
    columns = (
        deliveries.c.id,
        deliveries.c.edition,
        deliveries.c.subscriber,
        deliveries.c.email,
        deliveries.c.state,
        deliveries.c.outcome,
        deliveries.c.reason,
        deliveries.c.attempts,
    )
    chosen = select(*columns).where(deliveries.c.id.in_(sorted(keys))).order_by(deliveries.c.id)
    rows = {row.id: row for row in connection.execute(chosen.with_for_update(skip_locked=True))}
    missing = keys - rows.keys()
    if not missing or connection.dialect.name == "sqlite":
        return rows, set()
    held = select(deliveries.c.id).where(deliveries.c.id.in_(missing))
    return rows, set(connection.scalars(held))


def _others(connection: Connection, loose: Sequence[Event]) -> dict[str, Happened]:
    """Events that are about no delivery: about a letter, or about a reader whom a token named."""
    found: dict[str, Happened] = {}
    names = {event.delivery for event in loose if event.delivery}
    numbers = {event.subscriber for event in loose if event.subscriber}
    if names:
        chosen = select(letters.c.id, letters.c.subscriber, letters.c.email).where(letters.c.id.in_(names))
        written = {letter.id: letter for letter in connection.execute(chosen)}
        for event in loose:
            if letter := written.get(event.delivery):
                proven = event.proven or _fits(event, letter.subscriber, letter.email)
                whose = letter.subscriber or 0
                found[event.id] = Happened(event, letter.id, whose, letter.email, event.digest, proven)
    if numbers:
        readers = select(subscribers.c.id, subscribers.c.email).where(subscribers.c.id.in_(numbers))
        people = {reader.id: reader for reader in connection.execute(readers)}
        for event in loose:
            # A delivery that is not ours beside a reader who is: the token is what counts.
            if event.id not in found and (reader := people.get(event.subscriber)):
                email = reader.email or ""
                found[event.id] = Happened(event, about(reader.id), reader.id, email, event.digest, True)
    return found


def _happened(event: Event, rows: Mapping[str, Any], others: Mapping[str, Happened]) -> Happened | None:
    row = rows.get(event.delivery)
    if row is None:
        return others.get(event.id)
    proven = event.proven or _fits(event, row.subscriber, row.email)
    if event.bounce == Bounce.HARD and not proven:
        # Anybody can write such a report. Three of them within a month count all the same.
        event = replace(event, bounce=Bounce.SOFT)
    digest = event.digest if event.proven and event.digest else row.edition.partition("/")[0]
    return Happened(event, row.id, row.subscriber, row.email, digest, proven, row, row.edition)


def _fits(event: Event, subscriber: int | None, email: str) -> bool:
    """Whether a report names whom only somebody who got the message, or carried it, can name."""
    if event.subscriber and event.subscriber == subscriber:
        return True
    try:
        return bool(event.address) and email_key(event.address) == email_key(email)
    except ValueError:
        return False


def _insert(connection: Connection, known: Iterable[Happened]) -> set[str]:
    """Keep those that are not kept yet; their ids."""
    rows = [
        {
            "id": happened.event.id,
            "delivery": happened.whose,
            "kind": str(happened.event.kind),
            "at": happened.event.at.timestamp(),
            "reason": happened.event.reason,
            "doc": _doc(happened),
        }
        for happened in sorted(known, key=lambda h: h.event.id)
    ]
    if not rows:
        return set()
    statement = insert_into(connection, events).on_conflict_do_nothing(index_elements=["id"]).returning(events.c.id)
    return set(connection.scalars(statement, rows))


def _doc(happened: Happened) -> dict[str, Any]:
    event = happened.event
    doc: dict[str, Any] = dict(event.about)
    if event.bounce:
        doc["bounce"] = str(event.bounce)
    if event.machine:
        doc["machine"] = True
    if not happened.proven:
        doc["proven"] = False
    if happened.row is None:
        doc |= {"subscriber": happened.subscriber, "digest": happened.digest}
    return doc


def _fold(connection: Connection, new: Iterable[Happened], now: datetime) -> int:
    """Raise the outcomes of deliveries, and settle those in doubt; how many were settled."""
    by_delivery: dict[str, list[Happened]] = {}
    for happened in new:
        by_delivery.setdefault(happened.event.delivery, []).append(happened)
    outcomes: list[dict[str, Any]] = []
    settled: list[dict[str, Any]] = []
    for key in sorted(by_delivery):
        row: Any = by_delivery[key][0].row
        kinds = {happened.event.kind for happened in by_delivery[key]}
        outcome = max((row.outcome, *(_OUTCOME.get(kind) for kind in kinds)), key=_RANK.__getitem__)
        if outcome != row.outcome:
            outcomes.append({"its": key, "its_outcome": str(outcome)})
        state, reason = _settled(row, kinds, by_delivery[key])
        if state is not None:
            settled.append(
                {"its": key, "its_state": state.value, "its_reason": reason, "its_changed": now.timestamp()}
            )
    mine = update(deliveries).where(deliveries.c.id == bindparam("its"))
    if outcomes:
        connection.execute(mine.values(outcome=bindparam("its_outcome")), outcomes)
    if settled:
        values: dict[str, Any] = {name: bindparam(f"its_{name}") for name in ("state", "reason", "changed")}
        connection.execute(mine.values(**values), settled)
    return len(settled)


def _settled(row: Any, kinds: set[str], told: Sequence[Happened]) -> tuple[State | None, str]:
    """What a delivery's state becomes by these kinds of events, if anything.

    Whoever delays, delivers or shows a message has taken it. One that only bounced was not taken, until a further
    event says that it was. A message that was put back into the queue is not sent again once it is known to have
    arrived; one that a sender is at work on is left to it.
    """
    doubtful = row.state == State.UNKNOWN.value
    after_all = row.state == State.REJECTED.value and row.reason.startswith(BOUNCED_AFTER_ALL)
    queued = row.state in (State.PLANNED.value, State.DEFERRED.value) and row.attempts > 0
    if ((doubtful or after_all) and not kinds.isdisjoint(_TAKEN)) or (
        queued and not kinds.isdisjoint(_TAKEN - {EventKind.DEFERRED})
    ):
        return State.ACCEPTED, ""
    if doubtful and EventKind.BOUNCED in kinds:
        said = min(happened.event.reason for happened in told if happened.event.kind == EventKind.BOUNCED)
        return State.REJECTED, f"{BOUNCED_AFTER_ALL}: {said}" if said else BOUNCED_AFTER_ALL
    return None, ""
