"""`digest send` and `digest test`: from the sources to the readers, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from digest.cli.edition import Name, Segments
from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.deliver import Options
    from digest.pipeline.project import Project
    from digest.pipeline.sending import Ready
    from digest.send import Sender

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    app.command("send")(send)
    app.command("test")(to_myself)


def send(
    context: typer.Context,
    name: Name,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; send nothing.")] = False,
    segment: Segments = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this address; repeat for more.")] = None,
    limit: Annotated[int | None, typer.Option(help="Add at most so many people.", min=1)] = None,
    rate: Annotated[str | None, typer.Option(help="How fast, as 50/s.")] = None,
    transport: Annotated[str | None, typer.Option(help="folder, smtp, sendgrid, or pkg.mod:Class.")] = None,
    expect: Annotated[str | None, typer.Option(help="Refuse unless it goes to N people, or N~P%.")] = None,
    no_ingest: Annotated[bool, typer.Option("--no-ingest", help="Do not read the sources first.")] = False,
    wait: Annotated[str, typer.Option(help="How long to stay for messages to be retried.")] = "15m",
    resume: Annotated[bool, typer.Option("--resume", help="Go on; add nobody.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try the rejected again.")] = False,
    retry_unknown: Annotated[bool, typer.Option("--retry-unknown", help="Send the doubtful again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Send today's edition to everyone who has not got it: read, choose, build, check, send."""
    from digest.pipeline import sending
    from digest.pipeline.deliver import Options
    from digest.pipeline.naming import identify, unfinished
    from digest.settings import Rate, Span

    face: Face = context.obj
    project = face.project()
    options = Options(
        rate=_parsed(Rate.parse, rate, "--rate") if rate else None,
        only=_addresses(only or []),
        segments=_segments(project, name, segment or []),
        limit=limit,
        resume=resume,
        retry_failed=retry_failed,
        retry_unknown=retry_unknown,
        wait=timedelta(seconds=_parsed(Span.parse, wait, "--wait").seconds),
    )
    identity = identify(project, name, sending=True)
    older = unfinished(project, identity.digest, identity.id)
    if older:
        face.warn(f"{older.id} is unfinished: digest send {older.id.replace('/', '@', 1)} --resume")
    if options.resume and not sending.begun(project, identity):
        face.say("Nothing had been sent yet, so this is a new send.")
        options = replace(options, resume=False)
    if sending.complete(project, identity, options):
        return _nothing_left(face, project, identity.id)
    sender = sending.sender_for(project, transport)
    ready = sending.make_ready(project, identity, sender, None if no_ingest else lambda: _ingest(face, project))
    _plan(face, project, ready, dry_run)
    _demand_size(project, ready, options, expect, yes and sender.leaves)
    if dry_run:
        face.say("\nDry run: nothing was sent.")
        return 0
    _confirm(face, sender, ready, options, yes)
    return _deliver(face, project, ready, sender, options)


def to_myself(
    context: typer.Context,
    name: Name,
    to: Annotated[str, typer.Option(help="Your own address.")],
    as_: Annotated[str | None, typer.Option("--as", help="As this subscriber, or `empty`.")] = None,
    segment: Annotated[str | None, typer.Option(help="Only this segment's variant.")] = None,
    transport: Annotated[str | None, typer.Option(help="Another transport than the settings say.")] = None,
) -> int:
    """Send an edition to yourself; its links act on nothing and nobody's record changes."""
    from digest.models.mail import State
    from digest.pipeline.build import build
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify
    from digest.pipeline.rehearsal import send_to_oneself

    face: Face = context.obj
    project = face.project()
    built = build(project, draft(project, identify(project, name)))
    if segment is not None:
        _segments(project, name, [segment])
    failed = 0
    for message, delivery in send_to_oneself(project, built, to, as_=as_, segment=segment, transport=transport):
        failed += delivery.state is not State.ACCEPTED
        if face.as_json:
            face.event({"segment": message.segment, "state": delivery.state.value, "reason": delivery.reason})
        else:
            what = "accepted" if delivery.state is State.ACCEPTED else f"{delivery.state.value}: {delivery.reason}"
            where = f" · {delivery.reference}" if delivery.reference else ""
            face.say(f"  {message.segment:<14} {what}{where}")
    return 5 if failed else 0


def _parsed(parse: Callable[[str], T], text: str, where: str) -> T:
    from digest.errors import UsageError

    try:
        return parse(text)
    except ValueError as problem:
        raise UsageError(str(problem), where=where) from None


def _addresses(given: list[str]) -> tuple[str, ...]:
    from digest.readers import normalise

    return tuple(_parsed(lambda text: normalise(text).key, email, "--only") for email in given)


def _segments(project: Project, name: str, given: list[str]) -> tuple[str, ...]:
    from digest.errors import ConfigError

    known = [segment.name for segment in project.segments(re.split("[@/]", name)[0])]
    for segment in given:
        if segment not in known:
            raise ConfigError(f'it does not go to a segment "{segment}"', hint=f"it goes to: {', '.join(known)}")
    return tuple(given)


def _ingest(face: Face, project: Project) -> None:
    from digest.cli.sources import read_sources

    read_sources(face, project)


def _plan(face: Face, project: Project, ready: Ready, dry_run: bool) -> None:
    from digest.cli.findings import say_findings
    from digest.cli.people import say_reach
    from digest.pipeline.sending import last_size

    edition = ready.built.draft.edition
    face.say(f"{edition.id} · {ready.uses} · cut {edition.cut.astimezone(project.zone):%d %b %H:%M}", bold=True)
    rows = [
        (
            r.segment,
            f"{ready.reach.taken.get(r.segment, 0):,}",
            r.stories,
            f"{r.minutes} min",
            f"{len(r.html.encode()) / 1000:.0f} kB",
            clip(r.subject, 32),
        )
        for r in ready.built.renderings.values()
    ]
    heads = ("Segment", "Recipients", "Stories", "Read", "Size", "Subject")
    face.say(table(rows, heads, right=(1, 2, 3, 4)))
    before = last_size(project, edition)
    change = f" · {ready.reach.total - before:+,} on the last edition" if before else ""
    face.say(f"  {count(ready.reach.total, 'person', 'people')}{change}")
    if dry_run or ready.reach.nobody:
        say_reach(face, ready.reach)
    say_findings(face, ready.built.findings)
    for note in ready.built.draft.notes:
        face.warn(note)
    if ready.later:
        face.say(f"Since then {count(len(ready.later), 'story', 'stories')} came in and stay out of this edition:")
        for title in ready.later[:5]:
            face.say(f"    {clip(title, 72)}")
    if dry_run and face.as_json:
        from digest.pipeline.planning import plan_json

        face.document(
            {
                "edition": edition.id,
                "subject": edition.subject,
                "recipients": dict(ready.reach.taken),
                "nobody": ready.reach.nobody,
                "left_out": dict(ready.reach.left_out),
                "plans": [plan_json(plan) for plan in ready.built.draft.segments.values()],
            }
        )


def _demand_size(project: Project, ready: Ready, options: Options, expect: str | None, unattended: bool) -> None:
    from digest.errors import UsageError
    from digest.pipeline.approval import demand_audience
    from digest.pipeline.sending import demand_usual_size

    if expect is not None:
        match = re.fullmatch(r"(\d+)(?:~(\d{1,3})%)?", expect)
        if not match:
            raise UsageError(f'"{expect}" is no number of people', where="--expect", hint="write 12480 or 12480~5%")
        demand_audience(int(match[1]), int(match[2] or 0) / 100, ready.reach.total)
    elif unattended and options.whole:
        demand_usual_size(project, ready)


def _confirm(face: Face, sender: Sender, ready: Ready, options: Options, yes: bool) -> None:
    from digest.errors import Declined, UsageError

    if yes or not sender.leaves:
        return
    total = len(options.only) or min(ready.reach.total, options.limit or ready.reach.total)
    if not face.asks:
        raise UsageError("nobody is here to confirm", hint="say --yes, best with --expect N")
    typed = typer.prompt(
        f"\nThis emails {count(total, 'person', 'people')}. Type {total} to send, anything else stops",
        default="",
        show_default=False,
        err=True,
    )
    if typed.strip().replace(",", "") != str(total):
        raise Declined("nothing was sent")


def _deliver(face: Face, project: Project, ready: Ready, sender: Sender, options: Options) -> int:
    from digest.cli.board import Board, interruptible
    from digest.errors import SendError
    from digest.pipeline.sending import start

    edition = ready.built.draft.edition
    last = None
    with interruptible() as stop, Board(face) as board:
        for event in start(project, ready, sender, options, stop):
            last = event
            if face.as_json:
                face.event(event.as_json())
            board.show(event)
    if last is None or last.kind != "finished":
        raise SendError("the send ended before its end", where=edition.id)
    return _report(face, project, edition.id, sender)


def _nothing_left(face: Face, project: Project, edition: str) -> int:
    """A complete edition: say so, and send nothing."""
    from digest.cli.status import finished_event, totals_table

    face.say(f"{edition} is complete: nothing was sent.", bold=True)
    if face.as_json:
        face.event(finished_event(project, edition))
    else:
        face.say(totals_table(project, edition))
    return 0


def _report(face: Face, project: Project, edition: str, sender: Sender) -> int:
    """The table at the end, where the mails lie, and what to type next."""
    from digest.cli.status import bad_news, totals_table

    if not face.as_json:
        face.say("")
        face.say(totals_table(project, edition))
    if sender.name == "folder":
        from digest.pipeline.outbox import show_outbox

        index = show_outbox(project, edition)
        face.say(f"\nThe mails lie in {index.parent}")
        face.say(f"Look      open {index} in a browser")
    digest = edition.split("/", maxsplit=1)[0]
    face.say(f"Next      digest status {digest} · digest preview {digest}")
    return 5 if bad_news(project, edition) else 0
