"""Mail through a relay, one message at a time, with every outcome told apart.

Libraries raise the same exception for a line lost before DATA, where a message may safely go again, and after the
final dot, where it may have arrived. Here the phase is kept, and decides (RFC 5321, sections 4.2 and 4.5.3).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from digest.errors import CredentialsError, SendError, Stopped
from digest.models.mail import Answer, Delivery, Message, State
from digest.send.base import Place, Setup, cannot
from digest.send.smtp_line import Connect, LostError, dial, monotonic
from digest.send.smtp_replies import Phase, Reply, judge, refusal
from digest.send.smtp_session import Relay, Session, open_session

PER_CONNECTION = 100
TROUBLES = 3
POLICY_REFUSALS = 20

_LATER = timedelta(minutes=5)


class SmtpSender:
    """Gives messages to one relay over one connection that is used again.

    After three messages in a row that the relay broke off or put off as a whole, or twenty in a row refused by
    policy, it stops: whatever is wrong is not the recipient.
    """

    name = "smtp"
    leaves = True

    def __init__(
        self,
        relay: Relay,
        *,
        now: Callable[[], datetime],
        connect: Connect = dial,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.relay = relay
        self._now = now
        self._connect = connect
        self._context = context
        self._clock = clock
        self._session: Session | None = None
        self._troubles = 0
        self._refusals = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, in order, each before the next message is taken.

        Raises:
            CredentialsError: the login was refused, or is required and missing.
            Stopped: the relay is there but not ready, or keeps breaking off.
            SendError: the relay cannot be reached, or refuses our sender address.
        """
        for message in messages:
            delivery = _impossible(message) or self._deliver(message)
            yield delivery
            self._watch(delivery)

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Cannot: a relay does not tell what it took."""
        return cannot(places)

    def _deliver(self, message: Message) -> Delivery:
        reason = ""
        for _ in range(2):
            session = self._open()
            try:
                delivery = self._transaction(session, message)
            except LostError as lost:
                phase = session.line.phase
                self._drop()
                if phase is Phase.END:
                    return Delivery(message.id, State.UNKNOWN, f"no answer after the whole message was sent: {lost}")
                reason = str(lost)
                continue
            session.line.messages += 1
            if session.line.messages >= PER_CONNECTION:
                self._hang_up()
            if delivery is not None:
                return delivery
            reason = "the mail server closed the conversation"
        self._troubles += 1
        reason = f"the message was not taken: {reason}"
        return Delivery(message.id, State.DEFERRED, reason, retry_at=self._now() + _LATER)

    def _transaction(self, session: Session, message: Message) -> Delivery | None:
        """The result, or None when the server went away (421) before it took anything."""
        line = session.line
        octets = message.raw
        if session.max_size and len(octets) > session.max_size:
            reason = f"too large: {len(octets):,} octets, the mail server takes {session.max_size:,}"
            return Delivery(message.id, State.REJECTED, reason)
        if not message.to.isascii() and not session.takes_utf8:
            reason = "not possible: the mail server cannot take addresses outside ASCII (SMTPUTF8)"
            return Delivery(message.id, State.REJECTED, reason)
        line.phase = Phase.MAIL
        reply = line.command(f"MAIL FROM:<{message.envelope_from}>{_parameters(session, message, octets)}")
        if not reply.good:
            return self._sender_refused(message, reply)
        line.phase = Phase.RECIPIENT
        reply = line.command(f"RCPT TO:<{message.to}>")
        if not reply.good:
            return self._not_taken(session, message, reply)
        line.phase = Phase.DATA
        reply = line.command("DATA")
        if reply.code != 354:
            return self._not_taken(session, message, reply)
        line.phase = Phase.BODY
        try:
            line.write(_stuffed(octets))
            interrupted = line.spoken_to()
        except LostError:
            if not line.spoken_to():
                raise
            interrupted = True
        if interrupted:
            # It answered before the message was complete, so it did not take it.
            early = line.reply()
            self._drop()
            return judge(message.id, Phase.DATA, early, self._now()) if early.code >= 400 else None
        line.phase = Phase.END
        line.write(b".\r\n")
        reply = line.reply(self.relay.final_timeout)
        line.phase = Phase.DATA
        nonsense = 300 <= reply.code < 400
        if nonsense or reply.code == 421:
            self._drop()
        if nonsense:
            return Delivery(message.id, State.UNKNOWN, "the mail server's last answer made no sense", str(reply))
        return judge(message.id, Phase.END, reply, self._now())

    def _not_taken(self, session: Session, message: Message, reply: Reply) -> Delivery | None:
        """The verdict on a recipient or on DATA; the conversation goes on with a clean slate."""
        if reply.code == 421:
            self._drop()
            # Only a policy status is about this message; any other 421 is a server that is closing.
            return judge(message.id, session.line.phase, reply, self._now()) if reply.status[:4] == "4.7." else None
        if not reply.temporary and reply.code < 500:
            self._drop()
            self._troubles += 1
            reason = "the mail server's answer made no sense"
            return Delivery(message.id, State.DEFERRED, reason, str(reply), retry_at=self._now() + _LATER)
        self._troubles = 0
        delivery = judge(message.id, session.line.phase, reply, self._now())
        try:
            if not session.line.command("RSET").good:
                self._drop()
        except LostError:
            self._drop()
        return delivery

    def _sender_refused(self, message: Message, reply: Reply) -> Delivery | None:
        if reply.code == 421:
            self._drop()
            return None
        if reply.temporary:
            self._troubles += 1
            reason = "the mail server asks us to try again later"
            return Delivery(message.id, State.DEFERRED, reason, str(reply), retry_at=self._now() + _LATER)
        if reply.code in (530, 535):
            hint = "set [delivery.smtp] username and password"
            raise CredentialsError(f"the mail server wants a login: {reply}", where=self.relay.where, hint=hint)
        if reply.code == 552 or reply.status in ("5.3.4", "5.6.7"):
            return Delivery(message.id, State.REJECTED, refusal(Phase.MAIL, reply), str(reply))
        what = f"the mail server refuses the sender {message.envelope_from}: {reply}"
        raise SendError(what, where=self.relay.where, hint="check [publication] from and [delivery] bounce_address")

    def _watch(self, delivery: Delivery) -> None:
        if delivery.state is State.UNKNOWN:
            self._troubles += 1
        elif delivery.state in (State.ACCEPTED, State.REJECTED):
            self._troubles = 0
        policy = delivery.reason.startswith("refused by policy")
        self._refusals = self._refusals + 1 if policy else self._refusals * (delivery.state is not State.ACCEPTED)
        if self._troubles >= TROUBLES:
            what = f"the mail server failed with {self._troubles} messages in a row: {delivery.reason}"
            raise Stopped(what, where=self.relay.where, hint="go on with --resume when it works again")
        if self._refusals >= POLICY_REFUSALS:
            what = f"{self._refusals} messages in a row were refused by policy: {delivery.reply}"
            raise Stopped(what, where=self.relay.where, hint="ask the relay's operator, then go on with --resume")

    def _open(self) -> Session:
        if self._session is None:
            self._session = open_session(self.relay, connect=self._connect, context=self._context, clock=self._clock)
        return self._session

    def _hang_up(self) -> None:
        if self._session:
            self._session.line.close()
            self._session = None

    def _drop(self) -> None:
        if self._session:
            self._session.line.drop()
            self._session = None


def _impossible(message: Message) -> Delivery | None:
    """A rejection when the envelope or the octets could be taken for a second command or a second message."""
    for address in (message.envelope_from, message.to):
        if not address.isprintable() or "<" in address or ">" in address:
            return Delivery(message.id, State.REJECTED, "not possible: the address holds signs that no address may")
    octets = message.raw
    if not octets.count(b"\r\n") == octets.count(b"\n") == octets.count(b"\r"):
        return Delivery(message.id, State.REJECTED, "not possible: the message has a line end that is not CRLF")
    return None


def _parameters(session: Session, message: Message, octets: bytes) -> str:
    said = f" SIZE={len(octets)}" if session.says_size else ""
    if not octets.isascii() and session.takes_8bit:
        said += " BODY=8BITMIME"
    return said if message.to.isascii() else f"{said} SMTPUTF8"


def _stuffed(octets: bytes) -> bytes:
    """The message up to, not with, the final dot: leading dots doubled where there are any, CRLF at its end."""
    if octets.startswith(b".") or b"\r\n." in octets:
        octets = (b"\r\n" + octets).replace(b"\r\n.", b"\r\n..").removeprefix(b"\r\n")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def open(setup: Setup) -> SmtpSender:  # noqa: A001 - the name by which every sender is found
    """The relay of `[delivery.smtp]`; nothing is connected yet.

    Raises:
        CredentialsError: the password is missing.
    """
    smtp = setup.delivery.smtp
    password = smtp.password.reveal(setup.environ, setup.root) if smtp.password else None
    relay = Relay(
        smtp.host,
        smtp.port,
        smtp.security,
        smtp.username,
        password,
        float(smtp.timeout.seconds),
        max(600.0, float(smtp.timeout.seconds)),
    )
    return SmtpSender(relay, now=setup.now)
