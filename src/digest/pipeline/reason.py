"""The sentence that tells a reader why this mail came, in the language of their segment."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from digest.models.people import Recipient
from digest.pipeline.project import Project
from digest.render.words import Words, languages


def primary(language: str) -> str:
    """The primary subtag of a language tag (RFC 5646): `de` of `de-AT`."""
    return language.split("-", maxsplit=1)[0].lower()


def spoken(language: str, otherwise: str) -> str:
    """`language` when our own words exist in it, else `otherwise`."""
    return language if primary(language) in languages() else otherwise


def why(project: Project, digest: str, recipient: Recipient) -> str:
    """Why they get it: which digest, and since when they subscribed to it."""
    name = digest_name(project, digest)
    day = None if recipient.since is None else recipient.since.astimezone(project.zone).date()
    return _sentence(recipient.language, name, day)


def digest_name(project: Project, digest: str) -> str:
    """What readers call a digest: its label, else the publication's name and its own."""
    return project.settings.digests[digest].label or f"{project.settings.publication.name} {digest}"


@lru_cache(maxsize=4096)
def _sentence(language: str, name: str, day: date | None) -> str:
    words = _words(language)
    if day is None:
        return words.say("why", digest=name)
    return words.say("why_since", digest=name, date=words.date(day, "why_date"))


@lru_cache(maxsize=32)
def _words(language: str) -> Words:
    return Words.of(language)
