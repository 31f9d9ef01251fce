"""The picture that belongs to a story, with the words that describe it and whose it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.ingest.html.jsonld import LinkedData
from digest.ingest.html.tree import ancestors, tag, text_of, tokens
from digest.ingest.links import canonical
from digest.ingest.prose import clean
from digest.models.story import Image

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_GENERIC = re.compile(r"(?:logo|placeholder|default|favicon|spacer|blank|sprite)[^/]*$", re.IGNORECASE)
_CREDIT = frozenset({"credit", "credits", "copyright", "photographer", "attribution", "source", "byline"})
_IN_CAPTION = re.compile(
    r"(?:\((?:photo|image|picture|foto|bild|credit|source)s?(?:\s+(?:by|credit))?\s*[:/]?\s*([^()]{2,80})\)|"
    r"\b(?:photo(?:graph)?|image|picture|foto|bild|credit)s?(?:\s+(?:by|credit))?\s*[:/]\s*(.{2,80})|©\s*(.{2,80}))$",
    re.IGNORECASE,
)


def picture(
    tree: HtmlElement, metas: Mapping[str, tuple[str, ...]], data: LinkedData, base: str | None
) -> Image | None:  # fmt: skip
    """The article's picture: Open Graph, else JSON-LD, else Twitter's; None when there is none but a logo."""
    nodes = [value for value in data.values(data.article, "image") if isinstance(value, Mapping)]
    offered = [
        *metas.get("og:image:secure_url", ())[:1],
        *metas.get("og:image", ())[:1],
        *metas.get("og:image:url", ())[:1],
        *(data.text(node, "url") or data.text(node, "contentUrl") for node in nodes),
        *data.texts(data.article, "image"),
        *metas.get("twitter:image", ())[:1],
        *metas.get("twitter:image:src", ())[:1],
    ]
    url = next(
        (found for text in offered if (found := canonical(text, base)) and not _GENERIC.search(urlsplit(found).path)),
        None,
    )
    if not url:
        return None
    shown = _shown(tree, url)
    alt = next(iter(metas.get("og:image:alt", ()) or metas.get("twitter:image:alt", ())), "")
    credit = next(
        (
            text
            for node in nodes
            for key in ("creditText", "credit", "copyrightNotice")
            if (text := data.text(node, key))
        ),
        "",
    )
    if shown is not None:
        alt = alt or clean(shown.get("alt") or "", 500)
        credit = credit or _credit(shown)
    if not alt:
        alt = next(
            (text for node in nodes for key in ("caption", "description") if (text := data.text(node, key))), ""
        )
    return Image(url, clean(alt, 500), clean(credit, 200) or None, *_size(metas, nodes, data))


def _size(
    metas: Mapping[str, tuple[str, ...]], nodes: list[Mapping[str, object]], data: LinkedData
) -> tuple[int | None, int | None]:
    def number(text: str) -> int | None:
        match = re.match(r"(\d{1,5})(?:\s*px)?$", text.strip())
        return int(match[1]) or None if match else None

    def found(key: str) -> int | None:
        return number(next(iter(metas.get(f"og:image:{key}", ())), "")) or next(
            (size for node in nodes if (size := number(data.text(node, key)))), None
        )

    return found("width"), found("height")


def _shown(tree: HtmlElement, url: str) -> HtmlElement | None:
    """The img element that shows the same file, whatever its size."""
    wanted = _file(url)
    if not wanted:
        return None
    for number, element in enumerate(tree.iter("img")):
        if number > 300:
            break
        for name in ("src", "data-src", "srcset"):
            if wanted in (element.get(name) or ""):
                return element
    return None


def _file(url: str) -> str:
    name = urlsplit(url).path.rpartition("/")[2]
    stem = re.sub(r"[-_]?\d{2,4}x\d{2,4}", "", name.rpartition(".")[0] or name)
    return stem if len(stem) >= 6 else ""


def _credit(image: HtmlElement) -> str:
    """Whose picture it is, from the caption around it."""
    figure = next((around for around in ancestors(image) if tag(around) == "figure"), None)
    if figure is None:
        return ""
    for element in figure.iter("span", "small", "cite", "p", "div", "em"):
        if tokens(element) & _CREDIT:
            text = text_of(element, 300)
            if 1 < len(text) <= 200:
                return re.sub(
                    r"^(?:photo|image|picture|foto|bild|credit)s?(?:\s+(?:by|credit))?\s*[:/]\s*",
                    "",
                    text,
                    flags=re.IGNORECASE,
                )
    caption = next((text_of(element, 1000) for element in figure.iter("figcaption")), "")
    match = _IN_CAPTION.search(caption)
    return next((group for group in match.groups() if group), "").strip() if match else ""
