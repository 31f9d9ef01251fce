"""One message of a variant that acts on nothing: what a build shows, checks look at, and a test sends."""

from __future__ import annotations

from dataclasses import replace

from digest.address import address, encode
from digest.errors import UsageError
from digest.models.edition import Edition, Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.opens import unwatched
from digest.pipeline.papers import on_paper
from digest.pipeline.project import Project
from digest.pipeline.reason import why

SAMPLE = Recipient("sample", 0, "reader@example.com", "Sample Reader", "", "")


def sample(project: Project, edition: Edition, rendering: Rendering, person: Recipient = SAMPLE) -> Message:
    """One message of a variant with dead tokens. Its Message-ID is its own, never a delivery's.

    Raises:
        UsageError: no mail can be written to the person's address.
    """
    paper = on_paper(project, edition.digest, encode(unwatched(rendering)))
    person = replace(person, segment=rendering.segment, language=rendering.language)
    written = address(
        paper,
        person,
        links=reader_links.dead(project, edition.id, paper.slots),
        why=why(project, edition.digest, person),
        now=project.now(),
    )
    if isinstance(written, Delivery):
        raise UsageError(written.reason, where=person.email)
    return written
