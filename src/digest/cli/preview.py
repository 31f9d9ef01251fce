"""`digest preview`: look at an edition in a browser, edit it, approve it and send it from there."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    app.command("preview")(preview)


def preview(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A digest, or DIGEST@DATE.")] = None,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 8025,
    host: Annotated[str, typer.Option(help="Listen for other machines too; asks for a password.")] = "127.0.0.1",
    password_env: Annotated[
        str | None, typer.Option("--password-env", help="The environment variable that holds the password.")
    ] = None,
    known_as: Annotated[
        list[str] | None,
        typer.Option("--known-as", help="Another host name that browsers use for it; repeat for more."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Your name: what you do in the browser is signed with it.")] = None,
) -> None:
    """Show an edition as each segment gets it, and edit, test, approve, share, send and watch it in the browser."""
    # Nearly all that a start loads stays: looking through it for garbage takes a fifth of the time to the first page.
    gc.disable()
    from digest.errors import CredentialsError, UsageError

    face: Face = context.obj
    project = face.project()
    try:
        from digest.web.preview import serve
    except ImportError as problem:
        raise UsageError(f"the preview needs {problem.name}", hint="pip install 'digest[web]'") from problem
    wanted = name or next(iter(project.settings.digests))
    password = project.environ.get(password_env, "") if password_env else None
    if password_env and not password:
        raise CredentialsError(f"the variable {password_env} is empty", where="--password-env")
    serve(
        project,
        wanted,
        port=port,
        say=face.say,
        host=host,
        password=password,
        known_as=known_as or (),
        person=by or project.environ.get("USER") or "the editor",
        warm=_collect,
    )


def _collect() -> None:
    """Look for garbage from now on, but no more among what was loaded: the next reload is not held up by it."""
    gc.freeze()
    gc.enable()
