"""`digest topics check`: how well the topics cover what is published, and where their rules are wrong."""

from __future__ import annotations

import typer

from digest.cli.face import Face, table


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The topics that stories are sorted into.", no_args_is_help=True)
    group.command("check")(check)
    # A callback keeps a group of one command a group.
    group.callback()(lambda: None)
    app.add_typer(group, name="topics")


def check(context: typer.Context) -> None:
    """Coverage by topic, how often each rule was right, and what the stories without a topic speak of."""
    from digest.pipeline.coverage import coverage

    face: Face = context.obj
    found = coverage(face.project())
    if face.as_json:
        face.document(found.as_json())
        return
    if not found.stories:
        face.say("No stories in the last fourteen days. digest ingest reads the sources.")
        return
    share = found.covered / found.stories
    face.data(f"{found.covered:,} of {found.stories:,} stories of fourteen days have a topic ({share:.0%})\n")
    rows = [
        (
            one.topic,
            f"{one.stories:,}",
            f"{one.stories / found.stories:.0%}",
            ", ".join(f"{kind} {number}" for kind, number in one.rules) or "–",
        )
        for one in found.topics
    ]
    face.data(table(rows, ("Topic", "Stories", "Share", "By"), right=(1, 2)))
    if found.precision or found.missed:
        face.data("\nAgainst the editors' corrections")
        judged = [
            (one.topic, one.rule, f"{one.right}", f"{one.wrong}", f"{one.precision:.0%}") for one in found.precision
        ]
        judged += [(topic, "no rule found it", "–", f"{number}", "–") for topic, number in found.missed]
        face.data(table(judged, ("Topic", "Rule", "Right", "Wrong", "Precision"), right=(2, 3, 4)))
    else:
        face.say("\nNo corrections yet: digest stories topic ID +world -business")
    if found.words:
        said = ", ".join(f"{word} {number}" for word, number in found.words)
        face.data(f"\nFrequent in stories without a topic: {said}")
