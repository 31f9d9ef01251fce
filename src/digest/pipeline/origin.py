"""What the words of an edition come from beside its stories: its file, the templates, the audiences, the settings.

Each part is a hash under the name that people know it by, so that it can be said which of them changed since an
edition was frozen. Settings that decide how mail travels, or which stories a later selection finds, are no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from digest.models.edition import Edition
from digest.pipeline import edition_file
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.settings.load import MAIN

FILE = "the edition file"
LARGEST = 1_000_000


def identity_of(edition: Edition) -> Identity:
    """The identity of a stored edition."""
    return Identity(edition.digest, edition.id, date.fromisoformat(edition.date), edition.cut)


def origin(project: Project, identity: Identity) -> dict[str, str]:
    """Part → hash, for all that shapes an edition now.

    Raises:
        ConfigError: the edition file holds what does not fit.
    """
    found = edition_file.read(project, identity)
    parts = {FILE: _hash(repr(found[0]) if found else "")}
    templates = project.root / "templates"
    for path in sorted(templates.glob("**/*.j2")):
        with path.open("rb") as stream:
            parts[f"templates/{path.relative_to(templates).as_posix()}"] = _hash(repr(stream.read(LARGEST)))
    for segment in project.segments(identity.digest):
        parts[f"audiences/{segment.name}.toml"] = _hash(repr(replace(segment, filter="", where="")))
    settings = project.settings
    digest = replace(project.digest(identity.digest), schedule=None, approval=False)
    shaping = {
        "[publication]": replace(settings.publication, weather=None, archive=None),
        f"[digests.{identity.digest}]": digest,
        "[topics]": settings.topics,
        "[theme]": settings.theme,
        "[links]": settings.links,
        "[images]": settings.images,
        "[summaries]": replace(settings.summaries, api_key=None),
    }
    parts.update({f"{MAIN} {name}": _hash(repr(value)) for name, value in shaping.items()})
    return parts


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the parts that are not as they were, also those that came or went."""
    return tuple(name for name in sorted({*before, *now}) if before.get(name) != now.get(name))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
