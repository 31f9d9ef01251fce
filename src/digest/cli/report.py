"""`digest report`: what became of an edition, as text, JSON, CSV or one HTML page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.edition import Name
from digest.cli.face import Face, clip, table

if TYPE_CHECKING:
    from digest.pipeline.report import DomainRow, Report


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def register(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    context: typer.Context,
    name: Name,
    form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TEXT,
) -> None:
    """What became of an edition: everyone counted once, and what readers did with it."""
    from digest.errors import UsageError
    from digest.pipeline import report as reports
    from digest.pipeline.naming import identify
    from digest.pipeline.standing import last_edition

    face: Face = context.obj
    project = face.project(create=False)
    edition = last_edition(project, identify(project, name, sending=True), named="@" in name or "/" in name)
    if edition is None:
        raise UsageError(f"{name} has no edition yet", hint=f"digest select {name} drafts one")
    made = reports.report(project, edition.id)
    if face.as_json or form is Format.JSON:
        face.document(made.as_json())
    elif form is Format.CSV:
        from digest.pipeline.report_table import csv_text

        face.data(csv_text(made).rstrip("\r\n"))
    elif form is Format.HTML:
        from digest.pipeline.report_page import page

        face.data(page(made, project.settings.publication.name).rstrip("\n"))
    else:
        face.data(_text(made))


def _text(made: Report) -> str:
    from digest.models.mail import State
    from digest.pipeline.progress import IN_WORDS

    lines = [f"{made.edition}  {made.state}  {clip(made.subject, 50)}"]
    if made.started:
        ended = f" to {made.finished:%H:%M}" if made.finished else ""
        lines.append(f"  sent from {made.started:%d %b %H:%M}{ended}")
    rows: list[list[object]] = [
        [IN_WORDS[state].capitalize(), f"{made.counts.of(state):,}", _share(made.counts.of(state), made.counts.total)]
        for state in State
        if made.counts.of(state)
    ]
    lines += ["", table([*rows, ["Sum", f"{made.counts.total:,}", ""]], ("People", "", ""), right=(1, 2))]
    if made.reasons:
        rows = [[f"{row.number:,}", IN_WORDS[State(row.state)], clip(row.reason, 44)] for row in made.reasons[:20]]
        lines += ["", table(rows, ("Number", "What", "Why"), right=(0,))]
    if made.domains:
        heads = ("Domain", "Sum", "Accepted", "Retry", "Failed", "No answer", "Bounced", "Complaints")
        rows = [[clip(row.domain, 24), *(f"{number:,}" for number in _numbers(row))] for row in made.domains[:20]]
        lines += ["", table(rows, heads, right=range(1, 8))]
    heard = [f"{number:,} {word}" for word, number in made.outcomes.items()]
    heard += [f"{made.unsubscribes:,} unsubscribed"] if made.unsubscribes else []
    heard += [f"{n:,} {kind.replace('_', ' ')}" for kind, n in made.feedback.items() if n]
    if heard:
        lines += ["", "  Heard since: " + " · ".join(heard)]
    if made.clicks:
        rows = [[f"{row.human:,}", f"{row.scanner:,}", clip(row.title or row.url, 56)] for row in made.clicks[:20]]
        lines += ["", table(rows, ("Readers", "Scanners", "Clicked"), right=(0, 1))]
    return "\n".join(lines)


def _numbers(row: DomainRow) -> tuple[int, ...]:
    return (row.total, row.accepted, row.deferred, row.rejected, row.unknown, row.bounced, row.complained)


def _share(number: int, total: int) -> str:
    return f"{number * 100 / total:.1f}%" if total else ""
