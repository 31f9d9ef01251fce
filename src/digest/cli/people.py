"""`digest subscribers` and `digest segments`: who reads, and in which audience they stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.audience import Reach


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The people who read.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    group.command("suppress")(suppress)
    app.add_typer(group, name="subscribers")
    segments = typer.Typer(help="Named audiences.", no_args_is_help=True)
    segments.command("list")(list_segments)
    segments.command("count")(count_segments)
    app.add_typer(segments, name="segments")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    digest: Annotated[str | None, typer.Option(help="The digest for rows that name none.")] = None,
) -> int:
    """Import subscribers from a CSV file; a bad row never stops the others."""
    from digest.pipeline.membership import Imported, import_csv

    face: Face = context.obj
    done = Imported()
    for done in import_csv(face.project(), file, digest):
        if done.rows % 20000 == 0:
            face.say(f"  {done.rows:,} rows …")
    for error in done.errors:
        face.warn(f"{file}:{error.line}: {error.what}" + (f" ({error.hint})" if error.hint else ""))
    for line, warning in done.warnings[:20]:
        face.warn(f"{file}:{line}: {warning}")
    if done.warned > 20:
        face.warn(f"and {done.warned - 20} more warnings")
    if face.as_json:
        face.document(
            {
                "rows": done.rows,
                "new": done.new,
                "known": done.known,
                "left": done.kept_out,
                "suppressed": done.suppressed,
                "errors": [{"line": e.line, "what": e.what} for e in done.errors],
                "failed": done.failed,
            }
        )
    else:
        extra = "".join(
            f" · {number} {word}"
            for number, word in (
                (done.kept_out, "had left and stay so"),
                (done.suppressed, "suppressed"),
                (done.failed, "not taken"),
            )
            if number
        )
        face.say(f"{count(done.rows, 'row')}: {done.new} new · {done.known} known{extra}")
    return 1 if done.failed and not (done.new or done.known) else 0


def list_(
    context: typer.Context,
    segment: Annotated[str | None, typer.Option(help="Only people whom this audience's filter admits.")] = None,
    digest: Annotated[str | None, typer.Option(help="The digest that --segment is about.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many; with --json all unless given.")] = None,
) -> None:
    """The subscribers, with what they get."""
    from digest.pipeline.audience import members

    face: Face = context.obj
    people = members(face.project(), segment, digest, limit or (None if face.as_json else 200))
    rows = []
    for person, held in people:
        if face.as_json:
            face.event(
                {
                    "id": person.id,
                    "email": person.email,
                    "name": person.name,
                    "language": person.language,
                    "timezone": person.timezone,
                    "tags": list(person.tags),
                    "subscriptions": [
                        {"digest": s.digest, "state": s.state.value, "topics": list(s.topics)} for s in held
                    ],
                }
            )
        else:
            gets = ", ".join(f"{s.digest} ({s.state})" for s in held) or "nothing"
            rows.append((clip(person.email or "", 30), clip(person.name, 20), person.language, clip(gets, 20)))
    if not face.as_json:
        face.data(table(rows, ("Address", "Name", "Lang", "Gets")) if rows else "No subscribers yet.")


def suppress(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    reason: Annotated[str, typer.Option(help="Why.")] = "asked the newsroom",
    digest: Annotated[str, typer.Option(help="Only for this digest; * is everywhere.")] = "*",
) -> None:
    """Never write to an address again."""
    from digest.pipeline.membership import suppress as bar

    face: Face = context.obj
    new = bar(face.project(), email, reason, digest)
    face.say(f"{email} will not be written to" + ("" if new else " (as before)") + ".")


def list_segments(context: typer.Context) -> None:
    """The audiences there are."""
    face: Face = context.obj
    audiences = face.project().audiences.values()
    if face.as_json:
        face.document([{"name": s.name, "label": s.label, "filter": s.filter} for s in audiences])
    else:
        face.data(
            table([(s.name, clip(s.label, 22), clip(s.filter, 44)) for s in audiences], ("Name", "Label", "Filter"))
        )


def count_segments(
    context: typer.Context,
    digest: Annotated[str | None, typer.Option(help="For this digest; else the only one.")] = None,
) -> None:
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


def say_reach(face: Face, found: Reach) -> None:
    """Overlaps, people in no segment, and those left out."""
    for (first, second), number in found.both.items():
        face.say(f"  {count(number, 'person', 'people')} in both {first} and {second}: {first} takes them")
    if found.nobody:
        face.warn(f"{count(found.nobody, 'active person', 'active people')} in no segment get nothing")
    if found.left_out:
        out = " · ".join(f"{number} {word}" for word, number in sorted(found.left_out.items()))
        face.say(f"  Left out: {out}")
