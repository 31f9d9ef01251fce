"""The ledger: one row per (edition, subscriber), and every step of it in a transaction of its own.

A row is planned, claimed by one process, written down as intent before its first byte leaves, and then gets
its result. Totals over the states always add up to the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Update, bindparam, or_, select, update

from digest.models.mail import Answer, Delivery, State
from digest.models.people import Recipient
from digest.store.counting import DUE, HELD, next_due, next_held, reasons, rows, sums, totals
from digest.store.freezing import delivery_prefix, freeze
from digest.store.runs import close_run, last_run, open_run
from digest.store.schema import deliveries

__all__ = [
    "HELD", "Taken", "call_back", "claim", "close_out", "close_run", "delivery_prefix", "freeze", "hold", "in_doubt",
    "intend", "last_run", "next_due", "next_held", "open_run", "put_off", "reasons", "record", "release", "reopen",
    "rows", "settle", "sums", "take", "totals",
]  # fmt: skip

OPEN = (State.PLANNED.value, State.CLAIMED.value, State.INTENT.value, State.DEFERRED.value)
LONGEST_WAIT = 7200.0
_PART = 500
_TAKEN = (State.CLAIMED.value, State.INTENT.value)
# What was settled meanwhile, by an event of the provider's, is not made doubtful again by a late result.
_SETTLES = (*_TAKEN, State.UNKNOWN.value)
_RESULT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"), or_(*(deliveries.c.state == s for s in _SETTLES)))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        reply=bindparam("new_reply"),
        reference=bindparam("new_reference"),
        due=bindparam("new_due"),
        changed=bindparam("at"),
    )
)
_ANSWER = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"), deliveries.c.state == State.INTENT.value)
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"), changed=bindparam("at"))
)


_OF_A_PERSON = (
    *(deliveries.c[name] for name in ("id", "subscriber", "email", "name", "segment", "language", "since")),
    *(deliveries.c[name] for name in ("plain", "domain", "reason", "batch", "due")),
)


class Taken(NamedTuple):
    """A person claimed: with the domain of their address, the state they were in, and whether their pace has kept
    this moment for them."""

    person: Recipient
    domain: str
    was: State
    held: bool
    due: float


def claim(connection: Connection, edition: str, claimer: str, now: datetime, size: int) -> tuple[Recipient, ...]:
    """The next people who are due, claimed for this process: those who were put off first, then the others, each the
    earliest due first."""
    values = {"state": State.CLAIMED.value}
    return tuple(taken.person for taken in _take(connection, edition, claimer, now, size, values))


def take(connection: Connection, edition: str, claimer: str, now: datetime, size: int) -> tuple[Taken, ...]:
    """The next people who are due, claimed and at once written down as about to be sent: for a caller that commits
    this before anything leaves, and says in the same transaction who is not sent to after all."""
    values = {"state": State.INTENT.value, "attempts": deliveries.c.attempts + 1, "changed": now.timestamp()}
    return _take(connection, edition, claimer, now, size, values)


def _take(
    connection: Connection, edition: str, claimer: str, now: datetime, size: int, values: Mapping[str, Any]
) -> tuple[Taken, ...]:
    found: list[Taken] = []
    # One state after the other: over both at once, a database would sort all that is due to find the first few.
    for state in (State.DEFERRED, State.PLANNED):
        if len(found) < size:
            found += _take_of(connection, edition, claimer, now, size - len(found), values, state)
    return tuple(sorted(found, key=lambda one: (one.due, one.person.subscriber)))


def _take_of(
    connection: Connection,
    edition: str,
    claimer: str,
    now: datetime,
    size: int,
    values: Mapping[str, Any],
    state: State,
) -> list[Taken]:
    chosen = (
        select(deliveries.c.id)
        .where(
            deliveries.c.edition == edition, deliveries.c.state == state.value, deliveries.c.due <= now.timestamp()
        )
        .order_by(deliveries.c.due)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    if connection.dialect.name == "postgresql":
        # As a materialised list: a plain subquery with LIMIT might be run again for each row it is compared with.
        locked = chosen.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
        mine = deliveries.c.id.in_(select(locked.c.id))
    else:
        mine = deliveries.c.id.in_(chosen)
    taken = (
        update(deliveries)
        .where(mine)
        .values(claimer=claimer, claimed=now.timestamp(), **values)
        .returning(*_OF_A_PERSON)
    )
    return [_taken(*row) for row in connection.execute(taken)]


def _taken(
    id_: str, subscriber: int, email: str, name: str, segment: str, language: str, since: float | None,
    plain: bool, domain: str, reason: str, batch: str | None, due: float,
) -> Taken:  # fmt: skip
    began = None if since is None else datetime.fromtimestamp(since, UTC)
    person = Recipient(id_, subscriber, email, name, segment, language, began, plain=plain)
    # Whatever was put off says why; what is planned has nothing to say.
    was = State.DEFERRED if reason else State.PLANNED
    return Taken(person, domain, was, batch == HELD and not reason, due)


def hold(connection: Connection, until: Mapping[str, float], now: datetime) -> None:
    """Return claimed messages to planned, each with the moment (seconds since 1970) that its pace has kept for it."""
    if not until:
        return
    statement = (
        update(deliveries)
        .where(deliveries.c.id == bindparam("key"), or_(*(deliveries.c.state == s for s in _TAKEN)))
        .values(state=State.PLANNED.value, reason="", due=bindparam("until"), batch=HELD, changed=now.timestamp())
    )
    connection.execute(statement, [{"key": key, "until": at} for key, at in until.items()])


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
    if not results:
        return
    waiting = [result.id for result in results if result.state is State.DEFERRED]
    tries: dict[str, int] = {}
    for start in range(0, len(waiting), _PART):
        part = deliveries.c.id.in_(waiting[start : start + _PART])
        tries |= dict(connection.execute(select(deliveries.c.id, deliveries.c.attempts).where(part)).all())
    _many(
        connection,
        _RESULT,
        [
            {
                "key": result.id,
                "new_state": result.state.value,
                "new_reason": result.reason,
                "new_reply": result.reply[:500],
                "new_reference": result.reference,
                "new_due": _due(result.retry_at, tries.get(result.id, 1), at),
                "at": at,
            }
            for result in results
        ],
    )


def _many(connection: Connection, statement: Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """One statement for many rows, handed to the driver as it is: the toolkit would look at every row again."""
    compiled = statement.compile(dialect=connection.dialect)
    fixed = compiled.params
    names = getattr(compiled, "positiontup", None)
    if names:
        order = [(name, fixed[name]) for name in names]
        connection.exec_driver_sql(
            str(compiled), [tuple(row.get(name, value) for name, value in order) for row in rows]
        )
    else:
        connection.exec_driver_sql(str(compiled), [dict(fixed) | dict(row) for row in rows])


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
    rows = []
    for key, answer in answers.items():
        state, reason = outcome[answer]
        rows.append({"key": key, "new_state": state.value, "new_reason": reason, "at": now.timestamp()})
        counts[answer] += 1
    if rows:
        _many(connection, _ANSWER, rows)
    return counts


def close_out(connection: Connection, edition: str, state: State, reason: str, now: datetime) -> int:
    """Give everything still planned or deferred a final state (expired, cancelled); how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state.in_(DUE))
        .values(state=state.value, reason=reason, changed=now.timestamp())
    )
    return done.rowcount


def put_off(connection: Connection, edition: str, until: datetime, reason: str, now: datetime) -> int:
    """Defer everything that is due before `until` to then; how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state.in_(DUE), deliveries.c.due < until.timestamp())
        .values(state=State.DEFERRED.value, reason=reason, due=until.timestamp(), changed=now.timestamp())
    )
    return done.rowcount


def call_back(connection: Connection, edition: str, reasons: Sequence[str], now: datetime) -> int:
    """Plan again what was put off for a reason that begins with one of these; how many."""
    for_these = or_(*(deliveries.c.reason.startswith(reason, autoescape=True) for reason in reasons))
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.edition == edition, deliveries.c.state == State.DEFERRED.value, for_these)
        .values(state=State.PLANNED.value, reason="", due=0.0, changed=now.timestamp())
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
