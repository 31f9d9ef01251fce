"""Read `audiences/*.toml`: one file an audience, its name the file's, every complaint at its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from digest.audiences.filter import parse_filter
from digest.audiences.tree import Tree
from digest.audiences.words import language_tag
from digest.errors import ConfigError, at
from digest.models.people import Segment
from digest.settings.load import locate
from digest.settings.shape import Misfit, shape

FOLDER: Final = "audiences"
MAX_BYTES: Final = 100_000


@dataclass(frozen=True, slots=True)
class _File:
    """The keys that a file may hold."""

    filter: str
    label: str = ""
    personal: bool = False
    languages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    template: str | None = None
    subject: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    from_: str | None = None


def load_audiences(root: Path, topics: Collection[str] | None = None) -> Mapping[str, Segment]:
    """Every segment of the publication in `root`, by name, in order of name. Empty when there is no folder.

    `topics`, when given, are the ids of the publication's topics: files that name another are refused.

    Raises:
        ConfigError: a file cannot be read, a key is unknown or of the wrong kind, a filter cannot be parsed.
    """
    found = {path.stem: _segment(path, topics) for path in sorted((root / FOLDER).glob("*.toml"))}
    return MappingProxyType(found)


def parse(segment: Segment, topics: Collection[str] | None = None) -> Tree:
    """The filter tree of a segment.

    Raises:
        ConfigError: the filter cannot be parsed; `where` is in the segment's file when it came from one.
    """
    place = re.fullmatch(r"(.+?):(\d+)(?::(\d+))?", segment.where)
    if not place:
        return parse_filter(segment.filter, path=segment.where or f"filter of {segment.name}", topics=topics)
    line, column = int(place[2]), int(place[3] or 1)
    return parse_filter(segment.filter, path=place[1], line=line, column=column, topics=topics)


def _segment(path: Path, topics: Collection[str] | None) -> Segment:
    name = path.stem
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name):
        raise ConfigError(
            f'"{name}" cannot name an audience', where=str(path), hint="rename it: small letters, digits, - and _"
        )
    text = _text(path)
    try:
        file = shape(_File, _values(path, text), ())
        _check(file, topics)
    except Misfit as misfit:
        line = locate(text, misfit.path)
        what = f"{'.'.join(misfit.path)}: {misfit.what}"
        raise ConfigError(what, where=at(path, line or 1), hint=misfit.hint) from None
    segment = Segment(
        name=name,
        label=file.label or name,
        filter=file.filter,
        personal=file.personal,
        languages=file.languages,
        topics=file.topics,
        template=file.template,
        subject=file.subject,
        limits=MappingProxyType(dict(file.limits)),
        from_=file.from_,
        where=_filter_start(path, text),
    )
    parse(segment, topics)
    return segment


def _check(file: _File, topics: Collection[str] | None) -> None:
    """What a single key cannot know."""
    for index, language in enumerate(file.languages or ()):
        if language_tag(language) is None:
            raise Misfit(("languages", str(index)), f'"{language}" is no language; write its code, as in en or pt-BR')
    if file.languages == ():
        raise Misfit(("languages",), "is empty; leave it out to take every language")
    for key, limit in file.limits.items():
        if limit < 0:
            raise Misfit(("limits", key), "cannot be below 0")
    if topics is not None:
        for key, named in (("topics", file.topics or ()), ("limits", tuple(file.limits))):
            for topic in named:
                if topic not in topics:
                    raise Misfit((key,), f'there is no topic "{topic}"', near=topic, among=tuple(sorted(topics)))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"is larger than {MAX_BYTES} bytes", where=str(path))
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise ConfigError("is not UTF-8 text", where=str(path), hint="save it as UTF-8") from problem
    except OSError as problem:
        raise ConfigError(f"cannot be read: {problem.strerror}", where=str(path)) from problem


def _values(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        where = at(path, int(place[1]), int(place[2])) if place else str(path)
        raise ConfigError(re.sub(r" \(at .*", "", str(problem)), where=where) from problem


def _filter_start(path: Path, text: str) -> str:
    """Where the first character of the filter stands, which is on the next line after a bare opening `\"\"\"`."""
    number = locate(text, ("filter",)) or 1
    line = text.splitlines()[number - 1]
    opening = re.match(r"""\s*["']?filter["']?\s*=\s*(\"{3}|'{3}|["'])""", line)
    if not opening:
        return at(path, number)
    if len(opening[1]) == 3 and opening.end() == len(line):
        return at(path, number + 1, 1)
    return at(path, number, opening.end() + 1)
