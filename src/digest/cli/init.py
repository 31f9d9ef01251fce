"""`digest init`: a new publication in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.face import Face, count


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    empty: Annotated[bool, typer.Option("--empty", help="Without sample stories and readers.")] = False,
) -> None:
    """Make a new publication: settings, audiences, and sample stories and readers to try it with."""
    from digest.pipeline.founding import found

    face: Face = context.obj
    taken = found(folder, face.clock(), face.environ, empty=empty)
    if face.as_json:
        face.document({"folder": str(folder), "readers": taken.new})
        return
    holds = f"with sample stories and {count(taken.new, 'reader')}" if taken.new else "empty, for your own stories"
    face.say(f"Made a publication in {folder}, {holds}.")
    face.say("  digest.toml  audiences/  templates/" + ("  stories/" if empty else "  sample/"))
    face.say("Mail goes to var/outbox as files until you choose a transport.")
    face.say("")
    look = "put stories into stories/, then digest ingest" if empty else "digest send daily --dry-run"
    face.say(f"Next:  1  cd {folder}   2  {look}   3  digest send daily")
