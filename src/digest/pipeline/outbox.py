"""Show the mails of the folder transport to a person: an `index.html` beside them."""

from __future__ import annotations

from pathlib import Path

from digest.pipeline.project import Project
from digest.send.outbox import write_index


def show_outbox(project: Project, edition: str) -> Path:
    """Writes the index of an edition's mails; its path."""
    outbox = project.root / project.settings.delivery.outbox
    return write_index(outbox, edition, publication=project.settings.publication.name, now=project.now())
