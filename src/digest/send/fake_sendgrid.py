"""A SendGrid on this machine: checks what the real one documents, delivers into lists, and fails when told to.

For tests and for `digest fake sendgrid`. It answers on the loopback address only.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from digest.send.fake_sendgrid_batches import Batches
from digest.send.fake_sendgrid_events import Posting, Signer, events_of, post_events
from digest.send.fake_sendgrid_faults import ANSWERS, Fault
from digest.send.fake_sendgrid_lists import Lists
from digest.send.fake_sendgrid_rules import FakeMail, mails, problems
from digest.send.fake_sendgrid_server import Asked, Reply, server
from digest.send.fake_sendgrid_shape import Wrong
from digest.send.fake_sendgrid_spec import nothing_more, spec_check

__all__ = ["FakeMail", "FakeSendGrid", "Fault", "Posting", "Signer"]

PERIOD = 60

_LISTED = {
    "bounce": "bounces",
    "full": "bounces",
    "blocked": "blocks",
    "spamreport": "spam_reports",
    "unsubscribe": "unsubscribes",
}


class FakeSendGrid:
    """A running server while entered. `url` is its host setting.

    Args:
        faults: what the requests to Mail Send meet, in their order; then none is met.
        others: the same for all other requests with a known key.
        refused: addresses that it calls invalid.
        key: the only key that it takes; None takes any.
        reset: the second (since 1970) that a 429 names; else the end of the minute.
        limit: how many requests to Mail Send it takes in a minute; None does not count.
        outcomes: for an address, what happens to its mails (`fake_sendgrid_events.KINDS`); else they are delivered.
        groups: the unsubscribe groups that there are.
        spec: SendGrid's own description, which every request must then fit too.
        tls: serve https with this context.
        heard: called with every accepted mail.

    `mails` is what each address got, `requests` every accepted body, `events` what the webhook would tell, `lists`
    and `batches` the account's suppressions and scheduled sends, `seen` the number of requests to Mail Send, `scopes`
    what the key may do.
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        refused: Collection[str] = (),
        key: str | None = None,
        reset: int | None = None,
        limit: int | None = None,
        others: Sequence[Fault] = (),
        outcomes: Mapping[str, Sequence[str]] | None = None,
        groups: Collection[int] = (),
        spec: Path | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        heard: Callable[[FakeMail], None] | None = None,
    ) -> None:
        self.faults = list(faults)
        self.others = list(others)
        self.refused = frozenset(refused)
        self.key = key
        self.scopes: tuple[str, ...] = ("mail.send", "suppression.read", "suppression.update")
        self.reset = reset
        self.limit = limit
        self.outcomes = dict(outcomes or {})
        self.mails: dict[str, list[FakeMail]] = {}
        self.requests: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.lists = Lists(groups={number: {} for number in groups})
        self.batches = Batches()
        self.seen = 0
        self._period = (0, 0)
        self._check = spec_check(spec) if spec else nothing_more
        self._clock = clock
        self._heard = heard
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = server(self.answer, self._over, port, tls)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The host setting that leads here."""
        name = "localhost" if self._scheme == "https" else "127.0.0.1"
        return f"{self._scheme}://{name}:{self._server.server_address[1]}"

    @property
    def connections(self) -> int:
        """How many connections were ever made."""
        return self._server.connected

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving; requests that hang are let go."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def got(self, address: str) -> list[FakeMail]:
        """What an address got, in order."""
        return self.mails.get(address, [])

    def release(self) -> int:
        """Deliver the scheduled mails whose time has come by the clock; how many they were."""
        with self._lock:
            due = self.batches.due(self._clock())
            for mail in due:
                self._deliver(mail)
            return len(due)

    def post(
        self,
        url: str,
        signer: Signer | None = None,
        how: Posting | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> list[int]:
        """Post to a webhook what happened since the last time; the status of each post."""
        with self._lock:
            events, self.events = self.events, []
        return post_events(url, events, signer, clock=self._clock, sleep=sleep, how=how)

    def answer(self, asked: Asked) -> Reply:
        """What becomes of one request."""
        with self._lock:
            if asked.method == "POST" and asked.path == "/v3/mail/send":
                return self._mail(asked)
            if not self._knows(asked.key):
                return Reply(401, [Wrong(ANSWERS[Fault.BAD_KEY][1])])
            fault = self.others.pop(0) if self.others else Fault.NONE
            reply = self._other(asked) if fault.accepts else Reply(0, None)
            status, words = ANSWERS.get(fault, (reply.status, ""))
            return replace(reply, status=status, said=[Wrong(words)] if words else reply.said, fault=fault)

    def _other(self, asked: Asked) -> Reply:
        """A question that is no mail."""
        if asked.method == "GET" and asked.path == "/v3/scopes":
            return Reply(200, {"scopes": list(self.scopes)})
        now = self._clock()
        said = self.batches.answer(asked.method, asked.path, asked.body, now)
        said = said or self.lists.answer(asked.method, asked.path, asked.query, asked.body, int(now))
        return Reply(*said) if said else Reply(404, [Wrong("not found")])

    def _mail(self, asked: Asked) -> Reply:
        self.seen += 1
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        left = self._left()
        headers = self._rates(left if fault is not Fault.TOO_MANY else 0) if left is not None else []
        if fault is Fault.TOO_MANY or (left is not None and left < 0):
            return Reply(429, [Wrong(ANSWERS[Fault.TOO_MANY][1])], self._rates(0))
        if not fault.accepts:
            status, words = ANSWERS.get(fault, (0, ""))
            return Reply(status, [Wrong(words)], headers, fault)
        if not self._knows(asked.key):
            return Reply(401, [Wrong(ANSWERS[Fault.BAD_KEY][1])], headers)
        now = self._clock()
        body = asked.body if isinstance(asked.body, dict) else None
        wrong = problems(body, self.refused, now, self.batches.made)
        if not wrong and body is not None:
            wrong = self._check(body)
        if wrong or body is None:
            return Reply(400, wrong, headers)
        if body.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Reply(200, None, headers)
        number = self._take(body, now)
        if fault in ANSWERS:
            return Reply(ANSWERS[fault][0], [Wrong(ANSWERS[fault][1])], headers, fault)
        return Reply(202, None, [*headers, ("X-Message-Id", number)], fault)

    def _take(self, body: dict[str, Any], now: float) -> str:
        self.requests.append(body)
        number = f"fake{len(self.requests):018d}"
        at = body.get("send_at") or 0
        for mail in mails(body, number):
            if at > now:
                self.batches.waiting.append((at, body.get("batch_id") or "", mail))
            elif self.batches.statuses.get(body.get("batch_id") or "") != "cancel":
                self._deliver(mail)
        return number

    def _deliver(self, mail: FakeMail) -> None:
        now = int(self._clock())
        dropped = self.lists.why(mail.to, mail.asm_group)
        kinds = self.outcomes.get(mail.to, ("delivered",))
        self.events += events_of(mail, kinds, now, dropped)
        if dropped:
            return
        self.mails.setdefault(mail.to, []).append(mail)
        if self._heard:
            self._heard(mail)
        for kind in kinds:
            if kind in _LISTED:
                self.lists.add(_LISTED[kind], mail.to, now, "550 no", "5.1.1")
            elif kind == "group_unsubscribe" and mail.asm_group in self.lists.groups:
                self.lists.groups[mail.asm_group][mail.to] = now

    def _knows(self, key: str) -> bool:
        return bool(key) and (self.key is None or key == self.key)

    def _left(self) -> int | None:
        """How many more requests this minute takes after this one; below 0 when this is one too many."""
        if self.limit is None:
            return None
        minute = int(self._clock()) // PERIOD
        count = self._period[1] + 1 if self._period[0] == minute else 1
        self._period = (minute, count)
        return self.limit - count

    def _rates(self, left: int) -> list[tuple[str, str]]:
        ends = (int(self._clock()) // PERIOD + 1) * PERIOD
        return [
            ("X-RateLimit-Limit", str(self.limit or 0)),
            ("X-RateLimit-Remaining", str(max(left, 0))),
            ("X-RateLimit-Reset", str(ends if self.reset is None else self.reset)),
        ]
