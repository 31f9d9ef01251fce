"""`digest test`: an edition to oneself, with links that act on nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.edition import Name
from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    app.command("test")(to_myself)


def to_myself(
    context: typer.Context,
    name: Name,
    to: Annotated[str, typer.Option(help="Your own address.")],
    as_: Annotated[str | None, typer.Option("--as", help="As this subscriber, or `empty`.")] = None,
    segment: Annotated[str | None, typer.Option(help="Only this segment's variant.")] = None,
    transport: Annotated[str | None, typer.Option(help="Another transport than the settings say.")] = None,
) -> int:
    """Send an edition to yourself; its links act on nothing and nobody's record changes."""
    from digest.cli.send import demand_segments
    from digest.models.mail import State
    from digest.pipeline.build import build
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify
    from digest.pipeline.rehearsal import send_to_oneself

    face: Face = context.obj
    project = face.project()
    built = build(project, draft(project, identify(project, name)))
    if segment is not None:
        demand_segments(project, name, [segment])
    failed = 0
    for message, delivery in send_to_oneself(project, built, to, as_=as_, segment=segment, transport=transport):
        failed += delivery.state is not State.ACCEPTED
        if face.as_json:
            face.event({"segment": message.segment, "state": delivery.state.value, "reason": delivery.reason})
        else:
            what = "accepted" if delivery.state is State.ACCEPTED else f"{delivery.state.value}: {delivery.reason}"
            where = f" · {delivery.reference}" if delivery.reference else ""
            face.say(f"  {message.segment:<14} {what}{where}")
    return 5 if failed else 0
