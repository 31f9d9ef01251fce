"""`digest subscribers import`: a file of readers taken in, or looked over first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.importing import Foreseen, Imported
    from digest.readers import RowError

SHOWN = 10


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or Mailchimp's or Substack's zip.")],
    digest: Annotated[str | None, typer.Option(help="The digest for rows that name none.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what each column becomes and how many of each there are.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume/--from-start", help="Go on with an import of this file that was interrupted.")
    ] = True,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that are not taken are written; else beside the file.")
    ] = None,
) -> int:
    """Import subscribers; a bad row never stops the others, and an interrupted import goes on when it is repeated.

    Exports of Mailchimp, Ghost, listmonk, Substack and beehiiv are known by their headings.
    """
    from digest.pipeline.importing import foresee, import_csv

    face: Face = context.obj
    project = face.project()
    if dry_run:
        _say_foreseen(face, file, foresee(project, file, digest))
        return 0
    running = import_csv(project, file, digest, afresh=not resume, rejects=rejects)
    done = deque(_bar(face, running), maxlen=1).pop()
    _say_errors(face, file, done.errors, done.failed)
    for line, warning in done.warnings[:SHOWN]:
        face.warn(f"{file}:{line}: {warning}")
    if done.warned > SHOWN:
        face.warn(f"and {count(done.warned - SHOWN, 'more warning')}")
    if done.refused:
        face.say(f"  Rows that were not taken, with reasons: {done.refused}")
    if face.as_json:
        face.document(
            {
                "rows": done.rows,
                "new": done.new,
                "known": done.known,
                "repeated": done.repeated,
                "left": done.kept_out,
                "suppressed": done.suppressed,
                "errors": [_error(error) for error in done.errors],
                "failed": done.failed,
                "resumed": done.resumed,
                "rejects": str(done.refused) if done.refused else None,
            }
        )
    else:
        extra = "".join(
            f" · {number:,} {word}"
            for number, word in (
                (done.repeated, "twice in the file"),
                (done.kept_out, "had left and stay so"),
                (done.suppressed, "suppressed"),
                (done.failed, "not taken"),
            )
            if number
        )
        face.say(f"{count(done.rows, 'row')}: {done.new:,} new · {done.known:,} known{extra}")
    return 1 if done.failed and not (done.new or done.known) else 0


def _bar(face: Face, running: Iterator[Imported]) -> Iterator[Imported]:
    """The same, with a bar on a terminal, and a line now and then where there is none."""
    told = 0
    if not face.colour or face.quiet:
        for done in running:
            if done.rows - told >= 100_000:
                told = done.rows
                face.say(f"  {done.rows:,} rows …")
            yield done
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for done in running:
            progress.update(
                task, completed=done.rows, total=None if done.lines is None else max(done.lines, done.rows)
            )
            yield done


def _say_errors(face: Face, file: Path, errors: list[RowError], failed: int) -> None:
    for error in errors[:SHOWN]:
        where = f"{file}:{error.file}:{error.line}" if error.file else f"{file}:{error.line}"
        face.warn(f"{where}: {error.what}" + (f" ({error.hint})" if error.hint else ""))
    if failed > SHOWN:
        face.warn(f"and {count(failed - SHOWN, 'more row')} not taken")


def _error(error: RowError) -> dict[str, str | int]:
    told: dict[str, str | int] = {"line": error.line, "what": error.what}
    return told | {"file": error.file} if error.file else told


def _say_foreseen(face: Face, file: Path, found: Foreseen) -> None:
    if face.as_json:
        face.document(
            {
                "files": [
                    {
                        "file": one.where,
                        "from": one.origin or "digest",
                        "columns": {fate.heading: fate.becomes for fate in one.fates},
                    }
                    for one in found.files
                ],
                "rows": found.rows,
                "become": dict(sorted(found.become.items())),
                "refused": dict(sorted(found.refused.items())),
            }
        )
        return
    for one in found.files:
        face.data(f"{one.where} · {one.origin or 'our own columns'}")
        rows = [(clip(fate.heading, 34), clip(fate.becomes, 40)) for fate in one.fates]
        face.data(table(rows, ("Column", "Becomes")))
    face.data(f"{count(found.rows, 'row')}")
    for become, number in sorted(found.become.items(), key=lambda item: (-item[1], item[0])):
        word = {"bounced": "bounced: never written to", "complained": "complained: never written to"}.get(become)
        face.data(f"  {number:>10,}  {word or become}")
    for reason, number in sorted(found.refused.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]:
        face.data(f"  {number:>10,}  not taken: {reason}")
    _say_errors(face, file, list(found.errors[:3]), min(len(found.errors), 3))
    face.say("Nothing was stored (--dry-run).")
