"""Scheduled sends of a fake SendGrid: batch ids, and holding or cancelling what was sent under one.

https://www.twilio.com/docs/sendgrid/api-reference/cancel-scheduled-sends
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.send.fake_sendgrid_rules import FakeMail
from digest.send.fake_sendgrid_shape import Wrong

MAX_STOPPED = 10
LAST_CALL = 600

Said = tuple[int, Any]
_UNKNOWN: Said = (404, [Wrong("batch id not found", "batch_id")])


@dataclass
class Batches:
    """`made` are all ids, `statuses` those that are paused or cancelled, `waiting` the mails that are not due yet."""

    made: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    waiting: list[tuple[int, str, FakeMail]] = field(default_factory=list)

    def due(self, now: float) -> list[FakeMail]:
        """The mails whose time has come, taken out; what was cancelled is gone, what is paused stays."""
        due = [one for one in self.waiting if one[0] <= now and self.statuses.get(one[1]) != "pause"]
        self.waiting = [one for one in self.waiting if one not in due]
        return [mail for _, batch, mail in due if self.statuses.get(batch) != "cancel"]

    def answer(self, method: str, path: str, body: Any, now: float) -> Said | None:
        """The answer to a request that is about batches; None to any other."""
        if path == "/v3/mail/batch" and method == "POST":
            self.made.append(f"fakebatch{len(self.made) + 1:023d}")
            return 201, {"batch_id": self.made[-1]}
        if path.startswith("/v3/mail/batch/") and method == "GET":
            name = path.rpartition("/")[2]
            return (200, {"batch_id": name}) if name in self.made else (400, [Wrong("invalid batch id")])
        if path == "/v3/user/scheduled_sends":
            return self._whole(method, body, now)
        if path.startswith("/v3/user/scheduled_sends/"):
            return self._one(method, path.rpartition("/")[2], body, now)
        return None

    def _whole(self, method: str, body: Any, now: float) -> Said | None:
        if method == "GET":
            return 200, [{"batch_id": name, "status": status} for name, status in self.statuses.items()]
        if method != "POST":
            return None
        name = body.get("batch_id") if isinstance(body, Mapping) else None
        if name not in self.made:
            return 400, [Wrong("invalid batch id", "batch_id")]
        if name in self.statuses:
            return 400, [Wrong("a status for this batch id already exists, try PATCH", "batch_id")]
        if len(self.statuses) >= MAX_STOPPED:
            return 400, [Wrong(f"at most {MAX_STOPPED} batches may be paused or cancelled")]
        return self._set(name, body, now, 201)

    def _one(self, method: str, name: str, body: Any, now: float) -> Said | None:
        if method == "GET":
            status = self.statuses.get(name)
            return 200, [{"batch_id": name, "status": status}] if status else []
        if name not in self.statuses:
            return _UNKNOWN
        if method == "PATCH":
            return self._set(name, body, now, 204)
        if method == "DELETE":
            del self.statuses[name]
            return 204, None
        return None

    def _set(self, name: str, body: Any, now: float, status: int) -> Said:
        wanted = body.get("status") if isinstance(body, Mapping) else None
        if wanted not in ("pause", "cancel"):
            return 400, [Wrong("status must be pause or cancel", "status")]
        if any(batch == name and at - now < LAST_CALL for at, batch, _ in self.waiting):
            return 400, [Wrong("a send can be paused or cancelled until 10 minutes before its time", "batch_id")]
        self.statuses[name] = wanted
        return status, {"batch_id": name, "status": wanted} if status == 201 else None
