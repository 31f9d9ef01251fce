"""Where each element of a segment's mail was written: the template's file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.errors import ConfigError
from digest.pipeline.draft import Draft
from digest.pipeline.project import Project
from digest.pipeline.reason import spoken
from digest.pipeline.view import Page
from digest.pipeline.weather import weather_line

if TYPE_CHECKING:
    from digest.render.tracing import Traced


def traced(project: Project, made: Draft, segment: str) -> Traced:
    """The mail of one segment with its elements labelled.

    Raises:
        TemplateError: it cannot be rendered.
        ConfigError: the segment has no audience any more.
    """
    if segment not in project.audiences:
        raise ConfigError(f'there is no audience "{segment}"')
    audience = project.audiences[segment]
    with project.store.database.read() as connection:
        page = Page.of(project, made, connection, weather_line(project), leaves=False)
    return page.illustrated().trace(audience, spoken(audience.language or "", project.settings.publication.language))
