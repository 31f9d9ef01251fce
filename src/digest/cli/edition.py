"""`digest select`, `build`, `explain`, `diff` and `approve`: an edition before it goes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.comparing import Difference

Name = Annotated[str, typer.Argument(metavar="NAME", help="A digest, or DIGEST@DATE.")]
Segments = Annotated[list[str] | None, typer.Option("--segment", help="Only this segment; repeat for more.")]


def register(app: typer.Typer) -> None:
    app.command("select")(select)
    app.command("build")(build)
    app.command("explain")(explain)
    app.command("diff")(diff)
    app.command("approve")(approve)


def select(
    context: typer.Context,
    name: Name,
    segment: Annotated[str | None, typer.Option(help="The plan of this segment.")] = None,
    reasons: Annotated[bool, typer.Option("--explain", help="Say why each story was picked.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Take the news since, for all that the editor left as it was.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who edits; where two must approve, this is none of them.")] = None,
) -> None:
    """Choose the stories of an edition, write them as a file to edit, and show the plan.

    A file that is there already is left alone; what changed beneath it is said.
    """
    from digest.errors import ConfigError
    from digest.pipeline.naming import identify
    from digest.pipeline.planning import plan_json, plan_of
    from digest.pipeline.selecting import select as select_edition

    face: Face = context.obj
    project = face.project()
    identity = identify(project, name)
    if segment is not None:
        known = [one.name for one in project.segments(identity.digest)]
        if segment not in known:
            raise ConfigError(f'there is no segment "{segment}" in it', hint=f"it goes to: {', '.join(known)}")
    selected = select_edition(project, identity, refresh=refresh, by=by)
    made = selected.draft
    for line in (*selected.news, *made.notes):
        face.warn(line)
    plan = plan_of(project, made, segment)
    if face.as_json:
        face.document(plan_json(plan))
        return
    face.say(f"{made.edition.id} · {made.uses} · cut {plan.cut.astimezone(project.zone):%d %b %H:%M}")
    face.say(f"Subject    {made.edition.subject}")
    face.say(f"Preheader  {clip(made.edition.preheader, 68)}\n")
    for section in plan.sections:
        face.data(section.name)
        for pick in section.picks:
            face.data(f"  {pick.story[:8]}  {clip(pick.title, 68)}")
            if reasons:
                face.data(f"            {'; '.join(pick.reasons)}")
    if reasons and plan.left_out:
        face.data("left out")
        for left in plan.left_out:
            face.data(f"  {left.story[:8]}  {clip(left.title, 40)}  {left.reason}")
    elif plan.left_out:
        face.say(f"\n{count(len(plan.left_out), 'story', 'stories')} left out; --explain says why")
    if selected.wrote:
        face.say(f"\nWritten to {made.file}: edit it, then digest build {name}")


def build(
    context: typer.Context,
    name: Name,
    segment: Segments = None,
    out: Annotated[Path | None, typer.Option(help="The folder; else var/build/EDITION.")] = None,
) -> int:
    """Write an edition's HTML, text and sample .eml, and say what the checks find."""
    from digest.cli.findings import say_findings
    from digest.pipeline.build import build as build_edition
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify
    from digest.pipeline.writing import write_build

    face: Face = context.obj
    project = face.project()
    built = build_edition(project, draft(project, identify(project, name)), segment or ())
    for note in built.draft.notes:
        face.warn(note)
    folder = write_build(project, built, out)
    rows = [
        (r.segment, r.stories, f"{r.minutes} min", f"{len(r.html.encode()) / 1000:.0f} kB", clip(r.subject, 44))
        for r in built.renderings.values()
    ]
    if face.as_json:
        face.document({"edition": built.draft.edition.id, "folder": str(folder), "hash": built.draft.edition.hash})
    else:
        face.data(table(rows, ("Segment", "Stories", "Read", "Size", "Subject"), right=(1, 3)))
        say_findings(face, built.findings)
        face.say(f"\nWritten to {folder}/")
    return 3 if built.blocking else 0


def explain(
    context: typer.Context,
    name: Name,
    story: Annotated[str, typer.Argument(metavar="STORY", help="A story's id, or its beginning.")],
    segment: Annotated[str | None, typer.Option(help="For this segment.")] = None,
) -> None:
    """Say why a story is in an edition, or why not."""
    from digest.pipeline.naming import identify
    from digest.pipeline.planning import explain as reason_for

    face: Face = context.obj
    project = face.project()
    said = reason_for(project, identify(project, name), story, segment)
    if face.as_json:
        face.document(said)
    else:
        face.data(f"{said['title']}\n  {said['where']}: {said['reason']}")


def diff(
    context: typer.Context,
    name: Name,
    against: Annotated[
        str | None, typer.Option(help="`last` edition, or the `approved` version; approved where there is one.")
    ] = None,
) -> None:
    """Say what differs from the approved version, or from the last edition: stories, order, words."""
    from digest.pipeline.comparing import compare, version
    from digest.pipeline.naming import identify

    face: Face = context.obj
    wanted = version(against)
    project = face.project()
    found = compare(project, identify(project, name), wanted)
    if face.as_json:
        face.document(found.as_json())
        return
    face.say(f"{found.edition} against {found.against}", bold=True)
    if found.none:
        face.say("Nothing differs.")
    for line in _difference(found):
        face.data(line)


def _difference(found: Difference) -> Iterator[str]:
    for label, changed in (("subject", found.subject), ("preheader", found.preheader)):
        if changed:
            yield label
            yield f"  - {changed.before}"
            yield f"  + {changed.after}"
    for told in found.removed:
        yield f"- {told.place:<14} {clip(told.title, 60)}"
    for told in found.added:
        yield f"+ {told.place:<14} {clip(told.title, 60)}"
    for old, new in found.moved:
        yield f"> {old.place} to {new.place}  {clip(new.title, 50)}"
    for reworded in found.reworded:
        yield f"~ {clip(reworded.title.after, 74)}"
        if reworded.title.before != reworded.title.after:
            yield f"  - {reworded.title.before}"
            yield f"  + {reworded.title.after}"
        yield from (f"  - {line}" for line in reworded.lines_before if line not in reworded.lines_after)
        yield from (f"  + {line}" for line in reworded.lines_after if line not in reworded.lines_before)


def approve(
    context: typer.Context,
    name: Name,
    by: Annotated[str, typer.Option(help="Who approves.")],
    note: Annotated[str, typer.Option(help="A word on it.")] = "",
) -> None:
    """Approve exactly this content and freeze it; any change afterwards asks for it again."""
    from digest.pipeline.approval import approve as give
    from digest.pipeline.approval import leaves_by_settings
    from digest.pipeline.build import build as build_edition
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify

    face: Face = context.obj
    project = face.project()
    leaves = leaves_by_settings(project)
    built = build_edition(project, draft(project, identify(project, name)), leaves=leaves)
    for line in built.draft.notes:
        face.warn(line)
    missing = give(project, built, by, note, project.now())
    edition = built.draft.edition
    if face.as_json:
        face.document({"edition": edition.id, "hash": edition.hash, "missing": missing})
        return
    face.say(f"{edition.id} approved by {by} ({edition.hash[:7]})" + (f"; {missing} more needed" if missing else ""))
    if not missing:
        face.say(f"Next  digest send {name}")
