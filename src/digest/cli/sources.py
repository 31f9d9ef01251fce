"""`digest ingest` and `digest sources`: read the sources, and see how they are doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from datetime import datetime

    from digest.ingest import SourceReport
    from digest.pipeline.gather import Gathered
    from digest.pipeline.project import Project
    from digest.store.health import SourceHealth


def register(app: typer.Typer) -> None:
    app.command("ingest")(ingest)
    group = typer.Typer(help="Where stories come from.", no_args_is_help=True)
    group.command("list")(list_sources)
    group.command("test")(try_sources)
    app.add_typer(group, name="sources")


def ingest(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source; repeat for more.")] = None,
) -> int:
    """Read the sources and keep what is new."""
    face: Face = context.obj
    results = read_sources(face, face.project(), tuple(source or ()))
    if face.as_json:
        face.document([_json(result) for result in results])
    failed = [result for result in results if result.failures and not result.gave and not result.unchanged]
    return 1 if results and len(failed) == len(results) else 0


def read_sources(face: Face, project: Project, only: tuple[str, ...] = ()) -> list[Gathered]:
    """Ingest. On a terminal one line shows how far it is; otherwise each source is a line as it is done. Then what
    could not be read, and the sum."""
    from digest.pipeline.gather import gather

    results: list[Gathered] = []
    expected = len(only) or len(project.settings.sources)
    with _progress(face, expected) as step:
        for result in gather(project, only):
            results.append(result)
            step(result)
    if not results:
        face.warn("no sources are set up; add a [[sources]] to digest.toml")
    for result in results:
        for failure in result.failures[:5]:
            face.warn(f"{failure.where or result.source}: {failure.what}")
        if len(result.failures) > 5:
            face.warn(f"{result.source}: and {len(result.failures) - 5} more problems (--json lists them)")
    if len(results) > 1:
        face.say(_sum(results))
    return results


@contextmanager
def _progress(face: Face, expected: int) -> Iterator[Callable[[Gathered], None]]:
    """What is called with each result as it comes."""
    if not face.colour or face.quiet or expected < 2:
        yield lambda result: face.say(_line(result))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("  reading the sources"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[stories]:,} stories · {task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=expected, stories=0, name="…")
        stories = 0

        def step(result: Gathered) -> None:
            nonlocal stories
            stories += result.gave
            bar.update(task, advance=1, stories=stories, name=clip(result.source, 24))

        yield step


def _line(result: Gathered) -> str:
    trouble = f" · {count(len(result.failures), 'problem')}" if result.failures else ""
    if result.unchanged:
        return f"  {result.source:<14} nothing new{trouble}"
    if result.failures and not result.gave:
        return f"  {result.source:<14} could not be read"
    fresh = f"{result.new} new" if result.new or not result.changed else ""
    what = ", ".join(part for part in (fresh, f"{result.changed} changed" if result.changed else "") if part)
    what = what if result.new or result.changed else "nothing new"
    return f"  {result.source:<14} {count(result.gave, 'story', 'stories')}: {what}{trouble}"


def _sum(results: list[Gathered]) -> str:
    """All sources in one line; every one of them is counted in exactly one part."""
    dead = sum(1 for r in results if r.failures and not r.gave and not r.unchanged)
    same = sum(1 for r in results if r.unchanged)
    parts = [f"{count(len(results) - dead - same, 'source')} read", f"{same} unchanged" if same else "",
             f"{dead} could not be read" if dead else ""]  # fmt: skip
    gave, new, changed = (sum(getattr(r, key) for r in results) for key in ("gave", "new", "changed"))
    stories = f"{count(gave, 'story', 'stories')}, {new:,} new" + (f", {changed:,} changed" if changed else "")
    return f"  {' · '.join(part for part in parts if part)}: {stories}"


def list_sources(context: typer.Context) -> None:
    """Every source with its health."""
    from digest.store import health

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        known_health = health.of_all(connection)
    rows, documents = [], []
    for source in project.settings.sources:
        known = known_health.get(source.name)
        state = _state(known)
        when = known.succeeded.astimezone(project.zone).strftime("%d %b %H:%M") if known and known.succeeded else "–"
        rows.append((source.name, source.kind, known.gave if known else 0, when, clip(state, 40)))
        documents.append(
            {
                "name": source.name,
                "kind": source.kind,
                "where": source.url or source.path,
                "state": state,
                "gave": known.gave if known else 0,
                "failures": known.failures if known else 0,
                "last_try": known.tried.isoformat() if known and known.tried else None,
                "last_success": known.succeeded.isoformat() if known and known.succeeded else None,
            }
        )
    if face.as_json:
        face.document(documents)
    else:
        face.data(table(rows, ("Source", "Kind", "Stories", "Last read", "Health"), right=(2,)))


def _state(known: SourceHealth | None) -> str:
    if known is None:
        return "never read"
    if known.failures:
        times = "" if known.failures == 1 else f" ({known.failures} times)"
        return f"failing{times}: {known.error}"
    return f"ok, with a problem: {known.error}" if known.error else "ok"


def try_sources(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)] = None,
) -> int:
    """Read sources now and say what each gives; nothing is kept."""
    from digest.pipeline.gather import peek
    from digest.store import health

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        known_health = health.of_all(connection)
    dead, documents = 0, []
    for report in peek(project, tuple(names or ())):
        dead += bool(report.failures and not report.stories)
        known = known_health.get(report.source)
        succeeded = known.succeeded if known else None
        if face.as_json:
            documents.append(_report_json(report, succeeded))
        else:
            _say_report(face, report, project, succeeded)
    if face.as_json:
        face.document(documents)
    return 1 if dead else 0


def _say_report(face: Face, report: SourceReport, project: Project, succeeded: datetime | None) -> None:
    given = report.stories
    newest = max((s.published for s in given if s.published), default=None)
    parts = [
        count(len(given), "story", "stories"),
        f"{sum(1 for s in given if s.takeaways)} with takeaways",
        f"{sum(1 for s in given if s.image)} with a picture",
    ]
    if newest:
        parts.append(f"newest {newest.astimezone(project.zone):%d %b %H:%M}")
    if not given and succeeded:
        parts.append(f"last read {succeeded.astimezone(project.zone):%d %b %H:%M}")
    face.data(f"{report.source}: {', '.join(parts)}")
    for story in given[:3]:
        face.data(f"    {clip(story.title, 72)}")
    for failure in report.failures[:5]:
        face.warn(f"{failure.where or report.source}: {failure.what}")
        if failure.hint:
            face.warn(f"    {failure.hint}")


def _report_json(report: SourceReport, succeeded: datetime | None) -> dict[str, object]:
    newest = max((s.published for s in report.stories if s.published), default=None)
    return {
        "source": report.source,
        "stories": [story.title for story in report.stories],
        "takeaways": sum(1 for story in report.stories if story.takeaways),
        "pictures": sum(1 for story in report.stories if story.image),
        "newest": newest.isoformat() if newest else None,
        "last_success": succeeded.isoformat() if succeeded else None,
        "problems": [f"{f.where}: {f.what}" for f in report.failures],
    }


def _json(result: Gathered) -> dict[str, object]:
    return {
        "source": result.source,
        "new": result.new,
        "changed": result.changed,
        "same": result.same,
        "unchanged": result.unchanged,
        "problems": [{"where": f.where, "what": f.what} for f in result.failures],
    }
