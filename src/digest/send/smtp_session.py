"""Getting to the point where mail can be given: greeting, hello, TLS, login. What fails here harms no recipient."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from digest.errors import CredentialsError, DigestError, SendError, Stopped
from digest.send.smtp_line import Connect, Line, LostError, dial, monotonic
from digest.send.smtp_replies import Phase, Reply

_REFUSED_LOGIN = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is given to, and how. `security` is `starttls`, `tls` or `none`; `timeout` in seconds.

    `final_timeout` is how long the answer to a whole message is waited for (RFC 5321, section 4.5.3.2.6: ten
    minutes): giving up earlier makes a doubt out of a slow yes.
    """

    host: str
    port: int = 587
    security: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    final_timeout: float = 600.0

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Session:
    """A line over which mail can be given now, and what the server offers. `max_size` 0 means it does not say."""

    line: Line
    max_size: int
    takes_utf8: bool
    takes_8bit: bool
    says_size: bool


def open_session(
    relay: Relay,
    *,
    connect: Connect = dial,
    context: ssl.SSLContext | None = None,
    clock: Callable[[], float] = monotonic,
) -> Session:
    """A session that is greeted, secured as the settings say, and logged in.

    Raises:
        CredentialsError: the login was refused, or would travel unprotected.
        Stopped: the server is there but not now (421, 4xx).
        SendError: it cannot be reached, or does not offer what the settings ask for.
    """
    line = _reach(relay, connect, context, clock)
    try:
        return _greet(relay, line, context)
    except LostError as lost:
        line.drop()
        raise Stopped(f"the mail server broke off: {lost}", where=relay.where, hint="go on with --resume") from lost
    except (DigestError, ValueError):
        line.close()
        raise


def _reach(relay: Relay, connect: Connect, context: ssl.SSLContext | None, clock: Callable[[], float]) -> Line:
    try:
        line = Line(connect(relay.host, relay.port, relay.timeout), relay.timeout, clock)
    except socket.gaierror as problem:
        raise SendError("the mail server's name is not known", where=relay.where, hint=_SETTING) from problem
    except TimeoutError as problem:
        raise SendError("the mail server does not answer", where=relay.where, hint=_SETTING) from problem
    except OSError as problem:
        what = f"the mail server cannot be reached: {problem.strerror or problem}"
        raise SendError(what, where=relay.where, hint=_SETTING) from problem
    if relay.security == "tls":
        _secure(relay, line, context)
    return line


def _greet(relay: Relay, line: Line, context: ssl.SSLContext | None) -> Session:
    line.phase = Phase.GREETING
    _expect(relay, line.reply(), "the greeting")
    offers = _hello(relay, line)
    if relay.security == "starttls":
        if "STARTTLS" not in offers:
            hint = 'set [delivery.smtp] security = "tls" with the port for it, or "none" for a relay on this machine'
            raise SendError("the mail server does not offer STARTTLS", where=relay.where, hint=hint)
        line.phase = Phase.SECURE
        _expect(relay, line.command("STARTTLS"), "STARTTLS")
        _secure(relay, line, context)
        offers = _hello(relay, line)
    if relay.username is not None:
        line.phase = Phase.LOGIN
        _log_in(relay, line, offers)
    size = offers.get("SIZE", "")
    return Session(
        line,
        int(size) if size.isdecimal() and len(size) < 19 else 0,
        "SMTPUTF8" in offers,
        "8BITMIME" in offers,
        "SIZE" in offers,
    )


def _secure(relay: Relay, line: Line, context: ssl.SSLContext | None) -> None:
    try:
        line.start_tls(context or ssl.create_default_context(), relay.host)
    except ssl.SSLError as problem:
        line.drop()
        reason = getattr(problem, "verify_message", "") or problem.reason or "no common protocol"
        hint = "the certificate must be valid for this name; it is never skipped"
        raise SendError(f"the connection cannot be made private: {reason}", where=relay.where, hint=hint) from problem
    except LostError as lost:
        line.drop()
        raise SendError(f"the connection cannot be made private: {lost}", where=relay.where) from lost


def _hello(relay: Relay, line: Line) -> dict[str, str]:
    line.phase = Phase.HELLO
    reply = line.command(f"EHLO {line.own_name()}")
    _expect(relay, reply, "EHLO")
    offers: dict[str, str] = {}
    for offer in reply.lines[1:]:
        word, _, rest = offer.strip().partition(" ")
        offers[word.upper()] = rest.strip().upper()
    return offers


def _log_in(relay: Relay, line: Line, offers: dict[str, str]) -> None:
    if not line.secure and not line.local:
        hint = 'set [delivery.smtp] security to "starttls" or "tls"'
        raise CredentialsError("the password would travel unprotected", where=relay.where, hint=hint)
    user, password = relay.username or "", relay.password or ""
    ways = offers.get("AUTH", "").split()
    if "PLAIN" in ways:
        reply = line.command(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
    elif "LOGIN" in ways:
        reply = line.command("AUTH LOGIN")
        for answer in (user, password):
            if reply.code == 334:
                reply = line.command(_base64(answer))
    else:
        what = f"the mail server offers no login that we speak (it offers: {', '.join(ways) or 'none'})"
        raise CredentialsError(what, where=relay.where, hint="PLAIN and LOGIN are spoken")
    _expect(relay, reply, "the login")


def _expect(relay: Relay, reply: Reply, what: str) -> None:
    if reply.good:
        return
    if reply.temporary:
        raise Stopped(
            f"the mail server is not ready ({what}): {reply}", where=relay.where, hint="go on later with --resume"
        )
    if reply.code in _REFUSED_LOGIN or what == "the login":
        hint = "check [delivery.smtp] username and password"
        raise CredentialsError(f"the mail server did not accept the login: {reply}", where=relay.where, hint=hint)
    raise SendError(f"the mail server refuses us ({what}): {reply}", where=relay.where, hint=_SETTING)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_SETTING = "check [delivery.smtp] host and port"
