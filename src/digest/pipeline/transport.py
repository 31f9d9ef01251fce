"""Which transport a publication's mail leaves by, opened from its settings."""

from __future__ import annotations

from digest.pipeline.project import Project
from digest.send import Sender, open_sender


def open_transport(project: Project, name: str | None = None) -> Sender:
    """The transport that `name`, else the settings, name: to be asked, or to send what is signed already. Raises as
    `open_sender`."""
    return open_sender(
        project.settings.delivery, root=project.root, environ=project.environ, now=project.clock, transport=name
    )


def sender_for(project: Project, name: str | None = None) -> Sender:
    """The same, signing if it should; raises as `open_sender`, `signed`."""
    from digest.pipeline.signing import signed

    return signed(project, open_transport(project, name))
