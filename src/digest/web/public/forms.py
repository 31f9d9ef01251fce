"""A posted form, read within bounds: urlencoded or multipart (RFC 8058 allows both for one-click)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_OCTETS: Final = 32_768
MAX_FIELDS: Final = 100
MAX_VALUE: Final = 4_000
PATIENCE: Final = 30.0

Form = Mapping[str, tuple[str, ...]]


class TooLarge(Exception):
    """A body with more octets than a form may have."""


class TooSlow(Exception):
    """A body that did not arrive in the time that a form may take."""


async def read_form(request: Request, *, patience: float = PATIENCE) -> Form:
    """The fields of a form. What is no form has none: it is for the page to say what is missing. `patience` is how
    many seconds the body may take to arrive.

    Raises:
        TooLarge: the body is larger than 32 kB.
        TooSlow: it took longer than half a minute to arrive.
        ClientDisconnect: it ended before it was whole.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_OCTETS:
        raise TooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_OCTETS:
                    raise TooLarge
    except TimeoutError:
        raise TooSlow from None
    kind = request.headers.get("content-type", "")
    fields = _multipart(kind, bytes(body)) if kind.lower().startswith("multipart/") else _urlencoded(bytes(body))
    found: dict[str, tuple[str, ...]] = {}
    for name, value in fields[:MAX_FIELDS]:
        found[name] = (*found.get(name, ()), value.replace("\x00", "")[:MAX_VALUE])
    return found


def one(form: Form, name: str) -> str:
    """The first value of a field, empty when it is not there."""
    values = form.get(name)
    return values[0].strip() if values else ""


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    text = body.decode("utf-8", "replace")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        return []


def _multipart(kind: str, body: bytes) -> list[tuple[str, str]]:
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    whole = message_from_bytes(head + body)
    parts = whole.get_payload()
    if not isinstance(parts, list):
        return []
    found: list[tuple[str, str]] = []
    for part in parts[:MAX_FIELDS]:
        if not isinstance(part, Message):
            continue
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found.append((name, content.decode("utf-8", "replace")))
    return found
