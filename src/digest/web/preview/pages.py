"""Our own pages as answers: one Jinja environment, everything escaped, every answer with its headers."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from digest.web.preview.guards import PAGE, guard

_HERE: Final = Path(__file__).parent / "html"


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """The answer that `html/TEMPLATE.html.j2` gives with these values."""
    return _answer(template, status, {"sheet": "", "live": "", **values})


def locked(status: int, what: str, hint: str) -> HTMLResponse:
    """A page for somebody who is not let in."""
    return apart("locked", status, what=what, hint=hint)


def apart(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """A page before the door. It brings its style along, since nothing else is given to those who see it."""
    sheet = style_sheet()
    hashed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    answer = _answer(template, status, {"sheet": sheet, "live": "", **values})
    answer.headers["Content-Security-Policy"] = PAGE.replace("style-src 'self'", f"style-src 'sha256-{hashed}'")
    return answer


@cache
def style_sheet() -> str:
    """The one style sheet of the preview."""
    return (_HERE / "preview.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    # `autoescape` is on for every template: all that they are given is other people's words.
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["sentence"] = _sentence
    return made


def _sentence(text: str) -> str:
    """`text` with a capital, unless it opens with a name that has none: a host, a header, a file."""
    first = text.partition(" ")[0].rstrip(",;:")
    return text[:1].upper() + text[1:] if first.isalpha() else text


def _answer(template: str, status: int, values: dict[str, Any]) -> HTMLResponse:
    html = _environment().get_template(f"{template}.html.j2").render(values)
    response = HTMLResponse(html, status)
    guard(response.headers)
    return response
