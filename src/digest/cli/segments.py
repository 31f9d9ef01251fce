"""`digest segments`: the named audiences, whom they take, and where one person stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.audience import Reach

For = Annotated[str | None, typer.Option("--digest", help="For this digest; else the only one.")]


def register(app: typer.Typer) -> None:
    segments = typer.Typer(help="Named audiences.", no_args_is_help=True)
    segments.command("list")(list_)
    segments.command("show")(show)
    segments.command("count")(count_)
    segments.command("test")(try_)
    app.add_typer(segments, name="segments")


def list_(context: typer.Context) -> None:
    """The audiences there are."""
    face: Face = context.obj
    audiences = face.project().audiences.values()
    if face.as_json:
        face.document([{"name": s.name, "label": s.label, "filter": s.filter} for s in audiences])
    else:
        face.data(
            table([(s.name, clip(s.label, 22), clip(s.filter, 44)) for s in audiences], ("Name", "Label", "Filter"))
        )


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SEGMENT")],
    digest: For = None,
) -> None:
    """One audience: its filter, what differs for its readers, and how many it admits."""
    from digest.pipeline.audience import admitted, only_digest

    face: Face = context.obj
    project = face.project()
    for_digest = only_digest(project, digest)
    segment, people = admitted(project, name, for_digest)
    differs = {
        "languages": ", ".join(segment.languages or ()),
        "topics": ", ".join(segment.topics or ()),
        "template": segment.template or "",
        "subject": segment.subject or "",
        "limits": ", ".join(f"{topic} {most}" for topic, most in segment.limits.items()),
        "from": segment.from_ or "",
        "personal": "yes" if segment.personal else "",
    }
    if face.as_json:
        told = {"name": segment.name, "label": segment.label, "filter": segment.filter, "digest": for_digest}
        face.document(told | {"people": people, **{name: value for name, value in differs.items() if value}})
        return
    face.data(f"{segment.name} · {segment.label}")
    face.data(f"  filter     {segment.filter}")
    for key, value in differs.items():
        if value:
            face.data(f"  {key:10} {value}")
    face.data(f"  people     {people:,} active readers of {for_digest}")


def count_(context: typer.Context, digest: For = None) -> None:
    """How many people each audience takes, who overlaps, and who is in none."""
    from digest.pipeline.audience import only_digest, reach

    face: Face = context.obj
    project = face.project()
    name = only_digest(project, digest)
    found = reach(project, name)
    if face.as_json:
        face.document(
            {
                "digest": name,
                "segments": dict(found.taken),
                "overlaps": [{"segments": list(pair), "people": n} for pair, n in found.both.items()],
                "nobody": found.nobody,
                "left_out": dict(found.left_out),
            }
        )
        return
    face.data(table([*found.taken.items(), ("Total", found.total)], ("Segment", "People"), right=(1,)))
    say_reach(face, found)


def try_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    digest: For = None,
) -> int:
    """Which audiences admit one reader, and which takes them; exit 1 when none does."""
    from digest.pipeline.audience import only_digest, standing

    face: Face = context.obj
    project = face.project()
    name = only_digest(project, digest)
    found = standing(project, email, name)
    if face.as_json:
        face.document(
            {"digest": name, "admitted": dict(found.admits), "taken_by": found.taken_by, "why_not": found.why_not}
        )
        return 0 if found.taken_by else 1
    for segment, admits in found.admits.items():
        face.data(f"{'✓' if admits else '✗'} {segment}")
    if found.taken_by:
        face.data(f"{email} gets {name} as one of {found.taken_by}.")
    else:
        face.data(f"{email} does not get {name}: {found.why_not}.")
    return 0 if found.taken_by else 1


def say_reach(face: Face, found: Reach) -> None:
    """Overlaps, people in no segment, and those left out."""
    for (first, second), number in found.both.items():
        face.say(f"  {count(number, 'person', 'people')} in both {first} and {second}: {first} takes them")
    if found.nobody:
        face.warn(f"{count(found.nobody, 'active person', 'active people')} in no segment get nothing")
    if found.left_out:
        out = " · ".join(f"{number} {word}" for word, number in sorted(found.left_out.items()))
        face.say(f"  Left out: {out}")
