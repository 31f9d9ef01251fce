"""`digest ingest` and `digest sources`: read the sources, and see how they are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.gather import Gathered
    from digest.pipeline.project import Project


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
    """Ingest, saying one line a source and one for each thing that could not be read."""
    from digest.pipeline.gather import gather

    results = []
    for result in gather(project, only):
        results.append(result)
        what = (
            "nothing new"
            if result.unchanged or not (result.new or result.changed)
            else (f"{result.new} new" + (f", {result.changed} changed" if result.changed else ""))
        )
        trouble = f" · {count(len(result.failures), 'problem')}" if result.failures else ""
        face.say(f"  {result.source:<14} {count(result.gave, 'story', 'stories')}: {what}{trouble}")
        for failure in result.failures[:5]:
            face.warn(f"{failure.where or result.source}: {failure.what}")
        if len(result.failures) > 5:
            face.warn(f"{result.source}: and {len(result.failures) - 5} more problems (--json lists them)")
    if not results:
        face.warn("no sources are set up; add a [[sources]] to digest.toml")
    return results


def list_sources(context: typer.Context) -> None:
    """Every source with its health."""
    from digest.store import stories

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        health = stories.health(connection)
    rows, documents = [], []
    for source in project.settings.sources:
        known = health.get(source.name)
        state = "never read" if known is None else (f"failing: {known.error}" if known.failures else "ok")
        when = known.succeeded.astimezone(project.zone).strftime("%d %b %H:%M") if known and known.succeeded else "–"
        rows.append((source.name, source.kind, known.gave if known else 0, when, clip(state, 40)))
        documents.append(
            {
                "name": source.name,
                "kind": source.kind,
                "where": source.url or source.path,
                "state": state,
                "gave": known.gave if known else 0,
                "last_success": known.succeeded.isoformat() if known and known.succeeded else None,
            }
        )
    if face.as_json:
        face.document(documents)
    else:
        face.data(table(rows, ("Source", "Kind", "Stories", "Last read", "Health"), right=(2,)))


def try_sources(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)] = None,
) -> int:
    """Read sources now and say what each gives; nothing is kept."""
    from digest.pipeline.gather import peek

    face: Face = context.obj
    reports = list(peek(face.project(), tuple(names or ())))
    if face.as_json:
        face.document(
            [
                {
                    "source": r.source,
                    "stories": [story.title for story in r.stories],
                    "problems": [f"{f.where}: {f.what}" for f in r.failures],
                }
                for r in reports
            ]
        )
    else:
        for report in reports:
            takeaways = sum(1 for story in report.stories if story.takeaways)
            stories = count(len(report.stories), "story", "stories")
            face.data(f"{report.source}: {stories}, {takeaways} with takeaways")
            for story in report.stories[:3]:
                face.data(f"    {clip(story.title, 72)}")
            for failure in report.failures[:5]:
                face.warn(f"{failure.where or report.source}: {failure.what}")
    return 1 if any(report.failures and not report.stories for report in reports) else 0


def _json(result: Gathered) -> dict[str, object]:
    return {
        "source": result.source,
        "new": result.new,
        "changed": result.changed,
        "same": result.same,
        "unchanged": result.unchanged,
        "problems": [{"where": f.where, "what": f.what} for f in result.failures],
    }
