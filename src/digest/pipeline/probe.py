"""Ask the way mail leaves whether it is open, without sending anything."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from digest.errors import DigestError
from digest.pipeline.examined import Examined
from digest.send.smtp_relay import Relay

TIMEOUT: Final = 15.0
SPARE: Final = 1 << 30
LEAST: Final = 100 << 20


def probe_relay(relay: Relay, context: ssl.SSLContext | None = None) -> Examined:
    """Connect, EHLO, STARTTLS, AUTH and NOOP, then leave: no mail. `context` is for a relay whose certificate this
    machine does not know."""
    secure = context or ssl.create_default_context()
    timeout = min(relay.timeout, TIMEOUT)
    where = relay.where
    step = "connecting"
    try:
        client: smtplib.SMTP
        if relay.security == "tls":
            client = smtplib.SMTP_SSL(relay.host, relay.port, timeout=timeout, context=secure)
        else:
            client = smtplib.SMTP(relay.host, relay.port, timeout=timeout)
        with closing(client):
            step = "EHLO"
            client.ehlo_or_helo_if_needed()
            if relay.security == "starttls":
                step = "STARTTLS"
                client.starttls(context=secure)
                client.ehlo()
            if relay.username is not None:
                step = "signing in"
                client.login(relay.username, relay.password or "")
            step = "NOOP"
            code, said = client.noop()
            if code != 250:
                words = said.decode("utf-8", "replace")
                return Examined("problem", f"{where} does not answer to NOOP: {code} {words}"[:200])
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
    except smtplib.SMTPAuthenticationError as problem:
        fix = "see username and password in [delivery.smtp]"
        return Examined("problem", f"{where} does not accept the password: {_said(problem)}", fix)
    except smtplib.SMTPNotSupportedError:
        fix = 'security = "none" only fits a relay on this machine' if step == "STARTTLS" else "leave username out"
        return Examined("problem", f"{where} does not offer {step}", fix)
    except smtplib.SMTPResponseException as problem:
        return Examined("problem", f"{where} refuses at {step}: {_said(problem)}")
    except smtplib.SMTPException as problem:
        return Examined("problem", f"{where} broke off at {step}: {str(problem)[:160]}")
    except ssl.SSLCertVerificationError as problem:
        fix = "use the name that its certificate is for"
        return Examined(
            "problem", f"{where} shows a certificate that is not to be trusted: {problem.verify_message}", fix
        )
    except (OSError, UnicodeError) as problem:
        return Examined("problem", f"{where} cannot be reached ({step}): {_words(problem)}", "see host and port")
    signed_in = f" as {relay.username}" if relay.username else ""
    return Examined("ok", f"{where} is open{signed_in} ({relay.security})")


def probe_sendgrid(client: Any, now: Callable[[], datetime], sleep: Callable[[float], None]) -> Examined:
    """Ask SendGrid what the key may do; `client` is the official one."""
    from digest.send.sendgrid_calls import asked

    try:
        answer = asked(client.client.scopes.get, now=now, sleep=sleep)
    except DigestError as problem:
        return Examined("problem", problem.what, problem.hint or "")
    scopes = answer.get("scopes", ()) if isinstance(answer, dict) else ()
    if "mail.send" not in scopes:
        return Examined("problem", "The SendGrid key may not send mail", 'give it the permission "Mail Send"')
    return Examined("ok", f"SendGrid accepts the key, which may send mail ({len(scopes)} permissions)")


def probe_folder(outbox: Path) -> Iterator[Examined]:
    """Whether mail can be written there, and how much room there is."""
    place = outbox
    while not place.exists() and place != place.parent:
        place = place.parent
    trial = place / f".{uuid4().hex}.trial"
    try:
        descriptor = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, b"x" * 4096)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            trial.unlink(missing_ok=True)
        free = shutil.disk_usage(place).free
    except OSError as problem:
        yield Examined("problem", f"{place} cannot be written to: {_words(problem)}", "see [delivery] outbox")
        return
    room = f"{free / SPARE:.1f} GB free"
    if free < LEAST:
        yield Examined("problem", f"The disk of the outbox is nearly full: {room}", "make room")
    elif free < SPARE:
        yield Examined("warning", f"The disk of the outbox has little room: {room}", "make room before a large send")
    else:
        yield Examined("ok", f"The outbox can be written to · {room}")


def _said(problem: smtplib.SMTPResponseException) -> str:
    text = problem.smtp_error
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{problem.smtp_code} {' '.join(words.split())}"[:160]


def _words(problem: OSError | UnicodeError) -> str:
    if isinstance(problem, TimeoutError | socket.timeout):
        return "it does not answer"
    if isinstance(problem, socket.gaierror):
        return "its name is not known"
    return getattr(problem, "strerror", None) or str(problem)[:160]
