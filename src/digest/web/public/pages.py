"""Our pages as answers: one Jinja environment, everything escaped, every word from the string files."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.address import parse_mailbox
from digest.pipeline.reader_words import day
from digest.render.words import Words

if TYPE_CHECKING:
    from digest.web.public.site import Site

_HERE: Final = Path(__file__).parent / "html"
SHEET: Final = "/site.css"


def page(request: Request, words: Words, template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """The answer that `html/TEMPLATE.html.j2` gives with these values."""
    site: Site = request.app.state.site
    publication = site.project.settings.publication
    given = {
        "words": words,
        "word": words.say,
        "date": lambda moment: day(site.project, words, moment),
        "publication": publication,
        "replies": parse_mailbox(publication.reply_to or publication.from_).address,
        "prefix": site.prefix,
        "embedded": False,
        "problems": (),
    }
    html = _environment().get_template(f"{template}.html.j2").render(given | values)
    return HTMLResponse(html, status, {"Content-Language": words.language})


def notice(
    request: Request, words: Words, key: str, status: int = HTTPStatus.OK, *, lost: bool = False, **values: str
) -> Response:
    """A page of two phrases, `KEY_title` and `KEY_text`. With `lost` it offers to send links anew."""
    title, text = words.say(f"{key}_title", **values), words.say(f"{key}_text", **values)
    return page(request, words, "notice", status, title=title, text=text, lost=lost)


def style(site: Site) -> str:
    """The one style sheet, in the publication's colours."""
    return str(_sheet().render(theme=site.project.settings.theme))


@cache
def _environment() -> Environment:
    # `autoescape` is on for every template: all that they are given is other people's words.
    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _sheet() -> Any:
    plain = Environment(loader=FileSystemLoader(_HERE), autoescape=False, undefined=StrictUndefined)  # noqa: S701
    return plain.get_template("site.css.j2")
