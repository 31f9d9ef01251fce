"""The send board: begin a send by typing how many people it is for, watch it, steer it, settle what is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import Declined, DigestError, UsageError
from digest.models.mail import State
from digest.pipeline import control, sending
from digest.pipeline.approval import leaves_by_settings
from digest.pipeline.audience import reach
from digest.pipeline.build import build
from digest.pipeline.deliver import Options
from digest.pipeline.draft import draft
from digest.pipeline.naming import Identity
from digest.pipeline.progress import IN_WORDS, Event
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.pipeline.watching import Watched, send_again, take_as_arrived, watch
from digest.settings import Rate
from digest.web.preview.asked import asked, frame
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import page
from digest.web.preview.sends import Sends
from digest.web.preview.visitors import visitor_of, visitors_of
from digest.web.preview.wording import counted, people

EVERY: Final = "2"
UNDO: Final = timedelta(seconds=60)
LONGEST_UNDO: Final = 600
STAYS: Final = timedelta(minutes=15)
ORDER: Final = (
    State.ACCEPTED,
    State.PLANNED,
    State.CLAIMED,
    State.INTENT,
    State.DEFERRED,
    State.REJECTED,
    State.UNKNOWN,
    State.SUPPRESSED,
    State.SKIPPED,
    State.EXPIRED,
    State.CANCELLED,
)
RUNS: Final = {
    "": "Not begun",
    "waiting": "Waiting to begin",
    "running": "Being sent",
    "paused": "Paused",
    "refused": "Stopped by itself: too many of the first messages were rejected",
    "stopped": "Stopped, with people left to send to",
    "finished": "At its end",
    "cancelled": "Cancelled",
    "undone": "Taken back: nothing was sent",
}


def sends_of(request: Request) -> Sends:
    """The sends that this preview began."""
    found: Sends = request.app.state.sends
    return found


def show(request: Request) -> Response:
    """The board. It is fetched anew every few seconds while something goes on, unless somebody asks it not to: by a
    header, since no script is needed for that."""
    project, identity = asked(request)
    sends = sends_of(request)
    here = sends.going(identity.id)
    seen = watch(project, identity, here=here)
    event = sends.last(identity.id)
    goes_on = seen.running
    still = "still" in request.query_params
    undo = int(event.words) if event and event.kind == "undo" and event.words.isdecimal() else None
    over = seen.edition is not None and seen.edition.state.over
    begun = seen.begun or undo is not None or goes_on
    around = frame(request, project, identity, seen.edition)
    if goes_on and not still:
        around["live"] = ""
    answer = page(
        "send",
        **around,
        seen=seen,
        begun=begun,
        over=over,
        goes_on=goes_on,
        still=still,
        every=EVERY,
        undo=undo,
        run=RUNS.get("running" if goes_on and seen.run not in ("waiting", "paused") else seen.run, seen.run),
        problem=sends.problem(identity.id),
        rows=_rows(seen),
        percent=_percent(seen),
        rate=event.rate if event and event.rate else seen.rate,
        left=_left(seen, event),
        words=event.words if event and event.kind in ("scheduled", "waiting", "paused") else "",
        **(_start(project, identity) if not begun else {"start": None}),
    )
    if goes_on and not still:
        answer.headers["Refresh"] = EVERY
    return answer


def act(request: Request, form: Form) -> Response:
    """Begin, or steer, or decide."""
    project, identity = asked(request)
    visitor, visitors, sends = visitor_of(request), visitors_of(request), sends_of(request)
    what = form.word("do")
    if what == "start":
        _begin(project, identity, sends, form)
        words = "It begins."
    elif what == "pause":
        words = control.pause(project, identity.id).words
    elif what == "resume":
        words = _resume(project, identity, sends)
    elif what == "cancel":
        if form.word("sure") != "yes":
            raise Declined("nothing was cancelled: say that you are sure", hint="tick the box before the button")
        words = control.cancel(project, identity.id).words
    elif what == "undo":
        words = control.undo(project, identity.id).words
        sends.wait(identity.id, 2.0)
    elif what == "rate":
        words = control.set_rate(project, identity.id, _rate(form.word("rate"))).words
    elif what == "again":
        number = send_again(project, identity, _chosen(form), visitor.person)
        _go_on(project, identity, sends)
        words = f"{counted(number, 'message is', 'messages are')} sent again."
    elif what == "arrived":
        number = take_as_arrived(project, identity, _chosen(form), visitor.person)
        words = f"{counted(number, 'message counts', 'messages count')} as accepted."
    else:
        raise UsageError("this form does nothing")
    visitors.say(visitor, _said(words, identity))
    return back_to(request.url.path)


def _said(words: str, identity: Identity) -> str:
    """A sentence about the edition of this page, which needs no name here."""
    own = words.removeprefix(identity.id)
    return f"It{own}" if own != words else words[:1].upper() + words[1:]


def _start(project: Project, identity: Identity) -> dict[str, Any]:
    """What a send would send and to how many, and why it may not."""
    try:
        made = draft(project, identity, keep=False)
        built = build(project, made, leaves=leaves_by_settings(project), keep=False)
        audience = reach(project, identity.digest)
        before = sending.last_size(project, built.draft.edition)
    except DigestError as problem:
        return {"start": {"problems": [problem]}}
    problems = sending.problems(project, built)
    set_undo = project.settings.delivery.undo
    segments = [
        (project.audiences[name].label, audience.taken.get(name, 0), rendering.subject)
        for name, rendering in built.renderings.items()
    ]
    return {
        "start": {
            "problems": problems,
            "hash": built.draft.edition.hash,
            "uses": made.uses,
            "total": audience.total,
            "people": people(audience.total),
            "segments": segments,
            "change": f"{audience.total - before:+,} on the last edition" if before else "",
            "transport": project.settings.delivery.transport,
            "leaves": leaves_by_settings(project),
            "undo": int((set_undo.delta if set_undo else UNDO).total_seconds()),
            "most_undo": LONGEST_UNDO,
        }
    }


def _begin(project: Project, identity: Identity, sends: Sends, form: Form) -> None:
    """Begin a send of exactly what the page showed, to exactly as many as were typed."""
    if sends.going(identity.id) or watch(project, identity).begun:
        raise UsageError("it was begun already", hint="the board shows how far it is")
    seconds = form.number("undo")
    if seconds is None or seconds > LONGEST_UNDO:
        raise UsageError(f"the time to take it back is between 0 and {LONGEST_UNDO} seconds")
    sender = sender_for(project, None)
    ready = sending.make_ready(project, identity, sender, None)
    if ready.built.draft.edition.hash != form.word("hash"):
        raise Declined(
            "the edition was changed since your page was made, and nothing was sent", hint="look at it again"
        )
    if form.number("typed") != ready.reach.total:
        raise Declined(
            f"nothing was sent: this goes to {people(ready.reach.total)}, and another number was typed",
            hint=f"type {ready.reach.total} to send",
        )
    options = Options(wait=STAYS, undo=timedelta(seconds=seconds) if seconds else None)
    sends.begin(identity.id, lambda stop: sending.start(project, ready, sender, options, stop))


def _resume(project: Project, identity: Identity, sends: Sends) -> str:
    done = control.resume(project, identity.id)
    if done.running:
        return done.words
    _go_on(project, identity, sends)
    return f"{identity.id} goes on."


def _go_on(project: Project, identity: Identity, sends: Sends) -> None:
    """Go on with a send that no process is at."""

    def begin(stop: Callable[[], bool]) -> Iterator[Event]:
        sender = sender_for(project, sending.last_transport(project, identity))
        ready = sending.make_ready(project, identity, sender, None)
        return sending.start(project, ready, sender, Options(resume=True, wait=STAYS), stop)

    sends.begin(identity.id, begin)


def _chosen(form: Form) -> list[str]:
    """The messages of a form's ticked boxes, or of its one button."""
    return sorted(name.removeprefix("delivery-") for name in form.fields if name.startswith("delivery-"))


def _rate(text: str) -> Rate | None:
    if not text:
        return None
    try:
        return Rate.parse(text)
    except ValueError as problem:
        raise UsageError(str(problem)) from None


def _rows(seen: Watched) -> list[tuple[str, int]]:
    """How many people are in each state, in words; those being sent as one."""
    found: dict[str, int] = {}
    for state in ORDER:
        number = seen.counts.of(state)
        if number:
            found[IN_WORDS[state]] = found.get(IN_WORDS[state], 0) + number
    return list(found.items())


def _percent(seen: Watched) -> int:
    return int(100 * seen.counts.done / seen.counts.total) if seen.counts.total else 0


def _left(seen: Watched, event: Event | None) -> str:
    seconds = event.left_seconds if event and event.left_seconds is not None else seen.left_seconds
    if seconds is None or not seen.counts.remaining:
        return ""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} seconds"
    return f"about {round(seconds / 60):,} minutes"
