"""How a site calls and shows itself on its front page: its name, language, logo and colour. All of it is hostile text
until proven otherwise: bounded, on one line, addresses canonical, colours six hex digits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digest.ingest.html.jsonld import BLOCK_LIMIT, types
from digest.ingest.html.tree import text_of, tokens
from digest.ingest.links import canonical
from digest.ingest.metadata import primary_language
from digest.ingest.prose import clean, folded

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NAME_LIMIT = 80

_SPEAKERS = frozenset({"NewsMediaOrganization", "Organization", "OnlineBusiness", "Corporation", "Newspaper"})
_PARTED = re.compile(r"\s+[|–—·•»-]\s+|\s*[|»]\s*|:\s+")
# Mail programs show these; SVG and WebP stay blank in several of them (caniemail.com, image-svg and image-webp).
_SHOWN = re.compile(r"\.(?:png|jpe?g|gif)$", re.IGNORECASE)
_HEX = re.compile(r"#(?:([0-9a-f]{3})[0-9a-f]?|([0-9a-f]{6})(?:[0-9a-f]{2})?)", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\b[^)]{0,30}\)", re.IGNORECASE)
_GREY = 24


@dataclass(frozen=True, slots=True)
class Identity:
    """What a front page says of its site. `colour` is `#rrggbb`, never a grey; `evidence` says where each is from."""

    name: str
    language: str | None = None
    logo: str | None = None
    colour: str | None = None
    evidence: tuple[str, ...] = ()


def identity_of(tree: HtmlElement | None, url: str) -> Identity:
    """The identity of the site whose front page `tree` is, read at `url`; of a page that says nothing, its host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if tree is None:
        return Identity(host[:NAME_LIMIT], evidence=("name: the host",))
    metas = _metas(tree)
    linked = list(_organisations(tree))
    found = {
        "name": next(_names(tree, metas, linked, host), (host, "the host")),
        "language": _language(tree, metas),
        "logo": next(_logos(tree, linked, url), None),
        "colour": next(_colours(tree, metas), None),
    }
    said = tuple(f"{key}: {value[1]}" for key, value in found.items() if value)
    name, language, logo, colour = (value[0] if value else None for value in found.values())
    return Identity((name or host)[:NAME_LIMIT], language, logo, colour, said)


def hex_colour(text: str) -> str | None:
    """A CSS colour (hexadecimal or rgb) as `#rrggbb`; None for anything else, and for greys, which accent nothing."""
    text = text.strip()[:60]
    if match := _HEX.fullmatch(text):
        digits = match[2] or "".join(2 * digit for digit in match[1])
    elif (match := _RGB.fullmatch(text)) and all(int(part) < 256 for part in match.groups()):
        digits = "".join(f"{int(part):02x}" for part in match.groups())
    else:
        return None
    parts = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    return f"#{digits.lower()}" if max(parts) - min(parts) >= _GREY else None


def _metas(tree: HtmlElement) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, element in enumerate(tree.iter("meta")):
        key = (element.get("property") or element.get("name") or element.get("http-equiv") or "").strip().lower()
        dark = "dark" in (element.get("media") or "")
        if key and not dark and number < 300:
            found.setdefault(key[:80], (element.get("content") or "")[:2_000])
    return found


def _organisations(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """The JSON-LD nodes that speak of a site or of who makes it, organisations first."""
    nodes: list[Mapping[str, Any]] = []
    for script in list(tree.iter("script"))[:200]:
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > BLOCK_LIMIT:
            continue
        try:
            queue: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(500):
            if not queue:
                break
            value = queue.pop(0)
            if isinstance(value, list):
                queue.extend(value[:100])
            elif isinstance(value, Mapping):
                nodes.append(value)
                queue.extend(value.get(key) for key in ("@graph", "publisher", "mainEntity"))
    yield from (node for node in nodes if types(node) & _SPEAKERS)
    yield from (node for node in nodes if "WebSite" in types(node))


def _names(
    tree: HtmlElement, metas: Mapping[str, str], linked: list[Mapping[str, Any]], host: str
) -> Iterator[tuple[str, str]]:
    if name := clean(metas.get("og:site_name", ""), NAME_LIMIT):
        yield name, "og:site_name"
    for node in linked:
        if isinstance(node.get("name"), str) and (name := clean(node["name"], NAME_LIMIT)):
            yield name, "JSON-LD"
    if name := clean(metas.get("application-name", ""), NAME_LIMIT):
        yield name, "application-name"
    title = next((text_of(element) or clean(element.text or "") for element in tree.iter("title")), "")
    parts = [part for part in _PARTED.split(clean(title, 400)) if part]
    # "Latest news - The Ledger": the part that the host's own name stands for, else the first.
    bare = re.sub(r"[\W_]", "", host.partition(".")[0].casefold())
    alike = [part for part in parts if len(key := re.sub(r"[\W_]", "", folded(part))) > 2 and key in bare]
    named = [part for part in parts if len(bare) > 2 and bare in re.sub(r"[\W_]", "", folded(part))]
    for part in sorted(named, key=len) + alike + parts:
        yield clean(part, NAME_LIMIT), "title"


def _language(tree: HtmlElement, metas: Mapping[str, str]) -> tuple[str, str] | None:
    offered = ((tree.get("lang"), "html lang"), (metas.get("content-language"), "content-language"),
               (metas.get("og:locale"), "og:locale"))  # fmt: skip
    return next(((found, said) for text, said in offered if (found := primary_language(text))), None)


def _logos(tree: HtmlElement, linked: list[Mapping[str, Any]], url: str) -> Iterator[tuple[str, str]]:
    """Addresses of pictures that a mail can show, wide ones before icons."""
    offered: list[tuple[Any, str]] = []
    for node in linked:
        logo = node.get("logo")
        logo = logo[0] if isinstance(logo, list) and logo else logo
        offered.append((logo.get("url") or logo.get("@id") if isinstance(logo, Mapping) else logo, "JSON-LD"))
    for number, image in enumerate(tree.iter("img")):
        if number > 40:
            break
        around = tokens(image) | (tokens(parent) if (parent := image.getparent()) is not None else frozenset())
        if "logo" in around or "logo" in folded(image.get("alt") or "").split():
            offered.append((image.get("src"), "the page's logo"))
    for link in list(tree.iter("link"))[:300]:
        if "apple-touch-icon" in (link.get("rel") or "").lower():
            offered.append((link.get("href"), "apple-touch-icon"))
    for address, said in offered:
        found = canonical(address, url) if isinstance(address, str) else None
        if found and _SHOWN.search(urlsplit(found).path):
            yield found, said


def _colours(tree: HtmlElement, metas: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in ("theme-color", "msapplication-tilecolor"):
        if found := hex_colour(metas.get(key, "")):
            yield found, key
    for link in list(tree.iter("link"))[:300]:
        if (link.get("rel") or "").lower() == "mask-icon" and (found := hex_colour(link.get("color") or "")):
            yield found, "mask-icon"
