"""Every link and picture of a mail as a table: where it leads, where it stands, what is added, what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from digest.check import Seen
from digest.web.preview.edition import heading, segments
from digest.web.preview.pages import page
from digest.web.preview.viewed import Viewed

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WEB = re.compile(r"https?://")
_IN_TEXT = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Link:
    """One address of a mail. `words` are what readers see of it, `stands` the headings it stands under, `times` how
    often it occurs, `added` its parameters for counting visits, `answer` what it answered when it was asked."""

    address: str
    bare: str
    words: str
    stands: tuple[str, ...]
    times: int
    added: tuple[tuple[str, str], ...]
    picture: bool
    answer: str = ""
    well: bool = True


def links(request: Request) -> Response:
    """The links of one segment's mail. Their servers are asked only with `online=1`; nothing else leaves here."""
    asked = Viewed.of(request)
    if isinstance(asked, Response):
        return asked
    online = request.query_params.get("online") == "1" and not asked.guest
    html = asked.seen.letter.html or _linked(asked.seen.letter.text)
    answers: Mapping[str, Seen] = {}
    if online:
        from digest.ingest import HttpFetcher
        from digest.pipeline.online import ask

        fetch = asked.project.settings.fetch
        new_fetcher = request.app.state.new_fetcher or (lambda: HttpFetcher(fetch))
        answers = ask((one.address for one in found(html) if _WEB.match(one.address)), new_fetcher)
    rows = list(found(html, answers))
    values = {
        "links": [row for row in rows if not row.picture],
        "pictures": [row for row in rows if row.picture],
        "online": online,
        "ask_url": asked.look.room("links", online=1),
        "segments": segments(asked.seen.proof, asked.look, "links"),
    }
    # A page that asked other people's servers must not do so again whenever a file is saved.
    return page("links", **heading(asked, "links") | values | ({"live": ""} if online else {}))


def _linked(text: str) -> str:
    """The addresses of a mail of text alone, as links, so that they are looked at alike."""
    return "<p>" + "".join(f'<a href="{escape(address)}"></a>' for address in _IN_TEXT.findall(text)) + "</p>"


def found(html: str, answers: Mapping[str, Seen] | None = None) -> Iterator[Link]:
    """The addresses of a mail in its order, each once for each text that leads there."""
    rows: dict[tuple[str, str, bool], list[str]] = {}
    for address, words, stands, picture in _places(html):
        rows.setdefault((address, words, picture), []).append(stands)
    for (address, words, picture), under in rows.items():
        seen = (answers or {}).get(address)
        bare, _, query = address.partition("?")
        added = tuple((key, value) for key, value in parse_qsl(query) if key.startswith("utm_"))
        rest = "&".join(part for part in query.split("&") if not part.startswith("utm_"))
        shown = f"{bare}?{rest}" if rest else bare
        places = tuple(dict.fromkeys(filter(None, under)))
        yield Link(address, shown, words, places, len(under), added, picture, *_told(seen, address))


def _places(html: str) -> Iterator[tuple[str, str, str, bool]]:
    """(address, words, heading above it, whether it is a picture)."""
    from digest.check.given import parse

    above = ""
    for element in parse(html).iter():
        if element.tag in _HEADINGS:
            above = _text(element)
        if element.tag == "a" and element.get("href") is not None:
            alts = " ".join(image.get("alt", "") for image in element.iter("img"))
            yield element.get("href").strip(), _text(element) or alts.strip(), above, False
        elif element.tag == "img" and element.get("src"):
            yield element.get("src").strip(), element.get("alt", ""), above, True


def _told(seen: Seen | None, address: str) -> tuple[str, bool]:
    if seen is None:
        return "", True
    if seen.status is None:
        return seen.problem, False
    moved = seen.final and _host(seen.final) != _host(address)
    words = f"HTTP {seen.status}" + (f", leads on to {seen.final[:120]}" if moved else "")
    return words + (f", {seen.kind}, {seen.size:,} bytes" if seen.kind else ""), seen.status < 400


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())[:120]
