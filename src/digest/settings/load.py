"""Read settings in their order of precedence: `DIGEST_SECTION__KEY`, `digest.local.toml`, `digest.toml`, built-in.

Every complaint names the file and the line, and an unknown key is answered with the nearest known one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from digest.errors import ConfigError, at
from digest.settings.model import Settings
from digest.settings.shape import Misfit, shape

MAIN = "digest.toml"
LOCAL = "digest.local.toml"
_NOT_SETTINGS = frozenset({"DIGEST_NOW", "DIGEST_PROJECT"})


def find_root(start: Path) -> Path | None:
    """The nearest folder upward from `start` that holds a `digest.toml`."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / MAIN).is_file()), None)


def load_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the publication in `root`.

    Raises:
        ConfigError: a file is missing or ill-formed, a key unknown, a value of the wrong kind.
    """
    main = root / MAIN
    if not main.is_file():
        raise ConfigError(
            f"there is no {MAIN} here", where=str(root), hint="digest init DIR makes one; --project DIR names another"
        )
    values = _read(main)
    texts = [main]
    local = root / LOCAL
    if local.is_file():
        _merge(values, _read(local))
        texts.insert(0, local)
    env = _from_environ(environ)
    for path, text in env.items():
        _set(values, path, text)
    if "root" in values:
        raise _complain(Misfit(("root",), "unknown key"), texts, env)
    try:
        settings = shape(Settings, values | {"root": root}, ())
        _check(settings)
    except Misfit as misfit:
        raise _complain(misfit, texts, env) from None
    return settings


def _check(settings: Settings) -> None:
    """What a single field cannot know."""
    try:
        ZoneInfo(settings.publication.timezone)
    except (KeyError, ValueError, OSError):
        raise Misfit(("publication", "timezone"), f'"{settings.publication.timezone}" is no IANA time zone') from None
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", settings.publication.id):
        raise Misfit(("publication", "id"), "an id is small letters, digits and hyphens, at most 63")
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", settings.publication.base_url):
        raise Misfit(("publication", "base_url"), "must be an http or https address")
    if not settings.digests:
        raise Misfit(("digests",), "no digest is defined; add a [digests.daily]")
    for name in settings.topics:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name) or name in ("lead", "latest"):
            raise Misfit(("topics", name), "a topic is small letters, digits and hyphens, and not lead or latest")
    names = set()
    for index, source in enumerate(settings.sources):
        needed = "path" if source.kind == "folder" else "url"
        if not getattr(source, needed):
            raise Misfit(("sources", str(index)), f'the {source.kind} "{source.name}" needs {needed} = "…"')
        if source.name in names:
            raise Misfit(("sources", str(index), "name"), f'two sources are named "{source.name}"')
        names.add(source.name)
        _known_topics(settings, source.topics, ("sources", str(index), "topics"))
    for name, digest in settings.digests.items():
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name):
            raise Misfit(("digests", name), "the name of a digest is small letters, digits and hyphens")
        _known_topics(settings, digest.topics, ("digests", name, "topics"))
        _known_topics(settings, digest.limits, ("digests", name, "limits"))


def _known_topics(settings: Settings, topics: Any, path: tuple[str, ...]) -> None:
    for topic in topics:
        if topic not in settings.topics:
            raise Misfit(path, f'there is no topic "{topic}"', near=topic, among=tuple(settings.topics))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        where = at(path, int(match[1]), int(match[2])) if match else str(path)
        raise ConfigError(re.sub(r" \(at .*", "", str(problem)), where=where) from problem
    except UnicodeDecodeError as problem:
        raise ConfigError("is not UTF-8 text", where=str(path)) from problem
    except OSError as problem:
        raise ConfigError(f"cannot be read: {problem.strerror}", where=str(path)) from problem


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value


def _from_environ(environ: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {
        tuple(name.removeprefix("DIGEST_").lower().split("__")): text
        for name, text in sorted(environ.items())
        if name.startswith("DIGEST_") and "__" in name and name not in _NOT_SETTINGS
    }


def _set(values: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    """Put one variable in its place. It is read as a TOML value where it is one, else as text."""
    try:
        value: Any = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        value = text
    for key in path[:-1]:
        inner = values.setdefault(key, {})
        if not isinstance(inner, dict):
            raise ConfigError("does not name a setting", where="$DIGEST_" + "__".join(path).upper())
        values = inner
    values[path[-1]] = value


def _complain(misfit: Misfit, texts: list[Path], env: Mapping[tuple[str, ...], str]) -> ConfigError:
    """The misfit as an error that names where the value stands."""
    dotted = ".".join(misfit.path)
    if misfit.path in env:
        return ConfigError(misfit.what, where="$DIGEST_" + "__".join(misfit.path).upper(), hint=misfit.hint)
    for path in texts:
        line = locate(path.read_text(encoding="utf-8"), misfit.path)
        if line:
            return ConfigError(f"{dotted}: {misfit.what}", where=at(path, line), hint=misfit.hint)
    return ConfigError(f"{dotted}: {misfit.what}", where=str(texts[-1]), hint=misfit.hint)


def locate(text: str, path: tuple[str, ...]) -> int | None:
    """The line (from 1) on which a TOML key or table stands; of its nearest parent when it is not written."""
    seen: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if match := re.match(r"(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = _keys(match[2])
            if match[1] == "[[":
                seen.setdefault(table, number)
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            seen.setdefault(table, number)
        elif match := re.match(r"([A-Za-z0-9_.\"'-]+)\s*=", line):
            full = (*table, *_keys(match[1]))
            seen.setdefault(full, number)
            for inner in re.finditer(r"[{,]\s*([A-Za-z0-9_-]+)\s*=", line):
                seen.setdefault((*full, inner[1]), number)
    for length in range(len(path), 0, -1):
        if path[:length] in seen:
            return seen[path[:length]]
    return None


def _keys(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
