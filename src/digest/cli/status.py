"""`digest status` and bare `digest`: where each edition stands, in people's words, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.face import Face, clip, table

if TYPE_CHECKING:
    from digest.models.edition import Edition
    from digest.models.mail import State
    from digest.pipeline.project import Project

_HEADS = {
    "planned": "to be sent",
    "claimed": "being sent",
    "intent": "on its way",
    "accepted": "accepted",
    "deferred": "will retry",
    "rejected": "failed for good",
    "unknown": "no answer",
    "suppressed": "left out",
    "skipped": "not wanted today",
    "cancelled": "cancelled",
    "expired": "too late",
}
_TABLE = ("accepted", "deferred", "rejected", "unknown", "suppressed", "skipped", "expired", "planned")


def register(app: typer.Typer) -> None:
    app.command("status")(status)


def overview(face: Face) -> None:
    """The state of the publication in a few lines, and the next step."""
    from digest.errors import ConfigError
    from digest.pipeline.standing import standing

    try:
        root = face.root()
    except ConfigError:
        face.data("digest: the newsletter builder that newsrooms run themselves.\n")
        face.data("There is no publication here.")
        face.data("Next  digest init DIR     or  digest --help")
        return
    project = face.project()
    now = standing(project)
    if face.as_json:
        face.document(now.as_json())
        return
    face.data(f"{project.settings.publication.name}  {root}")
    rows = [(d.name, d.edition, d.state, d.detail) for d in now.digests]
    face.data(table(rows, ("Digest", "Edition", "State", "")))
    face.data(f"  {now.stories:,} stories · {now.subscribers:,} subscribers · sources: {now.sources}")
    face.data(f"Next  {now.next_step}")


def status(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A digest, or DIGEST@DATE.")] = None,
) -> None:
    """How an edition's send stands: every recipient counted once."""
    from digest.errors import UsageError
    from digest.pipeline.naming import identify
    from digest.pipeline.standing import last_edition

    face: Face = context.obj
    if name is None:
        overview(face)
        return
    project = face.project()
    edition = last_edition(project, identify(project, name, sending=True), named="@" in name or "/" in name)
    if edition is None:
        raise UsageError(f"{name} has no edition yet", hint=f"digest select {name} drafts one")
    if face.as_json:
        face.document(_status_json(project, edition))
        return
    face.data(f"{edition.id}  {edition.state}  {clip(edition.subject, 50)}")
    face.data(totals_table(project, edition.id))
    _say_standing(face, project, edition)
    _say_reasons(face, project, edition.id)
    _say_domains(face, project, edition.id)


def _status_json(project: Project, edition: Edition) -> dict[str, Any]:
    from digest.pipeline.report import report
    from digest.pipeline.standing import how_it_goes

    told = report(project, edition.id).as_json()
    now = how_it_goes(project, edition)
    return (
        finished_event(project, edition.id)
        | kept_json(project, edition.id)
        | {"state": edition.state.value}
        | now.as_json()
        | {name: told[name] for name in ("outcomes", "reasons", "domains", "segments")}
    )


def _say_standing(face: Face, project: Project, edition: Edition) -> None:
    """What goes on right now, until when, and what was asked of it."""
    from digest.pipeline.naming import spelled
    from digest.pipeline.standing import how_it_goes

    now = how_it_goes(project, edition)
    kept = kept_words(project, edition.id)
    if kept:
        face.data(kept)
    if now.scheduled:
        face.data(f"  scheduled for {now.scheduled:%d %b %H:%M}")
    if now.paused:
        face.data(f"  paused: digest resume {spelled(edition.id)} goes on")
    elif now.ends:
        face.data(f"  {now.rate:.0f}/s, done at about {now.ends:%H:%M}")
    elif now.retries:
        face.data(f"  will retry at {now.retries:%d %b %H:%M}")


def kept_json(project: Project, edition: str) -> dict[str, Any]:
    """The same as plain JSON values."""
    from digest.pipeline.handing_over import kept_until

    kept = kept_until(project, edition)
    return {"handed_over": {"messages": kept[0], "until": kept[1].isoformat()} if kept else None}


def kept_words(project: Project, edition: str) -> str:
    """What a provider keeps until its hour, in words; empty when it keeps nothing."""
    from digest.pipeline.handing_over import kept_until
    from digest.pipeline.naming import spelled

    kept = kept_until(project, edition)
    if kept is None:
        return ""
    number, at = kept
    until = f"  {number:,} lie with the provider until {at:%d %b %H:%M}"
    return f"{until}: digest cancel {spelled(edition)}"


def _say_reasons(face: Face, project: Project, edition: str) -> None:
    from digest.pipeline.progress import IN_WORDS
    from digest.store import ledger

    with project.store.database.read() as connection:
        found = ledger.reasons(connection, edition)
    for state, reason, number in found[:12]:
        face.data(clip(f"  {number:>7,}  {IN_WORDS[state]}: {reason}", 80))


def _say_domains(face: Face, project: Project, edition: str) -> None:
    """Domains by what became of their messages, where any of them needs a look."""
    from digest.store import reports

    with project.store.database.read() as connection:
        found = reports.domains(connection, edition, most=10)
    if not any(row.deferred or row.rejected or row.unknown for row in found):
        return
    rows = [
        (
            clip(row.domain, 28),
            *(f"{n:,}" for n in (row.total, row.accepted, row.deferred, row.rejected, row.unknown)),
        )
        for row in found
    ]
    heads = ("Domain", "Sum", "Accepted", "Will retry", "Failed", "No answer")
    face.data(table(rows, heads, right=range(1, 6)))


def totals_table(project: Project, edition: str) -> str:
    """Segments by state, in words; the last column is the sum of the others."""
    from digest.models.mail import State
    from digest.store import ledger

    with project.store.database.read() as connection:
        totals = ledger.totals(connection, edition)
    if not totals:
        return "  Nothing was sent yet."
    order = [*_TABLE, "claimed", "intent", "cancelled"]
    shown = [s for s in order if any(counts.get(State(s)) for counts in totals.values())]
    rows: list[list[object]] = [
        [segment, *(f"{counts.get(State(s), 0):,}" for s in shown), f"{sum(counts.values()):,}"]
        for segment, counts in sorted(totals.items())
    ]
    sums = [sum(counts.get(State(s), 0) for counts in totals.values()) for s in shown]
    if len(rows) > 1:
        rows.append(["Total", *(f"{n:,}" for n in sums), f"{sum(sums):,}"])
    heads = ["Segment", *(_HEADS[s].capitalize() for s in shown), "Sum"]
    return table(rows, heads, right=range(1, len(heads)))


def finished_event(project: Project, edition: str) -> dict[str, Any]:
    """The last event of a send that had nothing to do."""
    from digest.pipeline.progress import Counts, Event

    return Event("finished", "", edition, Counts(_states(project, edition))).as_json()


def bad_news(project: Project, edition: str) -> bool:
    """Whether somebody was refused for good, or may or may not have got it."""
    from digest.models.mail import State

    states = _states(project, edition)
    return bool(states.get(State.REJECTED) or states.get(State.UNKNOWN))


def doubts(project: Project, edition: str) -> int:
    """How many may or may not have got it."""
    from digest.models.mail import State

    return _states(project, edition).get(State.UNKNOWN, 0)


def _states(project: Project, edition: str) -> dict[State, int]:
    from digest.store import ledger

    with project.store.database.read() as connection:
        return ledger.sums(connection, edition)
