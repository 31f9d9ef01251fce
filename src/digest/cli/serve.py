"""`digest serve`: the pages that readers' links lead to, and the letters that they ask for."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Where to listen; else [serve] host.")] = None,
    port: Annotated[int | None, typer.Option(help="The port, 0 takes a free one; else [serve] port.")] = None,
) -> None:
    """Answer readers: unsubscribe, preferences, sign-up, feedback; send the letters they ask for. Ctrl-C ends it."""
    from digest.errors import UsageError

    face: Face = context.obj
    project = face.project()
    try:
        from digest.web.public import serve as run
    except ImportError as problem:
        raise UsageError(f"the readers' pages need {problem.name}", hint="pip install 'digest[web]'") from problem
    settings = project.settings.serve
    run(
        project,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        say=face.say,
        write=_line,
    )


def _line(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
