"""The addresses behind one reader's links, signed for that reader, or dead where nobody may act on them."""

from __future__ import annotations

from urllib.parse import quote

from digest.address import RecipientLinks
from digest.pipeline.project import Project
from digest.tokens import DEAD

UNSUBSCRIBE = "u"
PREFERENCES = "p"
READ = "r"
FEEDBACK = "f"


def live(project: Project, subscriber: int, digest: str, edition: str) -> RecipientLinks:
    """Links that act for this reader. Only a delivery carries them."""
    signer = project.signer
    tokens = {
        purpose: signer.sign(purpose, subscriber, digest) for purpose in (UNSUBSCRIBE, PREFERENCES, READ, FEEDBACK)
    }
    return _links(project, tokens, edition)


def dead(project: Project, edition: str) -> RecipientLinks:
    """Links of the same shape whose tokens act on nothing, for previews and tests."""
    return _links(project, dict.fromkeys((UNSUBSCRIBE, PREFERENCES, READ, FEEDBACK), DEAD), edition)


def unsubscribe_page(project: Project) -> str:
    """The address that must answer before mail may leave: the unsubscribe page with a dead token."""
    return f"{project.settings.publication.base_url.rstrip('/')}/{UNSUBSCRIBE}/{DEAD}"


def _links(project: Project, tokens: dict[str, str], edition: str) -> RecipientLinks:
    base = project.settings.publication.base_url.rstrip("/")
    mailto = project.settings.delivery.unsubscribe_mailto
    return RecipientLinks(
        unsubscribe_url=f"{base}/{UNSUBSCRIBE}/{tokens[UNSUBSCRIBE]}",
        preferences_url=f"{base}/{PREFERENCES}/{tokens[PREFERENCES]}",
        browser_url=f"{base}/{READ}/{tokens[READ]}/{quote(edition)}",
        feedback_url=f"{base}/{FEEDBACK}/{tokens[FEEDBACK]}/{quote(edition)}",
        unsubscribe_mailto=f"mailto:{mailto}?subject={quote(tokens[UNSUBSCRIBE])}" if mailto else "",
    )
