"""Mail that SendGrid keeps until a time: an id for it, and calling it back.

https://www.twilio.com/docs/sendgrid/api-reference/cancel-scheduled-sends
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from digest.clock import machine
from digest.errors import SendError, UsageError
from digest.send.sendgrid_calls import NotDone, Unanswered, asked

FURTHEST = timedelta(hours=72)
LAST_CALL = timedelta(minutes=10)


def demand_time(at: datetime, now: datetime) -> None:
    """Raises:
    UsageError: SendGrid keeps no mail until then: it is past, or more than 72 hours ahead.
    """
    if not now < at <= now + FURTHEST:
        raise UsageError(f"SendGrid keeps mail for at most 72 hours, not until {at:%d %b %H:%M}", where="--at")


def new_batch(
    client: Any, *, now: Callable[[], datetime] = machine, sleep: Callable[[float], None] = time.sleep
) -> str:
    """An id under which mail can be sent for later, valid for ten days. Raises as `asked`."""
    said = asked(client.client.mail.batch.post, now=now, sleep=sleep)
    if not isinstance(said, dict) or not isinstance(said.get("batch_id"), str):
        raise SendError("SendGrid gave no batch id", where="sendgrid")
    return str(said["batch_id"])


def cancel_batch(
    client: Any, batch_id: str, *, now: Callable[[], datetime] = machine, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Call back everything that was sent under an id; SendGrid then throws it away at its time. It must be asked at
    least ten minutes before. Asking twice is harmless. Raises as `asked`."""
    _set(client, batch_id, "cancel", now, sleep)


def pause_batch(
    client: Any, batch_id: str, *, now: Callable[[], datetime] = machine, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Hold what was sent under an id; SendGrid throws it away 72 hours after its time. Raises as `asked`."""
    _set(client, batch_id, "pause", now, sleep)


def resume_batch(
    client: Any, batch_id: str, *, now: Callable[[], datetime] = machine, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Let a paused or cancelled batch go at its time after all. Raises as `asked`."""
    asked(client.client.user.scheduled_sends._(batch_id).delete, now=now, sleep=sleep)


def batch_status(
    client: Any, batch_id: str, *, now: Callable[[], datetime] = machine, sleep: Callable[[float], None] = time.sleep
) -> str:
    """`pause`, `cancel`, or empty for one that goes at its time. Raises as `asked`."""
    said = asked(client.client.user.scheduled_sends._(batch_id).get, now=now, sleep=sleep, missing=[])
    found = [one for one in said if isinstance(one, dict) and one.get("batch_id") == batch_id] if said else []
    return str(found[0].get("status") or "") if found else ""


def _set(
    client: Any, batch_id: str, status: str, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> None:
    try:
        known = batch_status(client, batch_id, now=now, sleep=sleep)
    except Unanswered as problem:
        # This only asked, so nothing can have come of it.
        raise SendError(problem.what, where=problem.where) from problem
    if known == status:
        return
    sends = client.client.user.scheduled_sends
    if known:
        way = partial(sends._(batch_id).patch, request_body={"status": status})
    else:
        way = partial(sends.post, request_body={"batch_id": batch_id, "status": status})
    try:
        asked(way, now=now, sleep=sleep)
    except NotDone:
        # One that was done and had no answer is refused when it is asked again.
        if batch_status(client, batch_id, now=now, sleep=sleep) != status:
            raise
