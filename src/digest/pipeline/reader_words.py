"""The words of readers' pages and letters: which language a reader is spoken to in, and how digests and topics are
called in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

import digest.readers
from digest.pipeline.project import Project
from digest.pipeline.reason import digest_name, primary
from digest.render.words import Words, languages

FOLDER = Path(digest.readers.__file__).parent / "words"


@cache
def spoken_languages() -> tuple[str, ...]:
    """The languages that readers' pages exist in, sorted."""
    return languages(FOLDER)


def reader_words(language: str) -> Words:
    """The words of a language for readers' pages and letters.

    Raises:
        ConfigError: there are none.
    """
    return Words.of(language, FOLDER)


def words_for(project: Project, *wanted: str) -> Words:
    """The words of the first language that has any, else of the publication's, else English."""
    known = spoken_languages()
    for language in (*wanted, project.settings.publication.language):
        if language and primary(language.replace("_", "-")) in known:
            return reader_words(language)
    return reader_words("en")


def preferred(header: str) -> tuple[str, ...]:
    """The languages of an Accept-Language header, the most wanted first (RFC 9110, section 12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for at, part in enumerate(header[:400].split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag.replace("-", "").isalnum() and tag.isascii() and 0 < quality <= 1:
            ranked.append((-quality, at, tag))
    return tuple(tag for _, _, tag in sorted(ranked))


def topic_label(project: Project, topic: str, language: str) -> str:
    """What a topic is called in a language; its id when the settings no longer have it."""
    found = project.settings.topics.get(topic)
    if found is None:
        return topic
    return found.labels.get(language) or found.labels.get(primary(language)) or found.label


def topic_labels(project: Project, topics: Iterable[str], language: str) -> tuple[str, ...]:
    """The same for several."""
    return tuple(topic_label(project, topic, language) for topic in topics)


def called(project: Project, digest: str) -> str:
    """A digest with the publication's name; one that the settings no longer have goes by that name alone."""
    publication = project.settings.publication.name
    if digest not in project.settings.digests:
        return publication
    name = digest_name(project, digest)
    return name if publication in name else f"{publication} · {name}"


def day(project: Project, words: Words, moment: datetime) -> str:
    """A moment as a date in words, in the publication's zone."""
    return words.date(moment.astimezone(project.zone).date(), "day")


def masked(email: str) -> str:
    """An address as its owner knows it again and nobody else does: `j•••@e•••.org`."""
    local, _, domain = email.rpartition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}" if dot else f"{local[:1]}•••@{domain[:1]}•••"
