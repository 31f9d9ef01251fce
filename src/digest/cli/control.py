"""`digest pause`, `resume`, `cancel`, `undo` and `rate`: steer a send that goes on in this or another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.edition import Name
from digest.cli.face import Face

if TYPE_CHECKING:
    from digest.pipeline.control import Controlled
    from digest.pipeline.project import Project

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("cancel")(cancel)
    app.command("undo")(undo)
    app.command("rate")(rate)


def pause(context: typer.Context, name: Name) -> int:
    """Hold a send: who has not got it waits until `digest resume`."""
    from digest.pipeline import control

    face: Face = context.obj
    project = face.project()
    return _say(face, control.pause(project, _edition(project, name)))


def resume(
    context: typer.Context,
    name: Name,
    wait: Annotated[str, typer.Option(help="How long to stay for messages to be retried.")] = "15m",
    transport: Annotated[str | None, typer.Option(help="folder, smtp, sendgrid, or pkg.mod:Class.")] = None,
) -> int:
    """Go on with a paused send: in the process that waits, else in this one."""
    from digest.cli.send import go_on
    from digest.pipeline import control

    face: Face = context.obj
    project = face.project()
    done = control.resume(project, _edition(project, name))
    if done.running:
        return _say(face, done)
    return go_on(face, project, name, wait=wait, transport=transport)


def cancel(context: typer.Context, name: Name, yes: Yes = False) -> int:
    """Send no more of an edition, ever. Who has got it has got it."""
    from digest.errors import Declined, UsageError
    from digest.pipeline import control

    face: Face = context.obj
    project = face.project()
    edition = _edition(project, name)
    if not yes:
        if not face.asks:
            raise UsageError("nobody is here to confirm", hint="say --yes")
        if not typer.confirm(f"Cancel {edition} for good?", default=False, err=True):
            raise Declined("it was not cancelled")
    return _say(face, control.cancel(project, edition))


def undo(context: typer.Context, name: Name) -> int:
    """Take a send back of which nothing has left: in its countdown, or while it is scheduled."""
    from digest.pipeline import control

    face: Face = context.obj
    project = face.project()
    return _say(face, control.undo(project, _edition(project, name)))


def rate(
    context: typer.Context, name: Name, fast: Annotated[str, typer.Argument(metavar="R", help="As 50/s, or usual.")]
) -> int:
    """Send faster or slower from now on; `usual` is what the settings say."""
    from digest.cli.send import parsed
    from digest.pipeline import control
    from digest.settings import Rate

    face: Face = context.obj
    wanted = None if fast == "usual" else parsed(Rate.parse, fast, "R")
    project = face.project()
    return _say(face, control.set_rate(project, _edition(project, name), wanted))


def _edition(project: Project, name: str) -> str:
    """Which edition is meant: the named one, else today's, else an older one that is still being sent."""
    from digest.pipeline.naming import identify, unfinished
    from digest.pipeline.standing import last_edition

    identity = identify(project, name, sending=True)
    named = "@" in name or "/" in name
    if named or last_edition(project, identity, named=True) is not None:
        return identity.id
    older = unfinished(project, identity.digest, identity.id)
    return older.id if older else identity.id


def _say(face: Face, done: Controlled) -> int:
    if face.as_json:
        face.document(
            {"edition": done.edition, "running": done.running, "detail": done.words, **done.counts.as_json()}
        )
        return 0
    face.say(done.words + ".", bold=True)
    if done.counts.total:
        face.say(f"  {done.counts.done:,} of {done.counts.total:,} done, {done.counts.remaining:,} left")
    return 0
