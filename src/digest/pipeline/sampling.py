"""One message of a variant that acts on nothing: what a build shows, checks look at, and a test sends."""

from __future__ import annotations

from dataclasses import replace

from digest.address import address, encode, letterhead
from digest.errors import UsageError
from digest.models.edition import Edition, Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.opens import unwatched
from digest.pipeline.project import Project
from digest.pipeline.reason import why

SAMPLE = Recipient("sample", 0, "reader@example.com", "Sample Reader", "", "")


def sample(project: Project, edition: Edition, rendering: Rendering, person: Recipient = SAMPLE) -> Message:
    """One message of a variant with dead tokens. Its Message-ID is its own, never a delivery's.

    Raises:
        UsageError: no mail can be written to the person's address.
    """
    settings = project.settings
    segment = project.audiences[rendering.segment]
    paper = letterhead(
        encode(unwatched(rendering)),
        publication=settings.publication,
        delivery=settings.delivery,
        digest=edition.digest,
        label=settings.digests[edition.digest].label,
        segment_from=segment.from_,
        archive_url=reader_links.archive_page(project),
    )
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
