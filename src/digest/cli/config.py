"""`digest config`: what the settings are, and whether they fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from digest.cli.face import Face


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The settings.", no_args_is_help=True)
    group.command("show")(show)
    group.command("check")(check)
    app.add_typer(group, name="config")


def show(context: typer.Context) -> None:
    """Every setting in force; secrets are never shown."""
    face: Face = context.obj
    settings = face.settings()
    flat = dict(_flat(settings, ""))
    if face.as_json:
        face.document(flat)
        return
    for name, value in flat.items():
        face.data(f"{name} = {value}")


def check(context: typer.Context) -> None:
    """Read settings and audiences, and say where something does not fit."""
    from digest.audiences import load_audiences, parse
    from digest.pipeline.project import check_setup

    face: Face = context.obj
    settings = face.settings()
    audiences = load_audiences(settings.root, tuple(settings.topics))
    for segment in audiences.values():
        parse(segment)
    check_setup(settings, audiences)
    if face.as_json:
        face.document({"ok": True, "digests": list(settings.digests), "audiences": list(audiences)})
        return
    face.data(f"{settings.root / 'digest.toml'}: fine")
    face.data(
        f"  {len(settings.sources)} sources, {len(settings.topics)} topics, {len(settings.digests)} digests, "
        f"{len(audiences)} audiences"
    )


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Dotted names and printable values of everything set."""
    from digest.settings import Budget, Clock, Rate, Span

    if isinstance(value, Span | Rate | Budget | Clock):
        yield path, value.text
    elif dataclasses.is_dataclass(value) and type(value).__name__ != "Secret":
        for field in dataclasses.fields(value):
            if field.name != "root":
                name = field.name.rstrip("_")
                yield from _flat(getattr(value, field.name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}")
    elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{index}]")
    elif value is not None:
        yield path, ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
