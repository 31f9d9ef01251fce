"""`digest preview`: look at an edition in a browser; nothing is sent anywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    app.command("preview")(preview)


def preview(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A digest, or DIGEST@DATE.")] = None,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 8025,
) -> None:
    """Show an edition as each segment gets it: phone and desktop, light and dark, plain text."""
    from digest.errors import UsageError

    face: Face = context.obj
    project = face.project()
    try:
        from digest.web.preview import serve
    except ImportError as problem:
        raise UsageError(f"the preview needs {problem.name}", hint="pip install 'digest[web]'") from problem
    wanted = name or next(iter(project.settings.digests))
    serve(project, wanted, port=port, say=face.say)
