"""Forms that browsers send: read within bounds, made for the session that sends them, and nothing in them trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse

from digest.errors import Refused, UsageError

MOST_BYTES: Final = 200_000
MOST_FIELDS: Final = 200
LONGEST_WORD: Final = 400
LONGEST_TEXT: Final = 30_000
TOKEN_FIELD: Final = "csrf"  # noqa: S105
_KIND: Final = "application/x-www-form-urlencoded"


class Forged(Refused):
    """A form that was not made for the session that it came with."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each once."""

    fields: Mapping[str, str]

    def word(self, name: str, default: str = "") -> str:
        """One line, without line ends and control characters, so that it can stand in a header or a log.

        Raises:
            UsageError: it is longer than any word of ours.
        """
        value = self.fields.get(name, default)
        if len(value) > LONGEST_WORD:
            raise UsageError(f"the field “{name}” is longer than {LONGEST_WORD} characters")
        return " ".join("".join(c if c.isprintable() else " " for c in value).split())

    def text(self, name: str) -> str:
        """Several lines, without other control characters.

        Raises:
            UsageError: it is longer than any text of ours.
        """
        value = self.fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
        if len(value) > LONGEST_TEXT:
            raise UsageError(f"the field “{name}” is longer than {LONGEST_TEXT:,} characters")
        return "".join(c for c in value if c.isprintable() or c == "\n")

    def number(self, name: str) -> int | None:
        """A number as people type it (`12,480`), None when it is none."""
        plain = self.word(name).replace(",", "").replace(" ", "")
        return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 12 else None


async def read(request: Request) -> Form:
    """The form that a request brings.

    Raises:
        UsageError: it is no form, or larger than one.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _KIND:
        raise UsageError("this is not how a form is sent")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise UsageError("the form is too large")
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding="utf-8", errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise UsageError("the form cannot be read") from None
    return Form(dict(pairs))


def back_to(path: str, place: str = "") -> RedirectResponse:
    """After a form: the page again, at a place in it, so that reloading it does nothing twice."""
    return RedirectResponse(path + (f"#{place}" if place else ""), HTTPStatus.SEE_OTHER)
