"""A mail as it was received, read without trust: bounded in size, parts and depth, its headers as plain words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import errors as email_errors
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice
from typing import Final

from digest.events.words import plain

MAX_OCTETS = 262_144
MAX_TEXT = 20_000
_MAX_NESTED = 40
_MAX_HEADERS = 1000

# What the standard library raises on mails that break its rules.
_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError, email_errors.MessageError)
_NESTING = re.compile(rb"boundary|message/", re.IGNORECASE)


class Unreadable(ValueError):
    """A mail that is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail that has no parts itself. `kind` is its type in lower case; `inside` says that it belongs
    to another mail that this one quotes."""

    kind: str
    message: Message
    inside: bool

    @property
    def text(self) -> str:
        """Its text, decoded and bounded; empty if there is none."""
        try:
            octets = self.message.get_payload(decode=True)
            if not isinstance(octets, bytes):
                return ""
            charset = self.message.get_content_charset() or "utf-8"
            return octets[: 4 * MAX_TEXT].decode(charset, "replace")[:MAX_TEXT]
        except _BROKEN:
            return ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: its own headers, and all its parts in order. `mark` is the same whenever the same mail is read."""

    message: Message
    parts: tuple[Part, ...]
    mark: str

    def header(self, name: str) -> str:
        """The first header of that name as one line of plain text; empty without one."""
        return header(self.message, name)

    def headers(self, name: str) -> list[str]:
        """All headers of that name, at most ten."""
        return list(islice(_values(self.message, name), 10))

    @property
    def text(self) -> str:
        """What it says itself: its plain text, else its pages without their tags."""
        own = [part for part in self.parts if not part.inside]
        plains = "\n".join(part.text for part in own if part.kind == "text/plain")
        if plains.strip():
            return plains[:MAX_TEXT]
        pages = "\n".join(part.text for part in own if part.kind == "text/html")[: 2 * MAX_TEXT]
        return re.sub(r"<[^<>]{0,1000}>", " ", pages)[:MAX_TEXT]


def read(raw: bytes) -> Letter:
    """The mail that these octets are. More than 256 kB of it is not looked at: what is told stands before.

    Raises:
        Unreadable: it is nested so deeply, or has so many headers, that no mail server wrote it; or it is none.
    """
    cut = raw[:MAX_OCTETS]
    if len(_NESTING.findall(cut)) > _MAX_NESTED:
        raise Unreadable("a mail of too many parts")
    try:
        message = BytesParser(policy=compat32).parsebytes(cut)
        if not message.keys():
            raise Unreadable("no mail")
        if len(message) > _MAX_HEADERS:
            raise Unreadable("a mail of too many headers")
        mark = header(message, "message-id") or hashlib.sha256(cut).hexdigest()
        return Letter(message, tuple(_parts(message, inside=False)), mark)
    except Unreadable:
        raise
    except _BROKEN as problem:
        raise Unreadable("a mail that cannot be taken apart") from problem


def header(message: Message, name: str) -> str:
    """The first header of that name as one line of plain text; empty without one."""
    return next(_values(message, name), "")


def _values(message: Message, name: str) -> Iterator[str]:
    """Raw, because the library hides what is not ASCII, which many servers write all the same."""
    wanted = name.lower()
    for found, value in message.raw_items():
        if found.lower() == wanted:
            octets = str(value)[:4000].encode("utf-8", "surrogateescape")
            yield _decoded(octets.decode("utf-8", "replace"))


def _parts(message: Message, *, inside: bool) -> Iterator[Part]:
    kind = _kind(message)
    payload = message.get_payload()
    if kind == "message/delivery-status" or not isinstance(payload, list):
        yield Part(kind, message, inside)
        return
    if kind.startswith("message/"):
        yield Part(kind, message, inside)
        inside = True
    for part in payload:
        if isinstance(part, Message):
            yield from _parts(part, inside=inside)


def _kind(message: Message) -> str:
    return message.get_content_type().lower()


def _decoded(text: str) -> str:
    if "=?" in text:
        try:
            text = str(make_header(decode_header(text)))
        except _BROKEN:
            return plain(text, 2000)
    return plain(text, 2000)
