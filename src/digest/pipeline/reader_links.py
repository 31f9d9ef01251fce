"""The addresses behind one reader's links, signed for that reader, or dead where nobody may act on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from digest.address import OPENED, RecipientLinks
from digest.pipeline.project import Project
from digest.store.opening import signing_keys
from digest.tokens import DEAD, Claim, Signer

UNSUBSCRIBE = "u"
PREFERENCES = "p"
READ = "r"
FEEDBACK = "f"
CLICK = "c"
OPEN = "o"
CONFIRM = "j"
ADDRESS = "a"
ALWAYS = (UNSUBSCRIBE, PREFERENCES, READ, FEEDBACK)
TRACKED = "link:"
# RFC 3986, section 2.3: what stands in an address as it is.
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+").fullmatch


def live(project: Project, subscriber: int, digest: str, edition: str, slots: Iterable[str] = ()) -> RecipientLinks:
    """Links that act for this reader. Only a delivery carries them. Of `slots`, those of counted links
    and opens are filled."""
    counted, watched, purposes = _asked(tuple(slots))
    tokens = project.signer.sign_each(purposes, subscriber, digest)
    return _links(project, tokens, edition, counted, watched=watched)


def dead(project: Project, edition: str, slots: Iterable[str] = ()) -> RecipientLinks:
    """Links of the same shape whose tokens act on nothing, for previews and tests."""
    counted = tuple(slot for slot in slots if slot.startswith(TRACKED))
    return _links(project, dict.fromkeys((*ALWAYS, CLICK), DEAD), edition, counted)


def opened(project: Project, purpose: str, token: str) -> tuple[int, str] | None:
    """(subscriber, digest) when a token is ours and for this purpose. Keys that another process added since this one
    began are read from the store when a token names one."""
    found = project.signer.verify(purpose, token)
    if found is None and not project.signer.knows(token) and len(token) <= 300:
        found = _fresh(project).verify(purpose, token)
    return found


def opened_until(project: Project, purpose: str, token: str, now: datetime) -> Claim | None:
    """What a token that ends says; None when it is not ours."""
    found = project.signer.verify_until(purpose, token, now)
    if found is None and not project.signer.knows(token) and len(token) <= 300:
        found = _fresh(project).verify_until(purpose, token, now)
    return found


def personal(project: Project, purpose: str, subscriber: int, digest: str) -> str:
    """The address of one page of one reader, outside an edition."""
    return f"{_base(project)}/{purpose}/{project.signer.sign(purpose, subscriber, digest)}"


def confirming(project: Project, purpose: str, subscriber: int, letter: str, until: datetime) -> str:
    """The address behind the button of a letter, which works until then."""
    return f"{_base(project)}/{purpose}/{project.signer.sign_until(purpose, subscriber, letter, until)}"


@lru_cache(maxsize=64)
def _asked(slots: tuple[str, ...]) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Of a variant's slots: the counted links, whether opens are watched, and what tokens are for."""
    counted = tuple(slot for slot in slots if slot.startswith(TRACKED))
    watched = OPENED in slots
    return counted, watched, (*ALWAYS, *([CLICK] if counted else []), *([OPEN] if watched else []))


def _fresh(project: Project) -> Signer:
    return Signer(project.settings.publication.id, signing_keys(project.store.database))


def _base(project: Project) -> str:
    return project.settings.publication.base_url.rstrip("/")


def archive_page(project: Project) -> str | None:
    """Where everybody may read editions; None without a public archive."""
    publication = project.settings.publication
    return f"{publication.base_url.rstrip('/')}/archive/" if publication.archive else None


def unsubscribe_page(project: Project) -> str:
    """The address that must answer before mail may leave: the unsubscribe page with a dead token."""
    return f"{_base(project)}/{UNSUBSCRIBE}/{DEAD}"


def _links(
    project: Project, tokens: dict[str, str], edition: str, counted: tuple[str, ...] = (), *, watched: bool = False
) -> RecipientLinks:
    base, here = _base(project), _quoted(edition)
    mailto, subject = project.settings.delivery.unsubscribe_mailto, tokens[UNSUBSCRIBE]
    if mailto and not _UNRESERVED(subject):
        subject = quote(subject)
    tracked = {slot: f"{base}/{CLICK}/{tokens[CLICK]}/{here}/{slot.removeprefix(TRACKED)}" for slot in counted}
    if watched:
        tracked[OPENED] = f"{base}/{OPEN}/{tokens[OPEN]}/{here}.gif"
    return RecipientLinks(
        unsubscribe_url=f"{base}/{UNSUBSCRIBE}/{tokens[UNSUBSCRIBE]}",
        preferences_url=f"{base}/{PREFERENCES}/{tokens[PREFERENCES]}",
        browser_url=f"{base}/{READ}/{tokens[READ]}/{here}",
        feedback_url=f"{base}/{FEEDBACK}/{tokens[FEEDBACK]}/{here}",
        unsubscribe_mailto=f"mailto:{mailto}?subject={subject}" if mailto else "",
        tracked=tracked,
    )


@lru_cache(maxsize=64)
def _quoted(edition: str) -> str:
    return quote(edition)
