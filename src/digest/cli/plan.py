"""What `digest send` shows before it sends: the edition, its segments and sizes, and what came in since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.cli.face import Face, clip, count, table

if TYPE_CHECKING:
    from digest.pipeline.project import Project
    from digest.pipeline.sending import Ready


def show_plan(face: Face, project: Project, ready: Ready, dry_run: bool) -> None:
    """The plan, to the person; before a dry run also who is taken where several segments admit them."""
    from digest.cli.findings import say_findings
    from digest.cli.segments import say_reach
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


def plan_document(ready: Ready) -> dict[str, Any]:
    """The plan as plain JSON values."""
    from digest.pipeline.planning import plan_json

    edition = ready.built.draft.edition
    return {
        "edition": edition.id,
        "subject": edition.subject,
        "recipients": dict(ready.reach.taken),
        "nobody": ready.reach.nobody,
        "left_out": dict(ready.reach.left_out),
        "plans": [plan_json(plan) for plan in ready.built.draft.segments.values()],
    }
