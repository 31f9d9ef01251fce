"""The ledger: one row per (edition, subscriber), and every step of it in a transaction of its own.

A row is planned, claimed by one process, written down as intent before its first byte leaves, and then gets
its result. Totals over the states always add up to the number of rows.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, insert, literal, or_, select, update

from digest.models.mail import Answer, Delivery, State
from digest.models.people import Recipient
from digest.store.schema import deliveries, runs, subscribers, subscriptions

OPEN = (State.PLANNED.value, State.CLAIMED.value, State.INTENT.value, State.DEFERRED.value)
LONGEST_WAIT = 7200.0
_DUE = (State.PLANNED.value, State.DEFERRED.value)


def delivery_prefix(publication: str, edition: str) -> str:
    """What the ids of an edition's deliveries begin with; the subscriber's number follows."""
    digest = hashlib.sha256(f"{publication}\n{edition}".encode()).digest()
    return base64.b32encode(digest[:5]).decode().lower()


def open_run(connection: Connection, edition: str, transport: str, options: Mapping[str, Any], now: datetime) -> str:
    """Write down that a run started; its id. Call it under the lock."""
    number = connection.scalar(select(func.count()).select_from(runs).where(runs.c.edition == edition)) or 0
    run = f"{edition.replace('/', '-')}-r{number + 1}"
    values = {"id": run, "edition": edition, "transport": transport, "state": "running", "planned": 0}
    connection.execute(insert(runs).values(**values, started=now.timestamp(), options=dict(options)))
    return run


def close_run(connection: Connection, run: str, state: str, now: datetime) -> None:
    """Write down how a run ended: `finished`, `stopped`, `paused` or `cancelled`."""
    connection.execute(update(runs).where(runs.c.id == run).values(state=state, finished=now.timestamp()))


def last_run(connection: Connection, edition: str) -> Any | None:
    """The newest run of an edition."""
    return connection.execute(select(runs).where(runs.c.edition == edition).order_by(runs.c.started.desc())).first()


def freeze(
    connection: Connection,
    *,
    run: str,
    edition: str,
    digest: str,
    segment: str,
    matching: ColumnElement[bool],
    prefix: str,
    language: str,
    now: datetime,
    languages: Sequence[str] = (),
    only: Sequence[str] = (),
    limit: int | None = None,
) -> int:
    """Plan a delivery for everyone whom `matching` admits and who has no row in this edition; how many.

    `languages` are primary subtags that readers may have instead of `language`, each where it is their own. Only
    active subscriptions are mailed (or paused ones whose pause is over), whatever the segment's filter says. One
    statement, so that memory does not grow with the number of people.
    """
    at = now.timestamp()
    active = or_(
        subscriptions.c.state == "active",
        and_(subscriptions.c.state == "paused", subscriptions.c.paused_until <= at),
    )
    taken = select(deliveries.c.id).where(
        deliveries.c.edition == edition, deliveries.c.subscriber == subscribers.c.id
    )
    people = (
        select(
            (literal(f"{prefix}-") + cast(subscribers.c.id, String)).label("id"),
            literal(edition).label("edition"),
            subscribers.c.id.label("subscriber"),
            literal(run).label("run"),
            literal(segment).label("segment"),
            literal(State.PLANNED.value).label("state"),
            subscribers.c.email,
            _domain(connection).label("domain"),
            subscribers.c.name,
            _language(language, languages).label("language"),
            subscriptions.c.since,
            literal(at).label("changed"),
        )
        .select_from(subscribers.join(subscriptions, subscriptions.c.subscriber == subscribers.c.id))
        .where(subscriptions.c.digest == digest, subscribers.c.email.is_not(None), active, matching, ~taken.exists())
        .order_by(subscribers.c.id)
    )
    if only:
        people = people.where(subscribers.c.email_key.in_(only))
    if limit is not None:
        people = people.limit(limit)
    names = [column.name for column in people.selected_columns]
    statement = insert(deliveries).from_select(names, people)
    made = connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    connection.execute(update(runs).where(runs.c.id == run).values(planned=runs.c.planned + made))
    return made


def _language(language: str, languages: Sequence[str]) -> ColumnElement[str]:
    """The reader's own language where it is one of `languages` (`de-AT` is `de`), else `language`."""
    theirs = func.lower(func.replace(subscribers.c.language, "_", "-"))
    own = [(or_(theirs == tag, theirs.startswith(f"{tag}-", autoescape=True)), literal(tag)) for tag in languages]
    return case(*own, else_=literal(language)) if own else literal(language)


def _domain(connection: Connection) -> ColumnElement[str]:
    key = subscribers.c.email_key
    if connection.dialect.name == "postgresql":
        return func.split_part(key, "@", -1)
    return func.substr(key, func.instr(key, "@") + 1)


def claim(connection: Connection, edition: str, claimer: str, now: datetime, size: int) -> tuple[Recipient, ...]:
    """The next people who are due, claimed for this process; the earliest due first."""
    chosen = (
        select(deliveries.c.id)
        .where(deliveries.c.edition == edition, deliveries.c.state.in_(_DUE), deliveries.c.due <= now.timestamp())
        .order_by(deliveries.c.due, deliveries.c.subscriber)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    keys = list(connection.scalars(chosen))
    if not keys:
        return ()
    values = {"state": State.CLAIMED.value, "claimer": claimer, "claimed": now.timestamp()}
    connection.execute(update(deliveries).where(deliveries.c.id.in_(keys)).values(**values))
    rows = connection.execute(
        select(deliveries).where(deliveries.c.id.in_(keys)).order_by(deliveries.c.due, deliveries.c.subscriber)
    )
    return tuple(
        Recipient(
            row.id,
            row.subscriber,
            row.email,
            row.name,
            row.segment,
            row.language,
            None if row.since is None else datetime.fromtimestamp(row.since, UTC),
        )
        for row in rows
    )


def intend(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Write down that these will be sent now. Must be committed before the first byte of any of them leaves."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(keys), deliveries.c.state == State.CLAIMED.value)
        .values(state=State.INTENT.value, attempts=deliveries.c.attempts + 1, changed=now.timestamp())
    )


def record(connection: Connection, results: Iterable[Delivery], now: datetime) -> None:
    """Write down what became of messages. Each further deferral of one waits three times as long as the last, up to
    two hours (5, 15, 45 minutes …)."""
    at = now.timestamp()
    results = list(results)
    waiting = [result.id for result in results if result.state is State.DEFERRED]
    chosen = select(deliveries.c.id, deliveries.c.attempts).where(deliveries.c.id.in_(waiting))
    tries = dict(connection.execute(chosen).all()) if waiting else {}
    for result in results:
        values = {
            "state": result.state.value,
            "reason": result.reason,
            "reply": result.reply[:500],
            "reference": result.reference,
            "due": _due(result.retry_at, tries.get(result.id, 1), at),
            "changed": at,
        }
        connection.execute(update(deliveries).where(deliveries.c.id == result.id).values(**values))


def _due(retry_at: datetime | None, attempts: int, at: float) -> float:
    if retry_at is None:
        return 0.0
    wait = max(retry_at.timestamp() - at, 0.0)
    return at + max(min(wait * 3.0 ** min(attempts - 1, 10), LONGEST_WAIT), wait)


def release(connection: Connection, edition: str, now: datetime) -> int:
    """Return what a dead process had claimed but not yet meant to send; how many. Call it under the lock."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state == State.CLAIMED.value)
        .values(state=State.PLANNED.value, claimer=None, changed=now.timestamp())
    )
    return done.rowcount


def in_doubt(connection: Connection, edition: str) -> tuple[tuple[str, str], ...]:
    """(delivery, segment) of every intent that has no result."""
    chosen = select(deliveries.c.id, deliveries.c.segment).where(
        deliveries.c.edition == edition, deliveries.c.state == State.INTENT.value
    )
    return tuple((row.id, row.segment) for row in connection.execute(chosen.order_by(deliveries.c.subscriber)))


def settle(connection: Connection, answers: Mapping[str, Answer], now: datetime) -> dict[Answer, int]:
    """Resolve intents by what the sender answered: accepted, back to planned, or unknown."""
    outcome = {
        Answer.ACCEPTED: (State.ACCEPTED, ""),
        Answer.ABSENT: (State.PLANNED, ""),
        Answer.CANNOT: (State.UNKNOWN, "the send was cut off and the transport cannot say whether it arrived"),
    }
    counts = dict.fromkeys(Answer, 0)
    for key, answer in answers.items():
        state, reason = outcome[answer]
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == key, deliveries.c.state == State.INTENT.value)
            .values(state=state.value, reason=reason, changed=now.timestamp())
        )
        counts[answer] += 1
    return counts


def close_out(connection: Connection, edition: str, state: State, reason: str, now: datetime) -> int:
    """Give everything still planned or deferred a final state (expired, cancelled); how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state.in_(_DUE))
        .values(state=state.value, reason=reason, changed=now.timestamp())
    )
    return done.rowcount


def reopen(connection: Connection, edition: str, states: Sequence[State], now: datetime) -> int:
    """Plan again what ended in one of `states`, because a person said so; how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state.in_([state.value for state in states]))
        .values(state=State.PLANNED.value, reason="", due=0.0, changed=now.timestamp())
    )
    return done.rowcount


def totals(connection: Connection, edition: str) -> dict[str, dict[State, int]]:
    """How many rows each segment has in each state."""
    chosen = select(deliveries.c.segment, deliveries.c.state, func.count()).where(deliveries.c.edition == edition)
    counted: dict[str, dict[State, int]] = {}
    for segment, state, number in connection.execute(chosen.group_by(deliveries.c.segment, deliveries.c.state)):
        counted.setdefault(segment, {})[State(state)] = number
    return counted


def sums(connection: Connection, edition: str) -> dict[State, int]:
    """How many rows of an edition are in each state."""
    chosen = select(deliveries.c.state, func.count()).where(deliveries.c.edition == edition)
    return {State(state): number for state, number in connection.execute(chosen.group_by(deliveries.c.state))}


def reasons(connection: Connection, edition: str) -> list[tuple[State, str, int]]:
    """(state, reason, how many) of everything that has a reason, most first."""
    chosen = (
        select(deliveries.c.state, deliveries.c.reason, func.count().label("n"))
        .where(deliveries.c.edition == edition, deliveries.c.reason != "")
        .group_by(deliveries.c.state, deliveries.c.reason)
        .order_by(func.count().desc(), deliveries.c.reason)
    )
    return [(State(state), reason, number) for state, reason, number in connection.execute(chosen)]


def next_due(connection: Connection, edition: str) -> datetime | None:
    """When the next planned or deferred delivery is due; None when nothing is left to do."""
    chosen = select(func.min(deliveries.c.due)).where(deliveries.c.edition == edition, deliveries.c.state.in_(_DUE))
    due = connection.scalar(chosen)
    return None if due is None else datetime.fromtimestamp(due, UTC)


def rows(connection: Connection, edition: str, states: Sequence[State] = (), limit: int | None = None) -> list[Any]:
    """Ledger rows of an edition, by subscriber."""
    chosen = select(deliveries).where(deliveries.c.edition == edition).order_by(deliveries.c.subscriber)
    if states:
        chosen = chosen.where(deliveries.c.state.in_([state.value for state in states]))
    return list(connection.execute(chosen.limit(limit) if limit else chosen))
