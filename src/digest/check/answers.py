"""What the addresses of a mail answered, judged: dead links, links that moved, pictures that are heavy or none.

Nothing is fetched here. Whoever fetched says what was `Seen`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from digest.check.finding import Given, Hit, Level, Rule

HEAVY = 200 * 1024
TOO_HEAVY = 1024 * 1024
_GONE = frozenset({404, 410})
_CLOSED = frozenset({401, 403, 405, 429, 451})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one address answered. `status` is None when nothing answered, for the reason in `problem`; `final` is the
    address in the end, `size` the bytes of its body, `kind` its media type."""

    status: int | None
    final: str = ""
    size: int = 0
    kind: str = ""
    problem: str = ""


def addresses(given: Given) -> tuple[str, ...]:
    """The addresses of links and pictures that can be asked, each once, in the order of the mail."""
    found = (
        element.get(name, "").strip()
        for element in given.page.iter("a", "img")
        for name in (("href",) if element.tag == "a" else ("src",))
    )
    return tuple(dict.fromkeys(one for one in found if re.match(r"https?://", one) and "{{" not in one))


def _dead(given: Given) -> Iterator[Hit]:
    for link in given.page.iter("a"):
        href = link.get("href", "").strip()
        seen = given.answers.get(href)
        if seen is None:
            continue
        where = f'html: the link "{_text(link)}" to {href[:100]}'
        if seen.status is None:
            yield Hit(f"a link does not answer: {seen.problem}", where, "warning")
        elif seen.status in _GONE:
            yield Hit(f"a link leads to nothing (HTTP {seen.status})", where)
        elif seen.status in _CLOSED:
            yield Hit(f"a link lets no program in (HTTP {seen.status}); try it by hand", where, "info")
        elif seen.status >= 400:
            level: Level = "warning" if seen.status >= 500 else "error"
            yield Hit(f"a link answers with an error (HTTP {seen.status})", where, level)


def _moved(given: Given) -> Iterator[Hit]:
    told: set[str] = set()
    for link in given.page.iter("a"):
        href = link.get("href", "").strip()
        seen = given.answers.get(href)
        if seen and seen.status == 200 and seen.final and href not in told and _bare(seen.final) != _bare(href):
            told.add(href)
            same = urlsplit(seen.final).hostname == urlsplit(href).hostname
            where = f'html: the link "{_text(link)}"'
            yield Hit(f"a link leads on to {seen.final[:120]}", where, "info" if same else None)


def _pictures(given: Given) -> Iterator[Hit]:
    for image in given.page.iter("img"):
        source = image.get("src", "").strip()
        seen = given.answers.get(source)
        if seen is None:
            continue
        where = f"html: the picture {source[:100]}"
        if seen.status is None:
            yield Hit(f"a picture does not answer: {seen.problem}", where, "warning")
        elif seen.status != 200:
            yield Hit(f"a picture is not there (HTTP {seen.status})", where, "error")
        elif seen.kind and not seen.kind.startswith("image/"):
            yield Hit(f"what should be a picture is {seen.kind}", where, "error")
        elif seen.size > TOO_HEAVY:
            yield Hit(f"a picture has {seen.size:,} bytes", where, "error")
        elif seen.size > HEAVY:
            yield Hit(f"a picture has {seen.size:,} bytes", where)


def _bare(url: str) -> str:
    """An address without what a redirect may change and nobody minds: scheme, `www.`, a last slash."""
    return re.sub(r"^https?://(www\.)?", "", url.partition("#")[0]).rstrip("/")


def _text(element: object) -> str:
    return " ".join("".join(element.itertext()).split())[:60]  # type: ignore[attr-defined]


RULES = (
    Rule(
        "link.dead",
        "error",
        "a reader who clicks gets nothing, and does not click again",
        "RFC 9110, 15.5",
        "correct the address, or leave the story out",
        _dead,
    ),
    Rule(
        "link.moved",
        "warning",
        "each stop on the way costs time, can fail, and looks like tracking to filters",
        "RFC 9110, 15.4",
        "link to where it ends",
        _moved,
    ),
    Rule(
        "img.bytes",
        "warning",
        "heavy pictures come late or never on a phone",
        "newsletter practice: 200 kB a picture, never above 1 MB",
        "use a smaller copy of the picture",
        _pictures,
    ),
)
