"""Getting to the point where mail can be given: connect, greeting, hello, TLS, login. What fails here harms no
recipient."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from digest.errors import CredentialsError, DigestError, SendError, Stopped
from digest.send.smtp_parser import LostError
from digest.send.smtp_relay import Relay
from digest.send.smtp_replies import Reply
from digest.send.smtp_stream import Stream
from digest.send.smtp_talk import Talk

_REFUSED_LOGIN = frozenset({530, 534, 535, 538})
_SETTING = "check [delivery.smtp] host and port"
Context = Callable[[], ssl.SSLContext]


class Unreachable(SendError):
    """The relay does not answer now; it may a little later."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a server said that it can do (RFC 1869). `max_size` 0 means that it does not say."""

    max_size: int = 0
    says_size: bool = False
    utf8: bool = False
    eight_bit: bool = False
    pipelining: bool = False


def read_offers(reply: Reply) -> dict[str, str]:
    """The lines of an EHLO reply, by keyword."""
    offers: dict[str, str] = {}
    for offer in reply.lines[1:]:
        word, _, rest = offer.strip().partition(" ")
        offers[word.upper()] = rest.strip().upper()
    return offers


def offered(offers: dict[str, str]) -> Offers:
    """What matters of them for giving mail."""
    size = offers.get("SIZE", "")
    return Offers(
        int(size) if size.isdecimal() and len(size) < 19 else 0,
        "SIZE" in offers,
        "SMTPUTF8" in offers,
        "8BITMIME" in offers,
        "PIPELINING" in offers,
    )


async def reach(relay: Relay, context: Context) -> tuple[Talk, Offers]:
    """A conversation that is greeted, secured as the settings say, and logged in.

    Raises:
        CredentialsError: the login was refused, or would travel unprotected.
        Stopped: the server is there but not now (421, 4xx), or it broke off.
        Unreachable: it does not answer. SendError: it refuses us, or does not offer what the settings ask for.
    """
    talk = Talk(await _dial(relay), relay.timeout)
    try:
        if relay.security == "tls":
            await _secure(relay, talk, context())
        talk.listen()
        return talk, offered(await _greet(relay, talk, context))
    except LostError as lost:
        talk.close()
        raise Stopped(f"the mail server broke off: {lost}", where=relay.where, hint="go on with --resume") from lost
    except BaseException:
        talk.close()
        raise


async def _dial(relay: Relay) -> Stream:
    loop = asyncio.get_running_loop()
    problem: OSError = OSError("its name has no address")
    try:
        async with asyncio.timeout(relay.timeout):
            found = await loop.getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM)
            for family, kind, proto, _, address in found:
                sock = socket.socket(family, kind, proto)
                sock.setblocking(False)
                try:
                    await loop.sock_connect(sock, address)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return Stream(loop, sock)
                except OSError as failure:
                    sock.close()
                    problem = failure
                except BaseException:
                    sock.close()
                    raise
    except OSError as failure:
        problem = failure
    raise unreachable(relay, problem) from problem


def unreachable(relay: Relay, problem: OSError) -> Unreachable:
    """The error for a connection that could not be made."""
    what = f"the mail server cannot be reached: {problem.strerror or problem}"
    if isinstance(problem, socket.gaierror):
        what = "the mail server's name is not known"
    elif isinstance(problem, TimeoutError):
        what = "the mail server does not answer"
    return Unreachable(what, where=relay.where, hint=_SETTING)


async def _greet(relay: Relay, talk: Talk, context: Context) -> dict[str, str]:
    expect(relay, await talk.reply(), "the greeting")
    offers = await _hello(relay, talk)
    if relay.security == "starttls":
        demand_starttls(relay, offers)
        expect(relay, await talk.command("STARTTLS"), "STARTTLS")
        if not talk.idle:
            # Whatever was said before TLS is not believed (RFC 3207, section 4.2).
            raise SendError(f"the connection cannot be made private: {EARLY}", where=relay.where)
        await _secure(relay, talk, context())
        talk.resume()
        offers = await _hello(relay, talk)
    if relay.username is not None:
        reply: Reply | None = None
        for line in login_lines(relay, offers, talk.stream.secure or talk.stream.local):
            if reply is None or reply.code == 334:
                reply = await talk.command(line)
        if reply is not None:
            expect(relay, reply, "the login")
    return offers


async def _hello(relay: Relay, talk: Talk) -> dict[str, str]:
    reply = await talk.command(f"EHLO {talk.stream.own_name}")
    expect(relay, reply, "EHLO")
    return read_offers(reply)


async def _secure(relay: Relay, talk: Talk, context: ssl.SSLContext) -> None:
    try:
        async with asyncio.timeout(relay.timeout):
            await talk.stream.start_tls(context, relay.host)
    except ssl.SSLError as problem:
        raise not_private(relay, problem) from problem
    except LostError as lost:
        raise SendError(f"the connection cannot be made private: {lost}", where=relay.where) from lost
    except TimeoutError as late:
        raise LostError("the server did not answer in time") from late


EARLY = "the server spoke out of turn before TLS began"


def not_private(relay: Relay, problem: ssl.SSLError) -> SendError:
    """The error for a handshake that failed."""
    reason = getattr(problem, "verify_message", "") or problem.reason or "no common protocol"
    hint = "the certificate must be valid for this name; it is never skipped"
    return SendError(f"the connection cannot be made private: {reason}", where=relay.where, hint=hint)


def demand_starttls(relay: Relay, offers: dict[str, str]) -> None:
    """Raises:
    SendError: STARTTLS is not offered; there is no going on without.
    """
    if "STARTTLS" not in offers:
        hint = 'set [delivery.smtp] security = "tls" with the port for it, or "none" for a relay on this machine'
        raise SendError("the mail server does not offer STARTTLS", where=relay.where, hint=hint)


def login_lines(relay: Relay, offers: dict[str, str], private: bool) -> list[str]:
    """The lines of the login (RFC 4954); each but the first is said only when 334 asks for it.

    Raises:
        CredentialsError: it would travel unprotected, or no way is offered that we speak.
    """
    if not private:
        hint = 'set [delivery.smtp] security to "starttls" or "tls"'
        raise CredentialsError("the password would travel unprotected", where=relay.where, hint=hint)
    user, password = relay.username or "", relay.password or ""
    ways = offers.get("AUTH", "").split()
    if "PLAIN" in ways:
        return [f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"]
    if "LOGIN" in ways:
        return ["AUTH LOGIN", _base64(user), _base64(password)]
    what = f"the mail server offers no login that we speak (it offers: {', '.join(ways) or 'none'})"
    raise CredentialsError(what, where=relay.where, hint="PLAIN and LOGIN are spoken")


def expect(relay: Relay, reply: Reply, what: str) -> None:
    """Raises:
    CredentialsError, Stopped, SendError: the reply is not 2xx, by what it is.
    """
    if reply.good:
        return
    problem: DigestError
    if reply.temporary:
        said = f"the mail server is not ready ({what}): {reply}"
        problem = Stopped(said, where=relay.where, hint="go on later with --resume")
    elif reply.code in _REFUSED_LOGIN or what == "the login":
        hint = "check [delivery.smtp] username and password"
        problem = CredentialsError(f"the mail server did not accept the login: {reply}", where=relay.where, hint=hint)
    else:
        problem = SendError(f"the mail server refuses us ({what}): {reply}", where=relay.where, hint=_SETTING)
    raise problem


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
