"""`digest subscribers`: who reads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.control import Yes
from digest.cli.face import Face, clip, count, table
from digest.cli.taking_in import import_

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The people who read.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("export")(export)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("add")(add)
    group.command("forget")(forget)
    group.command("suppress")(suppress)
    app.add_typer(group, name="subscribers")


def export(
    context: typer.Context,
    segment: Annotated[str | None, typer.Option(help="Only people whom this audience's filter admits.")] = None,
    digest: Annotated[str | None, typer.Option(help="The digest that --segment is about.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; else to stdout.")] = None,
) -> None:
    """Write readers as a CSV file that `import` reads back."""
    from digest.errors import UsageError
    from digest.pipeline.exporting import export_csv

    face: Face = context.obj
    project = face.project(create=False)
    if out is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        number = export_csv(project, sys.stdout, segment, digest)
    else:
        half = out.with_name(f".{out.name}.half")
        try:
            half.touch(0o600)
            with half.open("w", encoding="utf-8", newline="") as stream:
                number = export_csv(project, stream, segment, digest)
            half.replace(out)
        except OSError as problem:
            raise UsageError(f"cannot be written: {problem.strerror}", where=str(out)) from problem
        finally:
            half.unlink(missing_ok=True)
    face.say(f"{count(number, 'reader')} written" + (f" to {out}" if out else "") + ".")


def list_(
    context: typer.Context,
    segment: Annotated[str | None, typer.Option(help="Only people whom this audience's filter admits.")] = None,
    digest: Annotated[str | None, typer.Option(help="The digest that --segment is about.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many; with --json all unless given.")] = None,
    suppressed: Annotated[bool, typer.Option("--suppressed", help="The addresses never to write to.")] = False,
) -> None:
    """The subscribers, with what they get."""
    from digest.pipeline.audience import members

    face: Face = context.obj
    if suppressed:
        _list_suppressed(face, limit)
        return
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


def _list_suppressed(face: Face, limit: int | None) -> None:
    from itertools import islice

    from digest.pipeline.membership import suppressed

    most = limit or (None if face.as_json else 200)
    rows = []
    for one in islice(suppressed(face.project(create=False)), most):
        if face.as_json:
            face.event({"email": one.email, "scope": one.scope, "reason": one.reason, "at": one.at.isoformat()})
        else:
            scope = "everything" if one.scope == "*" else one.scope
            rows.append((clip(one.email, 30), clip(scope, 12), f"{one.at:%Y-%m-%d}", clip(one.reason, 24)))
    if not face.as_json:
        heads = ("Address", "Barred from", "Since", "Why")
        face.data(table(rows, heads) if rows else "No address is suppressed.")


def show(context: typer.Context, email: Email) -> int:
    """What is known about one address; exit 1 when nothing is."""
    from digest.pipeline.membership import show as look

    face: Face = context.obj
    project = face.project(create=False)
    found = look(project, email)
    person = found.person
    if face.as_json:
        from digest.pipeline.parting import my_data

        barred = [{"scope": b.scope, "reason": b.reason, "at": b.at.isoformat()} for b in found.barred]
        kept = my_data(project, person.id) if person else {}
        face.document({"email": found.email, "suppressed": barred, **kept})
    elif person:
        face.data(f"{person.email}  {person.name}".rstrip())
        facts = {
            "number": str(person.id),
            "language": person.language,
            "time zone": person.timezone,
            "text only": "yes" if person.plain else "",
            "tags": ", ".join(person.tags),
            "joined": f"{person.joined:%Y-%m-%d}" if person.joined else "",
            "engaged": f"{person.engaged:%Y-%m-%d}" if person.engaged else "",
            **dict(person.attributes),
        }
        for name, value in facts.items():
            if value:
                face.data(f"  {clip(name, 16):16} {value}")
        for one in found.subscriptions:
            topics = ", ".join(one.topics) or "all topics"
            since = f" since {one.since:%Y-%m-%d}" if one.since else ""
            face.data(f"  {clip(one.digest, 16):16} {one.state.value} · {one.frequency.value} · {topics}{since}")
    else:
        face.data(f"{found.email} is no reader.")
    if not face.as_json:
        for bar in found.barred:
            scope = "not written to" if bar.scope == "*" else f"not written to for {bar.scope}"
            face.data(f"  {scope} since {bar.at:%Y-%m-%d}: {bar.reason}")
    return 0 if person or found.barred else 1


def add(
    context: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    language: Annotated[str, typer.Option(help="A language code, as in en.")] = "",
    digest: Annotated[str | None, typer.Option(help="What they get; else the only digest.")] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Only these topics; give it again for more.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; give it again for more.")] = None,
    consent: Annotated[str, typer.Option(help="What they agreed to, or how that is known.")] = "",
) -> int:
    """Add one reader who agreed to get mail; exit 3 when they left, are suppressed or were forgotten."""
    from digest.pipeline.membership import add as take_in

    face: Face = context.obj
    done = take_in(
        face.project(),
        email,
        digest=digest,
        name=name,
        language=language,
        tags=tag or (),
        topics=topic or (),
        consent=consent,
    )
    if done.kept_out:
        face.warn(f"{email} left, is suppressed or was forgotten, and stays so; they can sign up themselves.")
        return 3
    face.say(f"{email} is a reader" + ("" if done.new else " (as before)") + ".")
    return 0


def forget(context: typer.Context, email: Email, yes: Yes = False) -> int:
    """Delete what is known of a reader and what was written to them; a keyed hash stays, so that they stay out."""
    from digest.errors import Declined, UsageError
    from digest.pipeline.membership import forget as erase

    face: Face = context.obj
    if not yes:
        if not face.asks:
            raise UsageError("forgetting cannot be undone", hint="say --yes")
        if not typer.confirm(f"Forget {email}? This cannot be undone.", err=True):
            raise Declined("nothing was forgotten")
    done = erase(face.project(create=False), email)
    if face.as_json:
        face.document({"reader": done.reader, "refused_rows": done.refused})
    elif done.reader:
        face.say(
            f"{email} is forgotten: their record, their mail in the outbox, and {count(done.refused, 'refused row')}."
        )
    else:
        face.say(f"{email} was no reader; a keyed hash keeps the address out from now on.")
    return 0


def suppress(
    context: typer.Context,
    email: Email,
    reason: Annotated[str, typer.Option(help="Why.")] = "asked the newsroom",
    digest: Annotated[str, typer.Option(help="Only for this digest; * is everywhere.")] = "*",
) -> None:
    """Never write to an address again."""
    from digest.pipeline.membership import suppress as bar

    face: Face = context.obj
    new = bar(face.project(), email, reason, digest)
    face.say(f"{email} will not be written to" + ("" if new else " (as before)") + ".")
