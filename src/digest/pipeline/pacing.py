"""How many messages may leave now, and each when: rate, rates by domain, the day's limit, warm-up, quiet hours.

All of it is shared with other processes through the store, and asked inside the transaction that claims a window.
"""

from __future__ import annotations

import re
import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.errors import ConfigError
from digest.models.mail import Delivery, State
from digest.pipeline.project import Project
from digest.settings import Rate
from digest.store import ledger, paces
from digest.store.ledger import Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection

# So many seconds' worth of messages are written down as about to be sent at once: what a crash leaves in doubt is
# little more than that. A request that carries many at once carries a second's worth.
AHEAD = 0.1
TOGETHER = 1.0
SOON = 0.5
SLACK = 0.25
LAPSED = 5.0
QUIET, LIMIT = "quiet hours until", "the day's limit"


@dataclass(frozen=True, slots=True)
class Closed:
    """That nothing may leave before `until`, and why in words."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Who goes now, in order, each at so many seconds from now; and who is held back, by delivery, until which
    moment (seconds since 1970, of the publication's clock)."""

    now: Sequence[tuple[Taken, float]] = ()
    later: Mapping[str, float] = field(default_factory=dict)


class Pacing:
    """The limits of one send. Without a rate, and for mail that stays on the machine, nothing is limited."""

    def __init__(
        self, project: Project, *, leaves: bool, rate: Rate | None, wall: Callable[[], float] = clock.time
    ) -> None:
        """Raises:
        ConfigError: the quiet hours are no hours.
        """
        self._project = project
        self._settings = project.settings.delivery.pacing
        self._leaves = leaves
        self._wall = wall
        self.rate = rate
        self._quiet = quiet_hours(self._settings.quiet)
        self._domains = {name.lower(): given for name, given in self._settings.domains.items()}

    def size(self, most: int, *, together: bool = False) -> int:
        """How many to claim at once, of at most `most`: more for a transport that sends them `together`."""
        span = TOGETHER if together else AHEAD
        return most if self.rate is None else min(most, max(int(self.rate.per_second * span), 1))

    def begin(self, connection: Connection, edition: str, now: datetime) -> None:
        """When a run starts: what an earlier limit put off is looked at again, by the limits there are now."""
        if self._leaves:
            ledger.call_back(connection, edition, (QUIET, LIMIT), now)
            paces.let_go(connection, ledger.HELD, self._wall() - now.timestamp())

    def closed(self, connection: Connection, now: datetime) -> Closed | None:
        """Whether nothing may leave now."""
        if not self._leaves:
            return None
        if self._quiet and (until := _quiet_until(self._quiet, now)):
            return Closed(until, f"{QUIET} {until:%H:%M}")
        limit = self._limit(connection, now)
        if limit is not None and paces.spent(connection, _day(now)) >= limit:
            midnight = datetime.combine(now.date() + timedelta(days=1), time.min, now.tzinfo)
            return Closed(midnight, f"{LIMIT} of {limit:,} is reached")
        return None

    def room(self, connection: Connection, now: datetime) -> int | None:
        """How many more may leave today; None when there is no limit."""
        limit = self._limit(connection, now) if self._leaves else None
        return None if limit is None else max(limit - paces.spent(connection, _day(now)), 0)

    def place(self, connection: Connection, taken: Sequence[Taken], now: datetime) -> Placed:
        """When each of the claimed may leave. Whom their domain gives no moment within half a second is held."""
        if not self._leaves:
            return Placed([(one, 0.0) for one in taken])
        wall = self._wall()
        limited = self._limited(connection, taken)
        going: list[tuple[Taken, float]] = []
        later: dict[str, float] = {}
        for domain, ones in _by_domain(taken).items():
            gap, rests = limited.get(domain, (0.0, 0.0))
            if not gap:
                going += [(one, 0.0) for one in ones]
                continue
            free = [one for one in ones if not self._keeps(one, now, rests, wall)]
            going += [(one, 0.0) for one in ones if self._keeps(one, now, rests, wall)]
            if not free:
                continue
            start = paces.reserve(connection, f"domain:{domain}", len(free), gap, max(wall, rests))
            for number, one in enumerate(free):
                wait = start + number * gap - wall
                if wait <= SOON:
                    going.append((one, max(wait, 0.0)))
                else:
                    later[one.person.delivery] = now.timestamp() + wait
        order = {one.person.delivery: number for number, one in enumerate(taken)}
        going.sort(key=lambda pair: (pair[1], order[pair[0].person.delivery]))
        return Placed(going, later)

    def start(self, connection: Connection, number: int, now: datetime) -> float:
        """Count `number` messages as leaving today, and keep moments for them at the common rate: in how many seconds
        the first may leave."""
        if not self._leaves or not number:
            return 0.0
        address = self._project.settings.publication.from_
        if self._settings.warm_up:
            paces.sending_day(connection, address, _day(now), begin=True)
        if self._settings.warm_up or self._settings.daily is not None:
            paces.spend(connection, _day(now), number)
        if self.rate is None:
            return 0.0
        wall = self._wall()
        start = paces.reserve(connection, paces.ALL, number, 1 / self.rate.per_second, wall, slack=SLACK)
        return max(start - wall, 0.0)

    def back(self, connection: Connection, number: int, now: datetime) -> None:
        """So many of them did not leave after all."""
        if self._leaves and number and (self._settings.warm_up or self._settings.daily is not None):
            paces.spend(connection, _day(now), -number)

    def learn(self, connection: Connection, results: Iterable[tuple[Delivery, str]]) -> None:
        """Take a hint from what a domain's servers answered (result, domain): slower when they ask for it, and little
        by little faster again when they take what they get."""
        if not self._leaves:
            return
        found = list(results)
        hurt = {domain for result, domain in found if asks_for_less(result)}
        for domain in sorted(hurt):
            paces.slower(connection, domain, self._wall())
        if hurt or paces.any_slowed(connection):
            fine = {domain for result, domain in found if result.state is State.ACCEPTED} - hurt
            for domain in sorted(paces.slowed(connection, sorted(fine))):
                paces.faster(connection, domain, self._wall())

    def _keeps(self, one: Taken, now: datetime, rests: float, wall: float) -> bool:
        """Whether its moment was kept for it and is now: not long past, and not within a rest asked for since."""
        return one.held and now.timestamp() - one.due <= LAPSED and rests <= wall

    def _limited(self, connection: Connection, taken: Sequence[Taken]) -> dict[str, tuple[float, float]]:
        """Domain → (seconds between two messages, rests until) for those that have a limit of their own."""
        domains = {one.domain for one in taken}
        slow = paces.slowed(connection, sorted(domains)) if paces.any_slowed(connection) else {}
        found: dict[str, tuple[float, float]] = {}
        for domain in domains:
            rate = self._domains.get(domain) or (self.rate if domain in slow else None)
            if rate is None:
                continue
            factor, rests = (slow[domain].factor, slow[domain].rests) if domain in slow else (1.0, 0.0)
            found[domain] = (1 / (rate.per_second * factor), rests)
        return found

    def _limit(self, connection: Connection, now: datetime) -> int | None:
        """The most that may leave today: of the warm-up while it lasts, then the daily one."""
        curve = self._settings.warm_up
        if curve:
            address = self._project.settings.publication.from_
            index = paces.sending_day(connection, address, _day(now), begin=False)
            if index < len(curve):
                return curve[index]
        return self._settings.daily


def slower(project: Project, domain: str, wall: Callable[[], float] = clock.time) -> None:
    """Halve a recipients' domain's rate, and let it rest for 15 minutes, in every process that sends."""
    with project.store.database.begin() as connection:
        paces.slower(connection, domain.lower(), wall())


def faster(project: Project, domain: str, wall: Callable[[], float] = clock.time) -> None:
    """Give a domain that was slowed a little of its rate back; at most once a minute."""
    with project.store.database.begin() as connection:
        paces.faster(connection, domain.lower(), wall())


def asks_for_less(result: Delivery) -> bool:
    """Whether a deferral is about how much mail comes to that domain, not about its recipient: a reply of 421, or
    with an enhanced code 4.7.x (RFC 3463 §3.8, policy) other than greylisting's 4.7.1."""
    if result.state is not State.DEFERRED:
        return False
    code = re.match(r"\s*(4\d\d)[ -](4\.7\.(\d{1,3}))?", result.reply)
    return code is not None and (code[3] not in (None, "1") or (code[1] == "421" and code[3] is None))


def quiet_hours(text: str | None) -> tuple[time, time] | None:
    """`22:00-06:00` as two times of day.

    Raises:
        ConfigError: it is not of that form.
    """
    if text is None:
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        begin = end = time.min
    if begin == end or begin.tzinfo or end.tzinfo:
        raise ConfigError(
            f'"{text}" are no quiet hours', where="[delivery.pacing] quiet", hint="write them as 22:00-06:00"
        )
    return begin, end


def _quiet_until(hours: tuple[time, time], now: datetime) -> datetime | None:
    """When the quiet hours that it is now end."""
    begin, end = hours
    of_day = now.time()
    inside = begin <= of_day < end if begin < end else of_day >= begin or of_day < end
    if not inside:
        return None
    day = now.date() + timedelta(days=1) if begin > end and of_day >= begin else now.date()
    return datetime.combine(day, end, now.tzinfo)


def _by_domain(taken: Sequence[Taken]) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = {}
    for one in taken:
        found.setdefault(one.domain, []).append(one)
    return found


def _day(now: datetime) -> str:
    return now.date().isoformat()
