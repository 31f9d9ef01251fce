"""SendGrid's own suppression lists: read page by page, and changed.

Bounces, blocks, invalid addresses and complaints are made by SendGrid alone: they can be read and lifted. Addresses
can be put on the list for everything and on those of unsubscribe groups.
https://www.twilio.com/docs/sendgrid/api-reference/suppressions
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import quote

from digest.clock import machine
from digest.errors import SendError
from digest.send.sendgrid_answers import line
from digest.send.sendgrid_calls import asked

PAGE = 500
AT_ONCE = 1000


class Listed(StrEnum):
    """A list by what SendGrid calls it. `asm` is that of one unsubscribe group."""

    BOUNCES = "bounces"
    BLOCKS = "blocks"
    INVALID = "invalid_emails"
    SPAM = "spam_reports"
    UNSUBSCRIBES = "unsubscribes"
    GROUP = "asm"


EVERY = (Listed.BOUNCES, Listed.INVALID, Listed.SPAM, Listed.UNSUBSCRIBES, Listed.BLOCKS)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An address that SendGrid does not send to. `at` is when it came there, None where SendGrid does not say (groups
    never do); `reason` and `status` (RFC 3463) are the receiver's words, bounded."""

    address: str
    listed: Listed
    at: datetime | None = None
    reason: str = ""
    status: str = ""
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """How questions are asked: the official client over our connections (`SendGridSender.client`), the clock
    (zone-aware), and how to wait."""

    client: Any
    now: Callable[[], datetime] = machine
    sleep: Callable[[float], None] = time.sleep

    def ask(self, call: Callable[[], Any], missing: Any = None) -> Any:
        """The answer as JSON; raises as `sendgrid_calls.asked`."""
        return asked(call, now=self.now, sleep=self.sleep, missing=missing)


def fetch_suppressions(
    calls: Calls, lists: Iterable[Listed] = EVERY, *, groups: Iterable[int] = (), since: datetime | None = None
) -> Iterator[ListEntry]:
    """Every entry of these lists and groups, in pages, as SendGrid orders them; `since` leaves out older ones (not of
    groups, which know no times). An entry without an address is left out. Raises as `sendgrid_calls.asked`."""
    for listed in lists:
        if listed is not Listed.GROUP:
            yield from _named(calls, listed, since)
    for group in groups:
        found = calls.ask(calls.client.client.asm.groups._(str(group)).suppressions.get, [])
        for address in _list(found):
            if isinstance(address, str) and address:
                yield ListEntry(address, Listed.GROUP, group=group)


def push_unsubscribes(calls: Calls, addresses: Iterable[str], *, group: int | None = None) -> int:
    """Put addresses on the list for everything, or on a group's; how many were given. What is there already stays.
    Raises as `sendgrid_calls.asked`."""
    asm = calls.client.client.asm
    way = asm.suppressions._("global") if group is None else asm.groups._(str(group)).suppressions
    count = 0
    for part in _parts(addresses):
        calls.ask(partial(way.post, request_body={"recipient_emails": part}))
        count += len(part)
    return count


def lift_suppressions(calls: Calls, listed: Listed, addresses: Iterable[str], *, group: int | None = None) -> int:
    """Take addresses off a list; how many were given. What is not there is no error. Raises as
    `sendgrid_calls.asked`; ValueError for a group's list without its number."""
    client = calls.client.client
    if listed is Listed.GROUP and group is None:
        raise ValueError("which group?")
    count = 0
    if listed in (Listed.UNSUBSCRIBES, Listed.GROUP):
        asm = client.asm
        way = asm.groups._(str(group)).suppressions if listed is Listed.GROUP else asm.suppressions._("global")
        for address in addresses:
            calls.ask(way._(quote(address, safe="")).delete)
            count += 1
        return count
    for part in _parts(addresses):
        named = client.suppression._(listed.value)
        calls.ask(partial(named.delete, request_body={"emails": part}))
        count += len(part)
    return count


def _named(calls: Calls, listed: Listed, since: datetime | None) -> Iterator[ListEntry]:
    query = {"limit": PAGE, "offset": 0}
    if since:
        query["start_time"] = int(since.timestamp())
    while True:
        get = calls.client.client.suppression._(listed.value).get
        page = _list(calls.ask(partial(get, query_params=query), []))
        for entry in page:
            if isinstance(entry, dict) and isinstance(entry.get("email"), str) and entry["email"]:
                yield ListEntry(
                    entry["email"],
                    listed,
                    _time(entry.get("created")),
                    line(str(entry.get("reason") or "")),
                    line(str(entry.get("status") or "")),
                )
        if len(page) < PAGE:
            return
        query["offset"] += PAGE


def _list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise SendError("SendGrid's answer is no list", where="sendgrid")
    return said


def _time(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _parts(addresses: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for address in addresses:
        part.append(address)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part
