"""A template file as it stands on disk, with one line marked; only to be read."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from digest.content import template_roots
from digest.render.environment import TemplateFiles
from digest.web.preview.faults import desk_of, missing
from digest.web.preview.live import live_of
from digest.web.preview.pages import page


def template_url(name: str, line: int) -> str:
    """The address of a line of a template."""
    return f"/template/{quote(name)}?line={line}#L{line}"


def template(request: Request) -> Response:
    """The lines of a template, the asked one marked."""
    desk, name = desk_of(request), request.path_params["name"]
    live = live_of(request)
    project = desk.project()
    files = TemplateFiles(template_roots(project.root))
    # Only names that a template may include are asked for: no file outside the template folders is ever opened.
    file = files.find(name) if name in files.list_templates() else None
    if file is None:
        return missing(request, f"There is no template “{name[:80]}”.")
    line = request.query_params.get("line", "")
    return page(
        "template",
        publication=project.settings.publication.name,
        live=live,
        name=name,
        own=file.is_relative_to(project.root),
        lines=file.read_text(encoding="utf-8", errors="replace").splitlines(),
        marked=int(line) if line.isascii() and line.isdecimal() and len(line) < 7 else 0,
    )
