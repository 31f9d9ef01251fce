"""Open a rendering, or the message made of it, so that every rule reads the same thing."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import Message
from typing import TYPE_CHECKING, Any

from digest.check.finding import Given
from digest.errors import UsageError
from digest.models.edition import Rendering

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNREAD = frozenset({"style", "script", "title", "head", "noscript", "template"})
_SLOT = re.compile(r"\{\{ ?([a-z][a-z0-9_:]*) ?\}\}")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def open_mail(rendering: Rendering, message: bytes | None, **more: Any) -> Given:
    """Everything the rules look at.

    Raises:
        UsageError: there is no HTML in it.
    """
    html, text, headers = rendering.html, rendering.text, None
    if message is not None:
        headers = message_from_bytes(message, policy=policy.compat32)
        html, text = _part(headers, "text/html"), _part(headers, "text/plain")
    slots = frozenset(rendering.slots)
    page = parse(html)
    return Given(
        rendering=rendering,
        html=html,
        text=text,
        page=page,
        words=visible(page, slots),
        styles=tuple(element.text or "" for element in page.iter("style")),
        message=message,
        headers=headers,
        slots=slots,
        **more,
    )


def parse(html: str) -> HtmlElement:
    """The document of `html`."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        return document_fromstring(_CONTROLS.sub("", html), parser=HTMLParser(encoding=None, huge_tree=False))
    except (etree.ParserError, ValueError) as problem:
        raise UsageError(f"there is no HTML to check: {problem}") from problem


def visible(page: HtmlElement, slots: frozenset[str]) -> str:
    """The text that a reader sees, single-spaced, without the slots that are declared."""
    pieces: list[str] = []
    stack: list[tuple[Any, bool]] = [(page, False)]
    while stack:
        element, tail = stack.pop()
        if tail:
            pieces.append(element.tail or "")
            continue
        stack.append((element, True))
        if not isinstance(element.tag, str) or element.tag in _UNREAD or _HIDDEN.search(element.get("style", "")):
            continue
        pieces.append(element.text or "")
        stack.extend((child, False) for child in reversed(element))
    return " ".join(without_slots(" ".join(pieces), slots).split())


def slots_in(html: str) -> tuple[str, ...]:
    """The names of what looks like a slot, sorted."""
    return tuple(sorted({found[1] for found in _SLOT.finditer(html)}))


def without_slots(text: str, slots: frozenset[str]) -> str:
    """`text` without the declared `{{slot}}`s; any other stays."""
    return _SLOT.sub(lambda found: "" if found[1] in slots else found[0], text)


def _part(message: Message, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind:
            data = part.get_payload(decode=True)
            if isinstance(data, bytes):
                charset = part.get_content_charset("utf-8")
                try:
                    return data.decode(charset, "replace")
                except LookupError:
                    return data.decode("utf-8", "replace")
    return ""
