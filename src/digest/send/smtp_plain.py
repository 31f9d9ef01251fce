"""The slow reference: the standard library's client over one connection, in lock-step, with the same outcomes.

It shows what the fast client must give; choose it by `transport = "digest.send.smtp_plain:open"` to compare.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from digest.errors import DigestError, SendError, Stopped
from digest.models.mail import Answer, Delivery, Message
from digest.send.base import Place, Setup, cannot
from digest.send.smtp_envelope import envelope, impossible
from digest.send.smtp_greeting import (
    EARLY,
    Offers,
    Unreachable,
    demand_starttls,
    expect,
    login_lines,
    not_private,
    offered,
    read_offers,
    unreachable,
)
from digest.send.smtp_lane import TROUBLES, Lane
from digest.send.smtp_letter import Desk, Letter
from digest.send.smtp_parser import LostError
from digest.send.smtp_plain_line import PlainLine
from digest.send.smtp_relay import Relay, relays
from digest.send.smtp_replies import Phase, Reply
from digest.send.smtp_verdict import TRIES, Verdict, ended, given_up, interrupted, lost, not_taken, sender_refused


class SmtpPlainSender:
    """Gives messages to one relay, one after the other."""

    name = "smtp"
    leaves = True
    batch = 200

    def __init__(self, relay: Relay, *, now: Callable[[], datetime], context: ssl.SSLContext | None = None) -> None:
        self.relay = relay
        self._now = now
        self._context = context
        self._line: PlainLine | None = None
        self._offers = Offers()
        self._done = 0
        self._lane = Lane(relay)
        self._desk = Desk()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up(polite=True)

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, in order, each before the next message is taken.

        Raises:
            CredentialsError, Stopped, SendError: as the fast client.
        """
        for message in messages:
            letter = self._desk.letter(message)
            if isinstance(letter, Delivery):
                yield letter
                continue
            verdict = self._until_settled(letter)
            if verdict.fatal is not None or verdict.delivery is None:
                raise verdict.fatal or AssertionError("a verdict of nothing")
            yield verdict.delivery
            problem = self._lane.noted(verdict.delivery, verdict.trouble)
            if problem is not None:
                raise problem

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Cannot: a relay does not tell what it took."""
        return cannot(places)

    def _until_settled(self, letter: Letter) -> Verdict:
        while True:
            line = self._open()
            limited = self._done > 0
            try:
                verdict = self._transaction(line, letter)
            except LostError as why:
                limited = limited and not line.whole
                verdict = lost(letter.id, line.whole, str(why))
            self._done += 1
            if verdict.hang_up or verdict.fatal is not None or self._done >= self.relay.per_connection:
                self._hang_up(polite=not verdict.hang_up)
            if not verdict.again:
                return verdict
            letter.tries += not limited
            if letter.tries >= TRIES:
                return Verdict(given_up(letter.id, verdict.again, self._now()), trouble=True)

    def _transaction(self, line: PlainLine, letter: Letter) -> Verdict:
        line.whole = False
        refused = impossible(letter, self._offers)
        if refused is not None:
            return Verdict(refused)
        mail, rcpt = envelope(letter, self._offers)
        reply = line.command(mail)
        if not reply.good:
            return sender_refused(letter.id, letter.sender, reply, self._now(), self.relay.where)
        reply = line.command(rcpt)
        if not reply.good:
            return self._cleared(line, not_taken(letter.id, Phase.RECIPIENT, reply, self._now()))
        reply = line.command("DATA")
        if reply.code != 354:
            return self._cleared(line, not_taken(letter.id, Phase.DATA, reply, self._now()))
        early = line.body(b"".join(letter.parts))
        if early is not None:
            return interrupted(letter.id, early, self._now())
        return ended(letter.id, line.dot(self.relay.final_timeout), self._now())

    def _cleared(self, line: PlainLine, verdict: Verdict) -> Verdict:
        if not verdict.hang_up:
            try:
                if not line.command("RSET").good:
                    self._hang_up()
            except LostError:
                self._hang_up()
        return verdict

    def _open(self) -> PlainLine:
        tries = 0
        while self._line is None:
            try:
                self._line = self._reach()
            except (Stopped, Unreachable):
                tries += 1
                if tries >= TROUBLES:
                    raise
                time.sleep(self.relay.backoff * 2.0 ** (tries - 1))
        return self._line

    def _reach(self) -> PlainLine:
        relay = self.relay
        try:
            sock = socket.create_connection((relay.host, relay.port), relay.timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as problem:
            raise unreachable(relay, problem) from problem
        line = PlainLine(sock, relay.timeout)
        try:
            self._offers, self._done = self._greet(line), 0
        except LostError as why:
            line.close()
            raise Stopped(f"the mail server broke off: {why}", where=relay.where, hint="go on with --resume") from why
        except DigestError:
            line.close()
            raise
        return line

    def _greet(self, line: PlainLine) -> Offers:
        relay = self.relay
        if relay.security == "tls":
            self._secure(line)
        expect(relay, line.reply(), "the greeting")
        offers = self._hello(line)
        if relay.security == "starttls":
            demand_starttls(relay, offers)
            expect(relay, line.command("STARTTLS"), "STARTTLS")
            if line.spoken_to():
                raise SendError(f"the connection cannot be made private: {EARLY}", where=relay.where)
            self._secure(line)
            offers = self._hello(line)
        if relay.username is not None:
            reply: Reply | None = None
            for said in login_lines(relay, offers, line.secure or line.local):
                if reply is None or reply.code == 334:
                    reply = line.command(said)
            if reply is not None:
                expect(relay, reply, "the login")
        return offered(offers)

    def _hello(self, line: PlainLine) -> dict[str, str]:
        reply = line.command(f"EHLO {line.own_name}")
        expect(self.relay, reply, "EHLO")
        return read_offers(reply)

    def _secure(self, line: PlainLine) -> None:
        try:
            line.start_tls(self._context or ssl.create_default_context(), self.relay.host)
        except ssl.SSLError as problem:
            raise not_private(self.relay, problem) from problem
        except LostError as why:
            raise SendError(f"the connection cannot be made private: {why}", where=self.relay.where) from why

    def _hang_up(self, polite: bool = False) -> None:
        if self._line is not None:
            if polite:
                with suppress(LostError):
                    self._line.say("QUIT")
            self._line.close()
            self._line = None


def open(setup: Setup) -> SmtpPlainSender:  # noqa: A001 - the name by which every sender is found
    """The relay of `[delivery.smtp]`.

    Raises:
        CredentialsError: the password is missing.
    """
    return SmtpPlainSender(relays(setup)[0], now=setup.now)
