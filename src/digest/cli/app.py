"""The command itself: its global options, its groups, and how an error becomes words and an exit code."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from digest import __version__
from digest.cli import (
    archive,
    checks,
    config,
    control,
    edition,
    fake,
    init,
    people,
    preview,
    rehearse,
    report,
    segments,
    send,
    serve,
    sources,
    status,
    store,
    stories,
    topics,
)
from digest.cli.face import Face
from digest.errors import DigestError, UsageError

# Typer brings its own copy of click in some versions, so the class of its errors is found, not imported.
_BAD_COMMAND: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")
_SWITCHES = frozenset({"--json", "-q", "--quiet", "-v", "-vv", "--verbose", "--no-input"})
_VALUED = frozenset({"--project", "--now"})

app = typer.Typer(
    name="digest",
    help="The newsletter and digest builder that newsrooms run themselves.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
for room in (
    init,
    sources,
    stories,
    topics,
    edition,
    checks,
    preview,
    rehearse,
    send,
    control,
    serve,
    status,
    report,
    people,
    segments,
    store,
    archive,
    config,
    fake,
):
    room.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def whole(
    context: typer.Context,
    project: Annotated[Path | None, typer.Option(help="The publication's folder.", envvar="DIGEST_PROJECT")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only data and warnings.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more.")] = 0,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
    now: Annotated[
        str | None, typer.Option(help="Fix the clock, as 2026-11-24T07:00:00+05:30.", envvar="DIGEST_NOW")
    ] = None,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The newsletter and digest builder that newsrooms run themselves.

    Without a command: the state of the publication, and the next step.
    """
    context.obj = Face(project, as_json, quiet, verbose, no_input, _moment(now))
    if context.invoked_subcommand is None:
        status.overview(context.obj)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'"{text}" is no moment', where="--now", hint="write it as 2026-11-24T07:00:00+05:30"
        ) from None
    if moment.tzinfo is None:
        raise UsageError(f'"{text}" has no zone', where="--now", hint="write it as 2026-11-24T07:00:00+05:30")
    return moment


def run(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        result = app(args=hoist(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
        return result if isinstance(result, int) else 0
    except DigestError as problem:
        _complain(str(problem))
        return problem.exit_code
    except typer.Abort:
        _complain("interrupted")
        return 130
    except _BAD_COMMAND as problem:
        problem.show()
        return 2
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain about it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def hoist(arguments: list[str]) -> list[str]:
    """The arguments with the global options first, wherever they stood: `status --json` becomes `--json status`."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in _SWITCHES or (argument.split("=", maxsplit=1)[0] in _VALUED and "=" in argument):
            front.append(argument)
        elif argument in _VALUED:
            front += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            rest.append(argument)
    return front + rest


def _complain(text: str) -> None:
    typer.echo(typer.style("✗ ", fg="red") + text if sys.stderr.isatty() else f"✗ {text}", err=True)
