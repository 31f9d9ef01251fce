"""How fast, shared by every process that sends: moments given out in a row, days counted, and domains at rest.

Moments are seconds since 1970 of the machines' own clocks, which must agree to within a second or so. A moment is
given to one message once; whoever comes later gets a later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from digest.store.inserting import insert_into
from digest.store.schema import deliveries, editions, paces

ALL, DAY = "all", "day"
LEAST = 1 / 64
STEP = 1 / 16
REST = 900.0
RISE = 60.0
_FAR = 60.0


@dataclass(frozen=True, slots=True)
class Slowed:
    """A domain that asked us to go slower: `factor` of its rate, and nothing before `rests`."""

    factor: float
    rests: float


def reserve(connection: Connection, key: str, number: int, gap: float, now: float, *, slack: float = 0.0) -> float:
    """The first of `number` moments in a row, `gap` seconds apart, that nobody else has. Time that nobody used is not
    made up for beyond `slack` seconds."""
    row = _row(connection, key)
    start: float = max(row.next, now - slack)
    if key == ALL and start > now + _FAR + 2 * number * gap:
        start = now  # no process reserves so far ahead: the clock was set back, or the rate was lower
    connection.execute(update(paces).where(paces.c.key == key).values(next=start + number * gap))
    return start


def spent(connection: Connection, day: str) -> int:
    """How many messages left on this day so far. The row stays locked until the end of the transaction."""
    row = _row(connection, DAY)
    # A day before the one last counted is a clock set back: what was counted still counts.
    return int(row.spent) if row.day is not None and row.day >= day else 0


def spend(connection: Connection, day: str, number: int) -> None:
    """Count messages that leave on this day; a negative number takes back what did not leave after all."""
    row = _row(connection, DAY)
    known = row.day is not None and row.day >= day
    values = {"spent": max((row.spent if known else 0) + number, 0), "day": row.day if known else day}
    connection.execute(update(paces).where(paces.c.key == DAY).values(**values))


def sending_day(connection: Connection, address: str, day: str, *, begin: bool) -> int:
    """Which of its days with mail this is for a sending address, from 0. `begin` counts this day as one."""
    key = f"days:{address}"
    row = _row(connection, key)
    if row.day is not None and row.day >= day:
        return int(row.spent) - 1
    if begin:
        connection.execute(update(paces).where(paces.c.key == key).values(spent=row.spent + 1, day=day))
    return int(row.spent)


def slowed(connection: Connection, domains: Iterable[str]) -> dict[str, Slowed]:
    """Those of the domains that asked us to go slower lately."""
    keys = [f"slow:{domain}" for domain in domains]
    rows = connection.execute(select(paces).where(paces.c.key.in_(keys))).all() if keys else ()
    return {row.key.partition(":")[2]: Slowed(row.factor, row.next) for row in rows}


def slower(connection: Connection, domain: str, now: float) -> None:
    """A domain asks for less: half its rate from now on, and a rest of 15 minutes. Asked again during the rest, it
    is the same request (multiplicative decrease)."""
    row = _row(connection, f"slow:{domain}")
    if row.next > now:
        return
    values = {"factor": max(row.factor / 2, LEAST), "next": now + REST}
    connection.execute(update(paces).where(paces.c.key == row.key).values(**values))


def faster(connection: Connection, domain: str, now: float) -> None:
    """A domain takes what it gets: a little more, once a minute, until its whole rate (additive increase)."""
    row = connection.execute(select(paces).where(paces.c.key == f"slow:{domain}")).first()
    if row is None or now < row.next + RISE:
        return
    factor = row.factor + STEP
    if factor >= 1:
        connection.execute(delete(paces).where(paces.c.key == row.key))
    else:
        connection.execute(update(paces).where(paces.c.key == row.key).values(factor=factor, next=now))


def any_slowed(connection: Connection) -> bool:
    """Whether any domain asked us to go slower lately."""
    return bool(connection.scalar(select(func.count()).where(paces.c.key.startswith("slow:"))))


def let_go(connection: Connection, held: str, offset: float) -> None:
    """Give back the moments of domains that no message holds any more, after a send was cancelled or forgotten.
    `held` is the mark of the rows that hold one; `offset` is the machine's clock less the publication's."""
    chosen = (
        select(deliveries.c.domain, func.max(deliveries.c.due))
        .select_from(editions.join(deliveries, deliveries.c.edition == editions.c.id))
        .where(editions.c.state == "sending", deliveries.c.state == "planned", deliveries.c.batch == held)
        .group_by(deliveries.c.domain)
    )
    latest: Mapping[str, float] = dict(connection.execute(chosen).all())
    for row in connection.execute(select(paces).where(paces.c.key.startswith("domain:"))).all():
        until = latest.get(row.key.partition(":")[2], 0.0)
        if row.next > until + offset:
            connection.execute(update(paces).where(paces.c.key == row.key).values(next=max(until + offset, 0.0)))


def _row(connection: Connection, key: str) -> Any:
    """The row of a key, made when it is not there, locked until the end of the transaction."""
    chosen = select(paces).where(paces.c.key == key).with_for_update()
    row = connection.execute(chosen).first()
    if row is None:
        connection.execute(insert_into(connection, paces).values(key=key, next=0.0).on_conflict_do_nothing())
        row = connection.execute(chosen).one()
    return row
