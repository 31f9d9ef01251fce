"""Our own pages as answers: one Jinja environment, everything escaped, every answer with its headers."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from digest.web.preview.guards import PAGE, guard

# Between backticks, or where a sentence or a part of one is nothing but the command: `digest`, its name, its options.
_COMMAND: Final = re.compile(
    r"`([^`\n]+)`"
    r"|(?:(?<=^)|(?<=[:;] )|(?<=\n  ))(digest [a-z]+(?: (?:--[a-z-]+|[A-Z]{2,}\b|[a-z0-9_-]+@[0-9-]{10}))*)"
)
# A page that listens to nothing, is not held as it is, and is the newsroom's own.
_USUAL: Final = {"live": "", "keeps": False, "guest": False}
_HERE: Final = Path(__file__).parent / "html"


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """The answer that `html/TEMPLATE.html.j2` gives with these values."""
    return _answer(template, status, {"sheet": ""} | values)


def locked(status: int, what: str, hint: str) -> HTMLResponse:
    """A page for somebody who is not let in."""
    return apart("locked", status, what=what, hint=hint)


def apart(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """A page before the door. It brings its style along, since nothing else is given to those who see it."""
    sheet = style_sheet() + form_sheet()
    hashed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    answer = _answer(template, status, {"sheet": sheet} | values)
    answer.headers["Content-Security-Policy"] = PAGE.replace("style-src 'self'", f"style-src 'sha256-{hashed}'")
    return answer


@cache
def style_sheet() -> str:
    """The style sheet of every page."""
    return (_HERE / "preview.css").read_text(encoding="utf-8")


@cache
def form_sheet() -> str:
    """What pages with forms have beside it."""
    return (_HERE / "hand.css").read_text(encoding="utf-8")


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


def _sentence(text: str) -> Markup:
    """`text` with a capital, unless it opens with a name that has none: a host, a header, a file, a command. Commands
    are set as code."""
    first = text.partition(" ")[0].rstrip(",;:")
    if first.isalpha() and not _COMMAND.match(text):
        text = text[:1].upper() + text[1:]
    told, at = Markup(), 0
    for found in _COMMAND.finditer(text):
        told += text[at : found.start()] + Markup("<code>{}</code>").format(found[1] or found[2])
        at = found.end()
    return told + text[at:]


def _answer(template: str, status: int, values: dict[str, Any]) -> HTMLResponse:
    html = _environment().get_template(f"{template}.html.j2").render(_USUAL | values)
    response = HTMLResponse(html, status)
    guard(response.headers)
    return response
