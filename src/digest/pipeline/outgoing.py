"""Calls to the newsroom's own systems: each event is posted once to every `[[hooks]]` that wants it, signed.

The header `Digest-Signature: t=SECONDS,v1=HEX` holds the HMAC-SHA256 (RFC 2104) of `SECONDS.BODY` under the hook's
secret. Whoever receives it recomputes that, and refuses what is older than a few minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.errors import DigestError
from digest.ingest.addresses import Resolve, guarded_transport, resolve
from digest.pipeline.project import Project
from digest.settings.site import Hook
from digest.store import hook_calls
from digest.store.event_effects import Happened

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Connection

SIGNATURE = "Digest-Signature"
TOGETHER = 100
MOST = 2000
TIMEOUT = 15.0
WAITS = (60, 300, 1800, 7200, 21600, 43200, 86400)
_LEASE = timedelta(minutes=5)
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Called:
    """How many events were taken, wait for another try, or were given up; and what went wrong, in words."""

    taken: int = 0
    waiting: int = 0
    given_up: int = 0
    problems: tuple[str, ...] = ()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of the header that proves who wrote `body` and when. `at` is zone-aware."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def queue(connection: Connection, hooks: Sequence[Hook], new: Iterable[Happened], now: datetime) -> int:
    """Queue new events for every hook that wants their kind, in the transaction that keeps them; how many calls."""
    calls = []
    for happened in new if hooks else ():
        doc = _doc(happened)
        for hook in hooks:
            if not hook.events or happened.event.kind in hook.events:
                place = hashlib.sha256(hook.url.encode()).hexdigest()[:12]
                calls.append((f"{place}:{happened.event.id}", hook.url, doc))
    return hook_calls.queue(connection, calls, now)


def call_out(project: Project, *, client: httpx.Client | None = None, look_up: Resolve = resolve) -> Called:
    """Post what is due, at most 100 events in one call. A hook that fails is tried again after 1, 5 and 30 minutes,
    2, 6, 12 and 24 hours; then its events are given up. It never raises for what a hook does."""
    hooks = project.settings.hooks
    database = project.store.database
    now = project.now()
    with database.begin() as connection:
        dropped = hook_calls.abandon(connection, [hook.url for hook in hooks], now)
        hook_calls.forget_old(connection, now - _KEPT)
    taken = waiting = 0
    given_up = dropped
    problems = ["events waited for an address that is no longer in [[hooks]]"] if dropped else []
    for hook in {hook.url: hook for hook in hooks}.values():
        for _ in range(MOST // TOGETHER):
            now = project.now()
            with database.begin() as connection:
                rows = hook_calls.claim(connection, hook.url, now, TOGETHER, _LEASE)
                people = [row.doc["subscriber"] for row in rows if row.doc.get("subscriber")]
                emails = hook_calls.addresses(connection, people) if people else {}
            if not rows:
                break
            problem = _post(project, hook, rows, emails, client, look_up)
            with database.begin() as connection:
                if not problem:
                    hook_calls.taken(connection, [row.id for row in rows], now)
                    taken += len(rows)
                    continue
                late, over = _missed(connection, rows, now)
                waiting, given_up = waiting + late, given_up + over
            problems.append(f"{_place(hook.url)}: {problem}")
            break
    return Called(taken, waiting, given_up, tuple(problems))


def _missed(connection: Connection, rows: Sequence[Any], now: datetime) -> tuple[int, int]:
    """(how many wait again, how many are given up)."""
    over = [row.id for row in rows if row.attempts >= len(WAITS)]
    if over:
        hook_calls.missed(connection, over, now, None)
    for attempts in sorted({row.attempts for row in rows if row.attempts < len(WAITS)}):
        keys = [row.id for row in rows if row.attempts == attempts]
        hook_calls.missed(connection, keys, now, now + timedelta(seconds=WAITS[attempts]))
    return len(rows) - len(over), len(over)


def _post(
    project: Project,
    hook: Hook,
    rows: Sequence[Any],
    emails: dict[int, str],
    client: httpx.Client | None,
    look_up: Resolve,
) -> str:
    """What went wrong, in words; empty when the other side took it."""
    import httpx

    if not hook.url.startswith(("https://", "http://")) or (hook.url.startswith("http://") and not hook.private):
        return "an address outside your own network must begin with https://, since readers' addresses go there"
    told = [row.doc | {"email": emails.get(row.doc.get("subscriber") or 0)} for row in rows]
    content = {"publication": project.settings.publication.id, "events": told}
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    try:
        secret = hook.secret.reveal(project.environ, project.root)
        headers = {"Content-Type": "application/json", SIGNATURE: signature(secret, body, project.now())}
        transport = None if hook.private else guarded_transport(look_up)
        opened = client or httpx.Client(transport=transport, trust_env=False, timeout=TIMEOUT)
        try:
            with opened.stream("POST", hook.url, content=body, headers=headers, follow_redirects=False) as answer:
                status = answer.status_code
        finally:
            if client is None:
                opened.close()
    except DigestError as problem:
        return problem.what
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
        return f"cannot be reached ({type(problem).__name__})"
    if 200 <= status < 300:
        return ""
    return f"answers with a redirect (HTTP {status}), which is not followed" if status < 400 else f"HTTP {status}"


def _place(url: str) -> str:
    """A hook's address without what may be secret in it: its path and query."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or "a hook"
    except ValueError:
        return "a hook"


def _doc(happened: Happened) -> dict[str, Any]:
    event = happened.event
    doc: dict[str, Any] = {
        "id": event.id,
        "kind": str(event.kind),
        "at": event.at.astimezone(UTC).isoformat(timespec="seconds"),
        "delivery": event.delivery or None,
        "edition": happened.edition or None,
        "digest": happened.digest or None,
        "subscriber": happened.subscriber or None,
        "reason": event.reason or None,
        "bounce": str(event.bounce) or None,
        "machine": event.machine,
        "proven": happened.proven,
    }
    return doc | ({"url": event.about["url"]} if "url" in event.about else {})
