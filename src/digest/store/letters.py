"""Letters to single readers, outside editions: what is to be written, what became of it, and what was asked lately.

`email` of a row is the normalised address, so that asking can be counted; the address to write to is in `doc`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from digest.models.mail import Answer, Delivery, State
from digest.store.inserting import insert_into
from digest.store.schema import letters

QUEUED, INTENT, ACCEPTED, REJECTED, UNKNOWN, DROPPED = (
    "queued",
    "intent",
    "accepted",
    "rejected",
    "unknown",
    "dropped",
)
TRIES = 8
FIRST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `doc` is what its kind needs; `created` the moment it was asked for."""

    id: str
    kind: str
    subscriber: int | None
    key: str
    state: str
    attempts: int
    created: datetime
    doc: Mapping[str, Any]


def name(kind: str, key: str, about: str, now: datetime) -> str:
    """The id of a letter: asked for the same at the same moment, it is the same letter."""
    text = "\n".join((kind, key, about, now.astimezone(UTC).isoformat()))
    return base64.b32encode(hashlib.sha256(text.encode()).digest()[:15]).decode().lower()


def put(
    connection: Connection,
    kind: str,
    key: str,
    doc: Mapping[str, Any],
    now: datetime,
    *,
    about: str = "",
    subscriber: int | None = None,
) -> str:
    """Ask for a letter to be written; its id. The one statement is the same whoever the address belongs to."""
    made = name(kind, key, about, now)
    at = now.timestamp()
    values = {
        "id": made,
        "kind": kind,
        "subscriber": subscriber,
        "email": key,
        "state": QUEUED,
        "due": at,
        "changed": at,
        "doc": dict(doc) | {"created": at},
    }
    connection.execute(insert_into(connection, letters).values(**values).on_conflict_do_nothing())
    return made


def get(connection: Connection, key: str) -> Letter | None:
    """The letter with this id."""
    row = connection.execute(select(letters).where(letters.c.id == key)).first()
    return _letter(row) if row else None


def due(connection: Connection, now: datetime, limit: int) -> tuple[Letter, ...]:
    """Letters to be sent now, the longest waiting first."""
    chosen = (
        select(letters)
        .where(letters.c.state == QUEUED, letters.c.due <= now.timestamp())
        .order_by(letters.c.due, letters.c.id)
        .limit(limit)
    )
    return tuple(_letter(row) for row in connection.execute(chosen))


def waiting(connection: Connection) -> int:
    """How many letters are queued."""
    return connection.scalar(select(func.count()).where(letters.c.state == QUEUED)) or 0


def asked(connection: Connection, key: str, kinds: Sequence[str], since: datetime, but: str = "") -> int:
    """How many letters of these kinds an address asked for since then and was sent, or is about to be."""
    chosen = select(func.count()).where(
        letters.c.email == key,
        letters.c.kind.in_(kinds),
        letters.c.changed >= since.timestamp(),
        letters.c.state.in_([INTENT, ACCEPTED, UNKNOWN]),
        letters.c.id != but,
    )
    return connection.scalar(chosen) or 0


def asked_by(connection: Connection, subscriber: int, kinds: Sequence[str], since: datetime) -> int:
    """How many letters of these kinds one reader asked for since then, whatever became of them."""
    chosen = select(func.count()).where(
        letters.c.subscriber == subscriber, letters.c.kind.in_(kinds), letters.c.changed >= since.timestamp()
    )
    return connection.scalar(chosen) or 0


def intend(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Write down that these will be sent now; committed before the first byte leaves."""
    connection.execute(
        update(letters)
        .where(letters.c.id.in_(keys), letters.c.state == QUEUED)
        .values(state=INTENT, attempts=letters.c.attempts + 1, changed=now.timestamp())
    )


def record(connection: Connection, results: Iterable[Delivery], now: datetime) -> None:
    """Write down what became of letters. A deferred one waits 1, 2, 4 … minutes, and is given up after eight."""
    at = now.timestamp()
    for result in results:
        row = connection.execute(select(letters.c.attempts).where(letters.c.id == result.id)).first()
        tries = row.attempts if row else 0
        state = {State.ACCEPTED: ACCEPTED, State.UNKNOWN: UNKNOWN}.get(result.state, REJECTED)
        due_at = at
        if result.state is State.DEFERRED and tries < TRIES:
            state, due_at = QUEUED, at + FIRST_WAIT * 2.0 ** max(tries - 1, 0)
        values = {"state": state, "due": due_at, "changed": at, "reply": (result.reply or result.reason)[:500]}
        connection.execute(update(letters).where(letters.c.id == result.id).values(**values))


def put_off(connection: Connection, key: str, why: str, until: datetime) -> None:
    """Not now: the letter stays queued until then."""
    connection.execute(update(letters).where(letters.c.id == key).values(due=until.timestamp(), reply=why[:500]))


def drop(connection: Connection, key: str, why: str, now: datetime) -> None:
    """Not to be written after all."""
    values = {"state": DROPPED, "reply": why, "changed": now.timestamp()}
    connection.execute(update(letters).where(letters.c.id == key).values(**values))


def in_doubt(connection: Connection) -> tuple[Letter, ...]:
    """Letters that were about to be sent and have no result. Call it under the lock."""
    return tuple(_letter(row) for row in connection.execute(select(letters).where(letters.c.state == INTENT)))


def settle(connection: Connection, answers: Mapping[str, Answer], now: datetime) -> None:
    """Resolve letters in doubt by what the sender answered: accepted, queued again, or unknown for good."""
    states = {Answer.ACCEPTED: ACCEPTED, Answer.ABSENT: QUEUED, Answer.CANNOT: UNKNOWN}
    for key, answer in answers.items():
        values = {"state": states[answer], "due": now.timestamp(), "changed": now.timestamp()}
        connection.execute(update(letters).where(letters.c.id == key, letters.c.state == INTENT).values(**values))


def use(connection: Connection, letter: Letter, now: datetime) -> None:
    """Write down that the button of a letter was pressed."""
    doc = dict(letter.doc) | {"used": now.timestamp()}
    connection.execute(update(letters).where(letters.c.id == letter.id).values(doc=doc))


def keep(connection: Connection, letter: Letter, **more: Any) -> None:
    """Keep more about a letter in its `doc`."""
    values: dict[str, Any] = {"doc": dict(letter.doc) | more}
    if "subscriber" in more:
        values["subscriber"] = more["subscriber"]
    connection.execute(update(letters).where(letters.c.id == letter.id).values(**values))


def prune(connection: Connection, before: datetime) -> int:
    """Delete letters that were done with before then; how many."""
    done = delete(letters).where(letters.c.state.not_in([QUEUED, INTENT]), letters.c.changed < before.timestamp())
    return connection.execute(done).rowcount


def counted(connection: Connection) -> dict[str, int]:
    """How many letters are in each state."""
    chosen = select(letters.c.state, func.count()).group_by(letters.c.state)
    return dict(connection.execute(chosen).all())


def of(connection: Connection, subscriber: int) -> tuple[Letter, ...]:
    """Every letter to one reader."""
    chosen = select(letters).where(letters.c.subscriber == subscriber).order_by(letters.c.changed)
    return tuple(_letter(row) for row in connection.execute(chosen))


def purge(connection: Connection, subscriber: int, key: str) -> None:
    """Delete every letter to one reader, and what was asked for at their address."""
    connection.execute(delete(letters).where((letters.c.subscriber == subscriber) | (letters.c.email == key)))


def _letter(row: Any) -> Letter:
    created = datetime.fromtimestamp(row.doc.get("created", row.changed), UTC)
    return Letter(row.id, row.kind, row.subscriber, row.email, row.state, row.attempts, created, row.doc)


def too_old(letter: Letter, now: datetime, span: timedelta) -> bool:
    """Whether a letter was asked for longer ago than `span`."""
    return now - letter.created > span
