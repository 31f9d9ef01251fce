"""`digest stories`: list and show what is stored, an editor's word on it, and files read without being stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.correcting import Event
    from digest.pipeline.draft import Draft
    from digest.pipeline.naming import Identity
    from digest.pipeline.project import Project

Id = Annotated[str, typer.Argument(metavar="ID", help="A story's id, or its beginning.")]
Edition = Annotated[
    str | None, typer.Argument(metavar="NAME", help="A digest, or DIGEST@DATE; may be left away if there is one.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The stories that were read.", no_args_is_help=True)
    group.command("list")(list_stories)
    group.command("show")(show)
    group.command("parse")(parse)
    group.command("pin")(pin)
    group.command("drop")(drop)
    group.command("topic", context_settings={"ignore_unknown_options": True})(topic)
    group.command("split")(split)
    group.command("join")(join)
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


def pin(
    context: typer.Context,
    key: Id,
    name: Edition = None,
    section: Annotated[
        str | None, typer.Option(help="lead, latest, or a topic; else the first of its topics that the digest has.")
    ] = None,
) -> None:
    """Put a story at the head of a section, in the edition's file."""
    from digest.pipeline.pinning import pin as place
    from digest.pipeline.pinning import pinned

    face: Face = context.obj
    project = face.project()
    identity = _identity(project, name)
    stored, wanted = pinned(project, identity.digest, key, section)
    made = place(project, identity, wanted)
    _say_file(face, made, f"“{clip(stored.story.title, 60)}” stands first in {wanted.section}")


def drop(context: typer.Context, key: Id, name: Edition = None) -> None:
    """Keep a story out of an edition, in its file; the next best takes its place."""
    from digest.pipeline.pinning import drop as keep_out
    from digest.pipeline.reading import one
    from digest.store import stories

    face: Face = context.obj
    project = face.project()
    with project.store.database.read() as connection:
        stored = one(stories.get(connection, key), key)
    made = keep_out(project, _identity(project, name), stored.story.id)
    _say_file(face, made, f"“{clip(stored.story.title, 60)}” is out")


def topic(
    context: typer.Context,
    key: Id,
    words: Annotated[list[str], typer.Argument(metavar="+TOPIC|-TOPIC…", help="Has this topic, or has it not.")],
) -> None:
    """Correct a story's topics; the rules learn from it."""
    from digest.pipeline.correcting import correct_topics, signed_topics

    face: Face = context.obj
    project = face.project()
    stored = correct_topics(project, key, signed_topics(project, words))
    topics = [{"topic": t.topic, "confidence": t.confidence, "rule": t.rule} for t in stored.topics]
    if face.as_json:
        face.document({"story": stored.story.id, "title": stored.story.title, "topics": topics})
        return
    said = ", ".join(f"{t.topic} ({t.rule}, {t.confidence:.2f})" for t in stored.topics)
    face.data(f"{stored.story.title}\n  topics: {said or 'none'}")


def split(context: typer.Context, key: Id) -> None:
    """Make a story an event of its own; no later reading merges it again."""
    from digest.pipeline.correcting import split as part

    face: Face = context.obj
    _say_event(face, part(face.project(), key))


def join(
    context: typer.Context, key: Id, other: Annotated[str, typer.Argument(metavar="ID", help="The other story.")]
) -> None:
    """Make the events of two stories one, so that an edition has only one of them."""
    from digest.pipeline.correcting import join as unite

    face: Face = context.obj
    _say_event(face, unite(face.project(), key, other))


def _identity(project: Project, name: str | None) -> Identity:
    from digest.errors import UsageError
    from digest.pipeline.naming import identify

    known = list(project.settings.digests)
    if name is None and len(known) > 1:
        raise UsageError("which edition?", hint=f"name a digest: {', '.join(known)}")
    return identify(project, name or known[0])


def _say_file(face: Face, made: Draft, what: str) -> None:
    from digest.pipeline.planning import plan_json

    for note in made.notes:
        face.warn(note)
    if face.as_json:
        face.document(plan_json(made.base))
        return
    face.say(f"{what}: {made.file}")
    face.say(f"Subject    {made.edition.subject}")


def _say_event(face: Face, event: Event) -> None:
    if face.as_json:
        face.document({"cluster": event.cluster, "stories": [stored.story.id for stored in event.stories]})
        return
    face.data(f"event {event.cluster}, {count(len(event.stories), 'story', 'stories')}")
    for stored in event.stories:
        face.data(f"  {stored.story.id[:8]}  {clip(stored.story.title, 68)}")
