"""`digest store`: check the database, and make it the one that sends this list."""

from __future__ import annotations

import typer

from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The publication's database.", no_args_is_help=True)
    group.command("check")(check)
    group.command("adopt")(adopt)
    group.command("rotate-key")(rotate_key)
    app.add_typer(group, name="store")


def check(context: typer.Context) -> None:
    """Say which store this is and what it holds."""
    from digest.pipeline.examine import holdings

    face: Face = context.obj
    project = face.project(create=False)
    held = holdings(project)
    if face.as_json:
        face.document({"id": project.store.id, **held})
        return
    face.data(f"store {project.store.id} of {project.settings.publication.id}")
    for name, number in held.items():
        face.data(f"  {number:>10,}  {name}")


def adopt(context: typer.Context) -> None:
    """Make this store the one that sends this list; any other is refused from now on."""
    from digest.pipeline.leaving import adopt as write_down

    face: Face = context.obj
    project = face.project(create=False)
    changed = write_down(project)
    face.say(f"digest.toml names the store {project.store.id}" + ("" if changed else " already") + ".")


def rotate_key(context: typer.Context) -> None:
    """Sign readers' links with a new key from now on; links that are out keep working."""
    from digest.store.opening import add_signing_key

    face: Face = context.obj
    project = face.project(create=False)
    name = add_signing_key(project.store.database)
    face.say(f"Links are signed with key {name} from now on; those of the older keys still work.")
