"""Counting opens, where the newsroom wants it: a picture of one pixel at the end of html mail, put there when an
edition freezes, and what is kept when it is fetched. Text-only mail, previews and tests never have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.address import OPENED
from digest.models.edition import Rendering
from digest.models.mail import EventKind
from digest.pipeline.personal import PersonalEdition
from digest.pipeline.project import Project
from digest.pipeline.scanners import scanner
from digest.store import preferences
from digest.store.preferences import Sent

PIXEL = f'<img src="{{{{{OPENED}}}}}" width="1" height="1" alt="" style="display:block;border:0">'
_END = "</body>"
# Privacy proxies such as Apple's fetch the pictures of every mail, read or not, and give this name and no more.
_PRIVACY = "Mozilla/5.0"


def watched(rendering: Rendering) -> Rendering:
    """The variant with the picture at the end of its html."""
    if OPENED in rendering.slots:
        return rendering
    before, end, after = rendering.html.rpartition(_END)
    page = f"{before}{PIXEL}{end}{after}" if end else f"{rendering.html}{PIXEL}"
    return replace(rendering, html=page, slots=tuple(sorted({*rendering.slots, OPENED})))


def unwatched(rendering: Rendering) -> Rendering:
    """The variant as it was before `watched`."""
    if OPENED not in rendering.slots:
        return rendering
    slots = tuple(slot for slot in rendering.slots if slot != OPENED)
    return replace(rendering, html=rendering.html.replace(PIXEL, ""), slots=slots)


def in_shells(edition: PersonalEdition, change: Callable[[Rendering], Rendering]) -> PersonalEdition:
    """A personal edition with the shell of each language changed: what stands once in a mail stands there."""
    variants = {tag: replace(own, shell=change(own.shell)) for tag, own in edition.variants.items()}
    return replace(edition, variants=variants)


def opened(project: Project, sent: Sent, *, head: bool, agent: str) -> bool:
    """Keep that a mail was opened; whether that was likely by a person. Nothing about the reader changes.

    Of each mail the first opening by a person and the first by a machine are kept, however often it is fetched.
    """
    now = project.now()
    reason = "a privacy proxy" if agent.strip() == _PRIVACY else scanner(now, sent, head, agent)
    key = f"open-{sent.delivery}-machine" if reason else f"open-{sent.delivery}"
    with project.store.database.begin() as connection:
        if preferences.told(connection, key) is None:
            doc = {"machine": True, "why": reason} if reason else {}
            preferences.note(connection, key, sent.delivery, EventKind.OPENED.value, now, doc=doc)
    return not reason
