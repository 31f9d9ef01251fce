"""`digest check` and `digest doctor`: is this edition fit to send, and is this machine fit to send it?"""

from __future__ import annotations

import typer

from digest.cli.edition import Name
from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("doctor")(doctor)


def check(context: typer.Context, name: Name) -> int:
    """Run every check over an edition; exit 3 when one blocks."""
    from digest.cli.findings import say_findings
    from digest.pipeline.build import build
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify

    face: Face = context.obj
    project = face.project()
    built = build(project, draft(project, identify(project, name)))
    if face.as_json:
        face.document(
            [
                {"segment": s, "id": f.id, "level": f.level, "message": f.message, "where": f.where, "fix": f.fix}
                for s, found in built.findings.items()
                for f in found
            ]
        )
    else:
        say_findings(face, built.findings, info=True)
    return 3 if built.blocking else 0


def doctor(context: typer.Context) -> int:
    """Look over settings, store, templates, transport and secrets; exit 3 when something is wrong."""
    from digest.pipeline.examine import examine

    face: Face = context.obj
    signs = {"ok": "✓", "warning": "!", "problem": "✗"}
    seen = []
    for finding in examine(face.root(), face.environ, face.clock()):
        seen.append(finding)
        if not face.as_json:
            face.data(f"{signs[finding.state]} {finding.what}")
            if finding.fix:
                face.data(f"    Fix: {finding.fix}")
    problems = sum(1 for finding in seen if finding.state == "problem")
    if face.as_json:
        face.document([{"state": f.state, "what": f.what, "fix": f.fix} for f in seen])
    else:
        face.say(f"{problems} problems" if problems else "All well.")
    return 3 if problems else 0
