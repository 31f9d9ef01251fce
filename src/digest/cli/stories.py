"""`digest stories`: list and show what is stored, and read files without storing anything."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.face import Face, clip, table


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The stories that were read.", no_args_is_help=True)
    group.command("list")(list_stories)
    group.command("show")(show)
    group.command("parse")(parse)
    app.add_typer(group, name="stories")


def list_stories(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option(help="At most so many; with --json all unless given.")] = None,
) -> None:
    """Stored stories, newest first."""
    from digest.pipeline.reading import stored_json
    from digest.store import stories

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        if face.as_json:
            for stored in stories.recent(connection, limit):
                face.event(stored_json(stored))
            return
        rows = []
        for stored in stories.recent(connection, limit or 40):
            when = stored.story.when.astimezone(project.zone) if stored.story.when else None
            topics = ", ".join(t.topic for t in stored.topics) or "–"
            rows.append(
                (
                    stored.story.id[:8],
                    when.strftime("%d %b %H:%M") if when else "–",
                    clip(topics, 12),
                    clip(stored.story.title, 42),
                )
            )
    if rows:
        face.data(table(rows, ("Id", "Published", "Topics", "Title")))
    else:
        face.say("No stories yet. digest ingest reads the sources.")


def show(
    context: typer.Context, key: Annotated[str, typer.Argument(metavar="ID", help="An id, or its beginning.")]
) -> None:
    """One stored story, whole."""
    from digest.pipeline.reading import one, stored_json
    from digest.store import stories

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        stored = one(stories.get(connection, key), key)
    if face.as_json:
        face.document(stored_json(stored))
        return
    story = stored.story
    face.data(story.title)
    face.data(story.url or "(no link)")
    when = story.when.astimezone(project.zone).strftime("%d %b %Y %H:%M") if story.when else "unknown"
    face.data(f"{'published' if story.published else 'seen'} {when} · {story.source} · {story.kind} · {story.id}")
    topics = ", ".join(f"{t.topic} ({t.rule}, {t.confidence:.2f})" for t in stored.topics)
    face.data(f"topics: {topics or 'none'} · event {stored.cluster} · revision {stored.revision}")
    if story.excerpt:
        face.data(f"\n{story.excerpt}")
    for takeaway in story.takeaways:
        face.data(f"  • {takeaway}")
    if story.body:
        face.data(f"\n{story.body}")


def parse(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="FILE|URL", help="Saved pages, feeds, dumps, or addresses.")],
    summary: Annotated[int, typer.Option(help="The budget of the summary, in characters.")] = 280,
) -> int:
    """Read pages, feeds or text dumps without a publication; one story a line with --json."""
    from datetime import UTC

    from digest.models.story import SourceFailure
    from digest.pipeline.reading import read_files, story_json
    from digest.summarise import summarise

    face: Face = context.obj
    failed = given = 0
    for item in read_files(names, zone=UTC, now=face.clock()()):
        if isinstance(item, SourceFailure):
            failed += 1
            face.warn(f"{item.where}: {item.what}" + (f" ({item.hint})" if item.hint else ""))
            continue
        given += 1
        if face.as_json:
            face.event(story_json(item, summary))
            continue
        face.data(f"{'teaser' if item.teaser else 'story '}  {item.title}")
        if item.teaser:
            continue
        when = item.published or item.seen
        label = "published" if item.published else "seen"
        face.data(f"        {label} {when.isoformat() if when else 'unknown'} · {item.author or 'no author'}")
        for line in summarise(item, summary).lines:
            face.data(f"        {line.text}  [{line.origin}]")
    return 1 if failed and not given else 0
