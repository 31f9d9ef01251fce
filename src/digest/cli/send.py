"""`digest send`: from the sources to the readers, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from digest.cli.dry_run import Command
from digest.cli.dry_run import dry_run as end_dry_run
from digest.cli.edition import Name, Segments
from digest.cli.face import Face, count
from digest.cli.plan import show_plan

if TYPE_CHECKING:
    from digest.models.edition import Edition
    from digest.pipeline.deliver import Options
    from digest.pipeline.project import Project
    from digest.pipeline.sending import Ready
    from digest.send import Sender

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    app.command("send", cls=Command)(send)


def send(
    context: typer.Context,
    name: Name,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the plan; send nothing. --dry-run=remote also asks SendGrid's sandbox."),
    ] = False,
    remote: Annotated[bool, typer.Option("--dry-run-remote", hidden=True)] = False,
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
    at: Annotated[str | None, typer.Option(help="When: 07:30, 2026-11-24T07:30, or now.")] = None,
    hand_over: Annotated[
        bool, typer.Option("--hand-over", help="With --at: SendGrid gets the mail now and keeps it until then.")
    ] = False,
    undo: Annotated[str | None, typer.Option(help="Count down so long before the first message; 0: not.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Send today's edition to everyone who has not got it: read, choose, build, check, send."""
    from digest.errors import Stopped
    from digest.pipeline import control, sending
    from digest.pipeline.deliver import Options
    from digest.pipeline.naming import identify, spelled, unfinished
    from digest.pipeline.remote_rehearsal import demand_rehearsing
    from digest.pipeline.transport import sender_for
    from digest.settings import Rate

    face: Face = context.obj
    project = face.project()
    options = Options(
        rate=parsed(Rate.parse, rate, "--rate") if rate else None,
        only=_addresses(only or []),
        segments=demand_segments(project, name, segment or []),
        limit=limit,
        resume=resume,
        retry_failed=retry_failed,
        retry_unknown=retry_unknown,
        wait=_span(wait, "--wait"),
        at=_moment(project, at) if at else None,
        hand_over=hand_over,
    )
    identity = identify(project, name, sending=True)
    older = unfinished(project, identity.digest, identity.id)
    if older:
        face.warn(f"{older.id} is unfinished: digest send {spelled(older.id)} --resume")
    if options.resume and not sending.begun(project, identity):
        face.say("Nothing had been sent yet, so this is a new send.")
        options = replace(options, resume=False)
    over = sending.complete(project, identity, options)
    if over:
        return _nothing_left(face, project, over)
    if control.paused(project, identity.id) and not options.resume:
        named = spelled(identity.id)
        hint = f"go on with `digest resume {named}`, or stop it with `digest cancel {named}`"
        raise Stopped(f"{identity.id} is paused: nothing was sent", hint=hint)
    sender = sender_for(project, transport)
    rehearsing = demand_rehearsing(sender) if remote else None
    options = replace(options, undo=_undo(project, sender, undo))
    ready = sending.make_ready(project, identity, sender, None if no_ingest else lambda: _ingest(face, project))
    show_plan(face, project, ready, dry_run or remote)
    _demand_size(project, ready, options, expect, yes)
    if dry_run or remote:
        return end_dry_run(face, project, ready, options, rehearsing)
    _say_hand_over(face, options)
    _confirm(face, sender, ready, options, yes)
    return _deliver(face, project, ready, sender, options)


def parsed(parse: Callable[[str], T], text: str, where: str) -> T:
    from digest.errors import UsageError

    try:
        return parse(text)
    except ValueError as problem:
        raise UsageError(str(problem), where=where) from None


def _addresses(given: list[str]) -> tuple[str, ...]:
    from digest.readers import normalise

    return tuple(parsed(lambda text: normalise(text).key, email, "--only") for email in given)


def go_on(face: Face, project: Project, name: str, *, wait: str, transport: str | None) -> int:
    """Go on with an edition that was begun, and add nobody."""
    from digest.pipeline import sending
    from digest.pipeline.deliver import Options
    from digest.pipeline.naming import identify
    from digest.pipeline.transport import sender_for

    identity = identify(project, name, sending=True)
    sender = sender_for(project, transport or sending.last_transport(project, identity))
    ready = sending.make_ready(project, identity, sender, None)
    return _deliver(face, project, ready, sender, Options(resume=True, wait=_span(wait, "--wait")))


def _span(text: str, where: str) -> timedelta:
    """A span of time, or none at all: `0`."""
    from digest.settings import Span

    return timedelta() if re.fullmatch(r"0\s*(s|m|min|h)?", text.strip()) else parsed(Span.parse, text, where).delta


def _undo(project: Project, sender: Sender, text: str | None) -> timedelta | None:
    """How long to count down: what was said, else what the settings say for mail that leaves the machine."""
    if text is not None:
        return _span(text, "--undo") or None
    span = project.settings.delivery.undo
    return span.delta if span and sender.leaves else None


def _moment(project: Project, text: str) -> datetime:
    """`--at` as a moment: a time of today, a date and time (of the publication's zone unless they say another), or
    `now`."""
    from digest.errors import UsageError

    now = project.now()
    if text.strip() == "now":
        return now
    try:
        found = (
            datetime.combine(now.date(), time.fromisoformat(text), project.zone)
            if re.fullmatch(r"\d{1,2}:\d{2}", text)
            else datetime.fromisoformat(text)
        )
    except ValueError:
        raise UsageError(
            f'"{text}" is no moment', where="--at", hint="write 07:30, 2026-11-24T07:30, or now"
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=project.zone)
    if found < now:
        raise UsageError(f"{found:%d %b %H:%M} is over", where="--at", hint="`--at now` sends at once")
    return found.astimezone(project.zone)


def demand_segments(project: Project, name: str, given: list[str]) -> tuple[str, ...]:
    """The names, when the digest goes to each of them.

    Raises:
        ConfigError: it does not.
    """
    from digest.errors import ConfigError

    known = [segment.name for segment in project.segments(re.split("[@/]", name)[0])]
    for segment in given:
        if segment not in known:
            raise ConfigError(f'it does not go to a segment "{segment}"', hint=f"it goes to: {', '.join(known)}")
    return tuple(given)


def _ingest(face: Face, project: Project) -> None:
    from digest.cli.sources import read_sources

    read_sources(face, project)


def _demand_size(project: Project, ready: Ready, options: Options, expect: str | None, unattended: bool) -> None:
    from digest.errors import UsageError
    from digest.pipeline.approval import demand_audience
    from digest.pipeline.sending import demand_usual_size

    if expect is not None:
        match = re.fullmatch(r"(\d+)(?:~(\d{1,3})%)?", expect)
        if not match:
            raise UsageError(f'"{expect}" is no number of people', where="--expect", hint="write 12480 or 12480~5%")
        demand_audience(int(match[1]), int(match[2] or 0) / 100, ready.reach.total)
    elif unattended and options.whole and not options.resume:
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


def _say_hand_over(face: Face, options: Options) -> None:
    """What handing over means for readers who leave meanwhile."""
    if options.hand_over and options.at:
        face.warn(f"SendGrid keeps it until {options.at:%d %b %H:%M}. Whoever leaves by then still gets it.")


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


def _nothing_left(face: Face, project: Project, edition: Edition) -> int:
    """An edition that is over: say so, and send nothing."""
    from digest.cli.status import finished_event, totals_table
    from digest.models.edition import EditionState

    how = {
        EditionState.CANCELLED: "was cancelled",
        EditionState.EXPIRED: "is too late to be sent",
    }.get(edition.state, "is complete")
    face.say(f"{edition.id} {how}: nothing was sent.", bold=True)
    if face.as_json:
        face.event(finished_event(project, edition.id))
    else:
        face.say(totals_table(project, edition.id))
    return 7 if edition.state is EditionState.CANCELLED else 0


def _report(face: Face, project: Project, edition: str, sender: Sender) -> int:
    """The table at the end, where the mails lie, and what to type next."""
    from digest.cli.status import bad_news, doubts, kept_words, totals_table

    if not face.as_json:
        face.say("")
        face.say(totals_table(project, edition))
    if sender.name == "folder":
        from digest.pipeline.outbox import show_outbox

        index = show_outbox(project, edition)
        face.say(f"\nThe mails lie in {index.parent}")
        face.say(f"Look      open {index} in a browser")
    digest = edition.split("/", maxsplit=1)[0]
    if doubts(project, edition):
        face.say("No answer: their provider's events settle it; --retry-unknown sends again.")
    kept = kept_words(project, edition)
    if kept and not face.as_json:
        face.say(kept)
    face.say(f"Next      digest status {digest} · digest preview {digest}")
    return 5 if bad_news(project, edition) else 0
