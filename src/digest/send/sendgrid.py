"""Mail through SendGrid's v3 Mail Send, by its official package over connections of our own.

SendGrid knows no idempotency key. A request that was whole and got no answer, or was answered with a 5xx, may have
been accepted: all its messages are then unknown, and never sent again by themselves.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from digest.errors import ConfigError, CredentialsError, DigestError, Refused, SendError, Stopped, UsageError
from digest.models.mail import Answer, Delivery, Message, State
from digest.send.base import Place, Setup, cannot
from digest.send.sendgrid_answers import Refusal, line, opens_again, refusal, reply, used_up
from digest.send.sendgrid_batches import LAST_CALL, cancel_batch, demand_time, new_batch
from digest.send.sendgrid_calls import NotDone, Unanswered
from digest.send.sendgrid_gate import Gate
from digest.send.sendgrid_payload import MAX_OCTETS, MAX_PEOPLE, Account, batches, body
from digest.send.sendgrid_transport import Limits, Lost, Pool

SAME_REFUSALS = 5

_LATER = timedelta(minutes=5)
_REFUSED = "refused: SendGrid does not take this message or its address"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a batch. With a `problem`, messages without a delivery did not leave."""

    deliveries: Sequence[Delivery]
    problem: DigestError | None = None


class SendGridSender:
    """Gives messages to SendGrid, up to 1,000 of one variant in a request, over a few connections at once.

    `client` is a `sendgrid.SendGridAPIClient`; `batch` is how many messages it likes to be given, and they leave
    `together`, in as few requests as can be.
    """

    name = "sendgrid"
    leaves = True
    batch = MAX_PEOPLE
    together = True

    def __init__(
        self,
        client: Any,
        *,
        now: Callable[[], datetime],
        account: Account | None = None,
        connections: int = 1,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.client = client
        self._now = now
        self._account = account or Account()
        self._connections = max(connections, 1)
        self._close = close
        self._gate = Gate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def scheduled(self, at: datetime, batch_id: str) -> SendGridSender:
        """The same account, whose messages SendGrid keeps until `at`. `new_batch` makes the id, and `cancel_batch`
        calls back what was sent under it. The connections stay this sender's."""
        account = replace(self._account, send_at=int(at.timestamp()), batch_id=batch_id)
        return SendGridSender(self.client, now=self._now, account=account, connections=self._connections)

    def demand_time(self, at: datetime) -> None:
        """Raises:
        UsageError: SendGrid keeps no mail until then, or could not call it back any more.
        """
        now = self._now()
        demand_time(at, now)
        if at - now <= LAST_CALL:
            minutes = int(LAST_CALL.total_seconds()) // 60
            hint = "choose a later time, or leave --hand-over out"
            words = f"SendGrid calls nothing back in the last {minutes} minutes before {at:%H:%M}"
            raise UsageError(words, where="--at", hint=hint)

    def new_batch(self) -> str:
        """An id under which mail can be sent for later, valid for ten days. Raises as `sendgrid_calls.asked`."""
        return new_batch(self.client, now=self._now)

    def call_back(self, batch_id: str, at: datetime, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Call back all that was sent under an id, for `at`. False: SendGrid gave no answer, or gave it later than
        ten minutes before, from when on it promises nothing.

        Raises:
            Refused: SendGrid refuses, so the mail goes at its time.
            CredentialsError, Stopped, SendError: SendGrid was not reached, or does not take the key.
        """
        try:
            cancel_batch(self.client, batch_id, now=self._now, sleep=sleep)
        except Unanswered:
            return False
        except NotDone as problem:
            words = f"the mail goes out at its time all the same: {problem.what}"
            raise Refused(words, where="sendgrid") from problem
        return at - self._now() >= LAST_CALL

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message. Messages of one variant go in one request; as many requests as there are
        connections are under way at once, so that many thousand messages are taken before their results are known.

        Raises:
            CredentialsError: the key was refused, or may not send.
            Refused: the account is set to the sandbox, in which nothing is sent.
            Stopped: two requests in a row had no usable answer.
            SendError: SendGrid cannot be reached, or refuses what every message has alike.
        """
        if self._account.sandbox:
            raise Refused(
                "SendGrid's sandbox is on, so nothing would be sent",
                where="[delivery.sendgrid] sandbox",
                hint="set it to false to send; a dry run uses the sandbox by itself",
            )
        yield from self._through(messages, self._account)

    def rehearse(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """The same requests to SendGrid's sandbox, which checks them and sends nothing: one delivery for each
        message, accepted when it would be taken. No ledger may count these. Raises as `send`."""
        account = replace(self._account, sandbox=True, send_at=None, batch_id=None)
        yield from self._through(messages, account)

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Cannot: SendGrid tells by events, later, not when asked."""
        return cannot(places)

    def _through(self, messages: Iterable[Message], account: Account) -> Iterator[Delivery]:
        self._gate.begin()
        problem: BaseException | None = None
        under_way: set[Future[_Outcome]] = set()
        source = batches(messages)
        with ThreadPoolExecutor(self._connections, "sendgrid") as crew:
            while problem is None:
                try:
                    batch = next(source, None)
                except BaseException as broken:
                    # What is under way may leave all the same, so its results are given before this goes on.
                    problem = broken
                    break
                if batch is None:
                    break
                under_way.add(crew.submit(self._batch, batch, account))
                patience = None if len(under_way) == self._connections else 0
                done, under_way = wait(under_way, patience, return_when=FIRST_COMPLETED)
                for outcome in [one.result() for one in done]:
                    problem = problem or outcome.problem
                    yield from outcome.deliveries
            for outcome in [one.result() for one in wait(under_way).done]:
                problem = problem or outcome.problem
                yield from outcome.deliveries
        if problem:
            raise problem

    def _batch(self, batch: Sequence[Message], account: Account) -> _Outcome:
        """The batch in one request; where that is refused (400, 413), in parts, down to the reader it is about."""
        waiting: list[Sequence[Message]] = [batch]
        done: list[Delivery] = []
        held: list[Delivery] = []
        accepted = False
        while waiting:
            if self._gate.broken:
                hint = "see status.sendgrid.com, then go on with --resume"
                stopped = Stopped("SendGrid gave no usable answer to several requests in a row", hint=hint)
                return _Outcome(done + held * accepted, stopped)
            part = waiting.pop()
            try:
                answer = self._request(part, account)
            except DigestError as problem:
                return _Outcome(done + held * accepted, problem)
            if not isinstance(answer, Refusal):
                accepted = accepted or answer[0].state is State.ACCEPTED
                done += answer
            elif len(part) > 1:
                waiting += reversed(_parts(part, answer))
            else:
                rejected = Delivery(part[0].id, State.REJECTED, _REFUSED, answer.reply)
                (done if answer.about_one else held).append(rejected)
            if not accepted and len(held) >= SAME_REFUSALS and len({delivery.reply for delivery in held}) == 1:
                # What is refused for everyone in the same words is not about them, so nobody is rejected for it.
                return _Outcome(done, SendError(f"SendGrid refuses every message: {held[0].reply}", where="sendgrid"))
        return _Outcome(done + held)

    def _request(self, part: Sequence[Message], account: Account) -> list[Delivery] | Refusal:
        """The results of one request, or that it was refused for what is in it."""
        now = self._now()
        until = self._gate.shut_until(now)
        if until:
            return _all(part, State.DEFERRED, "SendGrid asks us to wait", retry_at=until)
        octets = body(part, account)
        if len(octets) > MAX_OCTETS:
            return Refusal(f"413 a request of {len(octets):,} octets is too large", about_one=True)
        from python_http_client.exceptions import HTTPError

        try:
            response = self.client.client.mail.send.post(request_body=octets)
        except HTTPError as answer:
            return self._answered(part, answer, now)
        except Lost as lost:
            return self._lost(part, lost, now)
        if used_up(response.headers):
            self._gate.shut(opens_again(response.headers, now))
        if response.status_code == (200 if account.sandbox else 202):
            self._gate.answered()
            reference = line(response.headers.get("X-Message-Id", "") or "")
            said = "200 checked, not sent" if account.sandbox else "202"
            return _all(part, State.ACCEPTED, reply=said, reference=reference)
        self._gate.troubled()
        said = str(response.status_code)
        return _all(part, State.UNKNOWN, "SendGrid's answer was not the one that accepts mail", reply=said)

    def _answered(self, part: Sequence[Message], answer: Any, now: datetime) -> list[Delivery] | Refusal:
        status, said = int(answer.status_code), reply(int(answer.status_code), answer.body)
        if status in (401, 403):
            hint = "check the key and its Mail Send permission, and that the sender address is verified"
            raise CredentialsError(f"SendGrid did not accept the key: {said}", where="sendgrid", hint=hint)
        if status == 429:
            until = opens_again(answer.headers, now)
            self._gate.shut(until)
            return _all(part, State.DEFERRED, "SendGrid asks us to slow down", reply=said, retry_at=until)
        if status == 408:
            # It did not get the whole request, so it took nothing (RFC 9110, section 15.5.9).
            self._gate.troubled()
            return _all(
                part, State.DEFERRED, "SendGrid did not get the whole request", reply=said, retry_at=now + _LATER
            )
        if status >= 500:
            self._gate.troubled()
            return _all(part, State.UNKNOWN, "SendGrid failed and may have taken the message", reply=said)
        refused = refusal(status, answer.body)
        if refused is None:
            raise SendError(f"SendGrid refuses the request: {said}", where="sendgrid")
        return refused

    def _lost(self, part: Sequence[Message], lost: Lost, now: datetime) -> list[Delivery]:
        if lost.hopeless:
            raise SendError(f"SendGrid cannot be reached: {line(str(lost))}", where="sendgrid") from lost
        self._gate.troubled()
        said = line(str(lost))
        if lost.may_be_taken:
            return _all(part, State.UNKNOWN, "no answer from SendGrid after the request was sent", reply=said)
        return _all(part, State.DEFERRED, "SendGrid could not be reached", reply=said, retry_at=now + _LATER)


def _parts(part: Sequence[Message], refused: Refusal) -> list[Sequence[Message]]:
    """What to ask for next: each reader whom the refusal names alone, and all others together; else the halves."""
    named = {place for place in refused.people if place < len(part)}
    if not 0 < len(named) < len(part):
        return [part[: len(part) // 2], part[len(part) // 2 :]]
    others = [message for place, message in enumerate(part) if place not in named]
    return [others, *([part[place]] for place in sorted(named))]


def _all(part: Sequence[Message], state: State, reason: str = "", **rest: Any) -> list[Delivery]:
    return [Delivery(message.id, state, reason, **rest) for message in part]


def open(setup: Setup, *, context: ssl.SSLContext | None = None) -> SendGridSender:  # noqa: A001 - how senders are found
    """The account of `[delivery.sendgrid]`; nothing is asked of it yet. `context` is for a host with a certificate
    that this machine does not know.

    Raises:
        CredentialsError: the key is missing, or is no key.
        ConfigError: the host is neither https nor this machine.
    """
    options = setup.delivery.sendgrid
    key = options.api_key.reveal(setup.environ, setup.root)
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise CredentialsError("the SendGrid key holds signs that no key has", where="[delivery.sendgrid] api_key")
    host = urlsplit(options.host)
    if host.scheme != "https" and not (host.scheme == "http" and host.hostname in ("127.0.0.1", "::1", "localhost")):
        raise ConfigError("the SendGrid host must be https", where="[delivery.sendgrid] host")
    from digest.send.sendgrid_client import client

    seconds = float(options.timeout.seconds)
    limits = Limits(connect=min(seconds, 10.0), read=seconds, total=4 * seconds)
    pool = Pool(options.host.rstrip("/"), limits, keep=options.connections, context=context)
    account = Account(options.asm_group, options.ip_pool, options.categories, options.sandbox)
    made = client(key, options.host.rstrip("/"), pool)
    return SendGridSender(made, now=setup.now, account=account, connections=options.connections, close=pool.close)
