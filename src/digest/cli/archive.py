"""`digest archive`: the public archive as files, corrections on it, and editions taken out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.face import Face, count

Name = Annotated[str, typer.Argument(metavar="NAME@DATE", help="An edition that was sent, as daily@2026-11-24.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The public archive.", no_args_is_help=True)
    group.command("build")(build)
    group.command("correct")(correct)
    group.command("withdraw")(withdraw)
    app.add_typer(group, name="archive")


def build(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The folder to write to; else var/site.")] = None,
) -> None:
    """Write the archive as files that any web server can serve."""
    from digest.pipeline.archive_files import write_files
    from digest.pipeline.archiving import demand_archive

    face: Face = context.obj
    project = face.project()
    archive = demand_archive(project)
    folder = out or project.root / "var" / "site"
    changed = write_files(archive, folder)
    if face.as_json:
        face.document({"folder": str(folder), "changed": changed, "editions": len(archive.entries())})
    else:
        face.say(
            f"{count(len(archive.entries()), 'edition', 'editions')}, {changed} files new or changed, in {folder}"
        )


def correct(
    context: typer.Context,
    name: Name,
    note: Annotated[str, typer.Option(help="What was wrong, and what is right.")],
) -> None:
    """Say on an edition's page what was wrong in it."""
    from digest.pipeline.archiving import correct as correcting
    from digest.pipeline.naming import identify

    face: Face = context.obj
    project = face.project()
    identity = identify(project, name)
    correcting(project, identity.id, note, project.now())
    face.say(f"The page of {identity.id} says so now. `digest archive build` writes it to files.")


def withdraw(
    context: typer.Context,
    name: Name,
    reason: Annotated[str, typer.Option(help="What readers are told; may be empty.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Put it back.")] = False,
) -> None:
    """Take an edition out of the archive: its page answers 410 and says why. What was mailed stays mailed."""
    from digest.pipeline.archiving import withdraw as withdrawing
    from digest.pipeline.naming import identify

    face: Face = context.obj
    project = face.project()
    identity = identify(project, name)
    withdrawing(project, identity.id, None if undo else reason)
    face.say(f"{identity.id} is back in the archive." if undo else f"{identity.id} is withdrawn.")
