"""A mailbox on an IMAP server (RFC 3501), through the standard library's client, bounded in time and size."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

from digest.errors import ConfigError, CredentialsError, SourceError
from digest.pipeline.mailboxes import MAX_OCTETS
from digest.settings.site import Mailbox

TIMEOUT: Final = 30.0
# A keyword of our own where the server keeps those, so that a person may read the mailbox, too.
KEYWORD: Final = "$DigestRead"
OLDEST: Final = timedelta(days=30)

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Imap:
    """An open folder. Only mails of the last thirty days are taken; what is older says nothing any more.

    Raises:
        ConfigError: a password would go over a network in the clear.
        CredentialsError: the server does not take it.
        SourceError: the server or its folder cannot be reached.
    """

    def __init__(self, mailbox: Mailbox, username: str, password: str, now: datetime) -> None:
        self._where = f"{mailbox.host}:{mailbox.port}"
        if mailbox.security == "none" and mailbox.host not in _HERE:
            what = 'security = "none" would send the password in the clear'
            raise ConfigError(what, where="[[mailboxes]]", hint='use security = "tls"')
        self._waiting: list[bytes] | None = None
        self._since = now - OLDEST
        try:
            self._client = _connected(mailbox)
        except (OSError, imaplib.IMAP4.error) as problem:
            raise SourceError(f"the mail server cannot be reached: {_said(problem)}", where=self._where) from problem
        try:
            self._open(mailbox.folder, username, password)
        except BaseException:
            self._client.shutdown()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def take(self, limit: int) -> tuple[tuple[str, bytes], ...]:
        """The next unread mails, the oldest first."""
        if self._waiting is None:
            since = f"{self._since.day:02d}-{_MONTHS[self._since.month - 1]}-{self._since.year}"
            unread = ("UNKEYWORD", KEYWORD) if self._keeps else ("UNSEEN",)
            found = self._ask("SEARCH", *unread, "SINCE", since)
            self._waiting = b" ".join(part for part in found if isinstance(part, bytes)).split()
        now, self._waiting = self._waiting[:limit], self._waiting[limit:]
        mails = []
        for uid in now:
            answer = self._ask("FETCH", uid.decode("ascii", "replace"), f"(BODY.PEEK[]<0.{MAX_OCTETS}>)")
            octets = next((part[1] for part in answer if isinstance(part, tuple) and len(part) > 1), None)
            if isinstance(octets, bytes):
                mails.append((uid.decode("ascii", "replace"), octets[:MAX_OCTETS]))
        return tuple(mails) if mails or not now else self.take(limit)

    def done(self, key: str, *, for_a_person: bool) -> None:
        """Mark a mail: read by us, and seen; or flagged if a person should look at it."""
        flags = [KEYWORD] * self._keeps + (["\\Flagged"] if for_a_person else ["\\Seen"])
        if for_a_person and not self._keeps:
            flags.append("\\Seen")
        self._ask("STORE", key, "+FLAGS.SILENT", f"({' '.join(flags)})")

    def _open(self, folder: str, username: str, password: str) -> None:
        try:
            self._client.login(username, password)
        except UnicodeError as problem:
            raise CredentialsError(
                "the mail server takes only ASCII names and passwords", where=self._where
            ) from problem
        except imaplib.IMAP4.abort as problem:
            raise SourceError(f"the mail server hung up: {_said(problem)}", where=self._where) from problem
        except imaplib.IMAP4.error as problem:
            raise CredentialsError("the mail server refuses the sign-in", where=self._where) from problem
        except OSError as problem:
            raise SourceError(f"the mail server hung up: {_said(problem)}", where=self._where) from problem
        quoted = '"' + re.sub(r'(["\\])', r"\\\1", _wire_name(folder)) + '"'
        try:
            answer, _ = self._client.select(quoted)
        except (OSError, imaplib.IMAP4.error) as problem:
            raise SourceError(f"the folder cannot be opened: {_said(problem)}", where=self._where) from problem
        if answer != "OK":
            raise SourceError(f'there is no folder "{folder}"', where=self._where)
        _, flags = self._client.response("PERMANENTFLAGS")
        said = b" ".join(flag for flag in flags or [] if isinstance(flag, bytes))
        self._keeps = rb"\*" in said or KEYWORD.encode() in said

    def _ask(self, command: str, *words: str) -> list[Any]:
        try:
            answer, data = self._client.uid(command, *words)
        except (OSError, imaplib.IMAP4.error) as problem:
            raise SourceError(f"the mail server does not answer: {_said(problem)}", where=self._where) from problem
        if answer != "OK":
            raise SourceError(f"the mail server refuses {command}", where=self._where)
        return list(data)


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    if mailbox.security == "none":
        return imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT)


def _wire_name(folder: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501, section 5.1.3)."""

    def coded(run: re.Match[str]) -> str:
        if run[0] == "&":
            return "&-"
        return "&" + base64.b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    return re.sub(r"&|[^ -~]+", coded, folder)


def _said(problem: BaseException) -> str:
    """What a library said, on one line and bounded; it may hold what the server wrote."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(problem)[:200])
    return text or type(problem).__name__
