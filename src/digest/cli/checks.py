"""`digest check` and `digest doctor`: is this edition fit to send, and is this machine fit to send it?"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.face import Face


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("doctor")(doctor)


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE.html", help="A digest, DIGEST@DATE, or an HTML file.")],
    form: Annotated[Format, typer.Option("--format", help="How to write the findings.")] = Format.TEXT,
    online: Annotated[bool, typer.Option("--online", help="Ask every link and picture whether it is there.")] = False,
) -> int:
    """Run every check over an edition or an HTML file; exit 3 when one blocks."""
    from digest.cli.findings import say_findings

    face: Face = context.obj
    if name.lower().endswith((".html", ".htm")):
        from digest.pipeline.checking import check_file

        checked = check_file(Path(name), online=online)
    else:
        from digest.pipeline.checking import check_edition
        from digest.pipeline.draft import draft
        from digest.pipeline.naming import identify

        project = face.project()
        checked = check_edition(project, draft(project, identify(project, name)), online=online)
    if form is Format.SARIF:
        face.document(checked.sarif())
    elif form is Format.JSON or face.as_json:
        face.document(
            [
                {"segment": s, "id": f.id, "level": f.level, "message": f.message, "where": f.where, "fix": f.fix}
                for s, found in checked.findings.items()
                for f in found
            ]
        )
    else:
        # Where something stands is half of what one asks a check for.
        say_findings(replace(face, verbose=max(1, face.verbose)), checked.findings, info=True)
    return 3 if checked.blocking else 0


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no relay, no SendGrid and no name server.")] = False,
    from_address: Annotated[
        list[str] | None, typer.Option("--from-address", help="An IP address that mail leaves from.")
    ] = None,
) -> int:
    """Look over settings, store, templates, transport, secrets and DNS; exit 3 when something is wrong."""
    from digest.pipeline.examine import examine
    from digest.pipeline.mail_setup import read_addresses

    face: Face = context.obj
    signs = {"ok": "✓", "warning": "!", "problem": "✗", "skipped": "–"}
    seen = []
    addresses = read_addresses(from_address or ())
    for finding in examine(face.root(), face.environ, face.clock(), offline=offline, addresses=addresses):
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
