"""Pages that servers send in pieces: React writes late parts into hidden elements at the end (`id="S:1"`) and leaves
a template where each belongs (`id="P:1"` or `id="B:1"`). A browser's script moves them; here this does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 500


def put_in_place(tree: HtmlElement) -> None:
    """Move every late part to where it belongs, or at least show it where it stands."""
    parts: dict[str, HtmlElement] = {}
    places: dict[str, HtmlElement] = {}
    for element in tree.iter("div", "template"):
        identifier = element.get("id") or ""
        if identifier[:2] == "S:" and element.get("hidden") is not None and len(parts) < MOST:
            parts[identifier[2:]] = element
        elif identifier[:2] in ("P:", "B:") and element.tag == "template":
            places.setdefault(identifier[2:], element)
    for name, part in parts.items():
        part.attrib.pop("hidden")
        place = places.get(name)
        if place is None or any(node is part for node in place.iterancestors()):
            continue
        _move(part, place)


def _move(part: HtmlElement, place: HtmlElement) -> None:
    tail, part.tail = part.tail, None
    before = part.getprevious()
    parent = part.getparent()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail and parent is not None:
        parent.text = (parent.text or "") + tail
    place.addprevious(part)
