"""`digest send --dry-run` and `--dry-run=remote`: what a send would do, by our own word and by SendGrid's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from digest.cli.face import Face, clip, count
from digest.cli.plan import plan_document

if TYPE_CHECKING:
    from digest.pipeline.deliver import Options
    from digest.pipeline.project import Project
    from digest.pipeline.remote_rehearsal import Rehearsed
    from digest.pipeline.sending import Ready
    from digest.send import Rehearsing


class Command(TyperCommand):
    """A command whose flag `--dry-run` may also be said as `--dry-run=remote`. An option with a value that can be
    left out would take the next word for it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words that are left."""
        return super().parse_args(ctx, ["--dry-run-remote" if word == "--dry-run=remote" else word for word in args])


def dry_run(face: Face, project: Project, ready: Ready, options: Options, rehearsing: Rehearsing | None) -> int:
    """The end of a dry run: says that nothing was sent, and what the provider said when it was asked; the exit code,
    3 when it would not take everything."""
    plan = plan_document(ready)
    if rehearsing is None:
        if face.as_json:
            face.document(plan)
        face.say("\nDry run: nothing was sent.")
        return 0
    from digest.pipeline.remote_rehearsal import rehearse

    done = rehearse(project, ready.built, rehearsing, options)
    if face.as_json:
        face.document(plan | {"rehearsal": done.as_json()})
    _say(face, rehearsing.name, done)
    face.say("\nDry run: nothing was sent.")
    return 0 if done.fine else 3


def _say(face: Face, name: str, done: Rehearsed) -> None:
    who = {"sendgrid": "SendGrid"}.get(name, name)
    face.say(f"\n{who} was asked without sending:", bold=True)
    face.say(f"  {done.accepted:>7,}  would be taken")
    if done.rejected:
        face.say(f"  {done.rejected:>7,}  would be refused")
    if done.unanswered:
        face.say(f"  {done.unanswered:>7,}  without an answer: {clip(done.silent, 48)}")
    if done.left_out:
        face.say(f"  {done.left_out:>7,}  left out here")
    for email, words in done.refused:
        face.say(f"    {clip(email, 28)}  {clip(words, 46)}")
    if done.rejected > len(done.refused):
        face.say(f"    and {count(done.rejected - len(done.refused), 'other')}")
