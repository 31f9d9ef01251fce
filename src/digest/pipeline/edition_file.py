"""The edition file, `editions/daily-2026-11-24.toml`: what an editor decided about one edition, read and checked.

It is the only place of editorial decisions. Building, checking, previewing and sending read it and never write it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.errors import ConfigError, at
from digest.models.edition import LATEST, LEAD
from digest.pipeline.edition_lines import line_of
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.settings.shape import Misfit, shape
from digest.store import stories

FOLDER = "editions"
LONGEST = 2_000_000
LONGEST_SUBJECT = 200
LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A story in its place, with the editor's own headline and lines where there are any."""

    id: str
    title: str | None = None
    lines: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListedSection:
    """The stories of one section, in order."""

    name: str
    stories: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """What differs for one segment: sections with exactly these stories, stories that it does not get, and the row in
    its readers' inboxes."""

    sections: tuple[ListedSection, ...] = ()
    drop: tuple[str, ...] = ()
    subject: str = ""
    preheader: str = ""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A rule of the checks that does not block this edition; why, and who says so."""

    rule: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class EditionFile:
    """One edition file. `base` is the hash of the selection that it was written from; an empty subject or preheader
    is made from the stories."""

    edition: str
    cut: datetime
    base: str
    subject: str = ""
    preheader: str = ""
    sections: tuple[ListedSection, ...] = ()
    drop: tuple[str, ...] = ()
    segments: Mapping[str, Override] = field(default_factory=dict)
    ignore: tuple[Ignore, ...] = ()

    def listed(self) -> Iterator[Listed]:
        """Every story of the edition's own sections."""
        for section in self.sections:
            yield from section.stories

    def every(self) -> Iterator[Listed]:
        """Every story that stands anywhere in the file."""
        yield from self.listed()
        for override in self.segments.values():
            for section in override.sections:
                yield from section.stories

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Section → ids, in the file's order."""
        return {section.name: tuple(story.id for story in section.stories) for section in self.sections}


def file_name(edition: str) -> str:
    """The edition's file as people name it: `editions/daily-2026-11-24.toml`."""
    return f"{FOLDER}/{edition.replace('/', '-')}.toml"


def file_path(project: Project, edition: str) -> Path:
    """Where the file of an edition lies, or would."""
    return project.root / file_name(edition)


def read(project: Project, identity: Identity) -> tuple[EditionFile, str] | None:
    """The edition's file and its text; None where nobody wrote one.

    Raises:
        ConfigError: it cannot be read, or holds what does not fit; names the file and the line.
    """
    path = file_path(project, identity.id)
    try:
        if path.stat().st_size > LONGEST:
            raise ConfigError("is larger than 2 MB, which no edition is", where=str(path))
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as problem:
        raise ConfigError("is not UTF-8 text", where=str(path)) from problem
    except OSError as problem:
        raise ConfigError(f"cannot be read: {problem.strerror}", where=str(path)) from problem
    return parse(project, identity, text, path), text


def parse(project: Project, identity: Identity, text: str, path: Path) -> EditionFile:
    """The edition file in `text`; story ids are whole afterwards, though their beginnings may be written.

    Raises:
        ConfigError: as `read`.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        where = at(path, int(match[1]), int(match[2])) if match else str(path)
        raise ConfigError(re.sub(r" \(at .*", "", str(problem)), where=where) from problem
    try:
        file = shape(EditionFile, values, ())
        _check(project, identity, file, values)
        return _with_whole_ids(project, file)
    except Misfit as misfit:
        dotted = ".".join(part for part in misfit.path if not part.isdigit())
        what = f"{dotted}: {misfit.what}" if dotted else misfit.what
        raise ConfigError(what, where=at(path, line_of(text, misfit.path)), hint=misfit.hint) from None


def _check(project: Project, identity: Identity, file: EditionFile, values: Mapping[str, Any]) -> None:
    if file.edition != identity.id:
        raise Misfit(
            ("edition",), f'this is the file of "{file.edition}", and stands where {identity.id} is looked for'
        )
    if file.cut.tzinfo is None:
        raise Misfit(("cut",), "a moment needs its zone, as 2026-11-24T07:00:00+05:30")
    _check_row(file.subject, file.preheader, ())
    _check_sections(project, file.sections, ("sections",))
    known = tuple(segment.name for segment in project.segments(identity.digest))
    for name, override in file.segments.items():
        if name not in known:
            raise Misfit(("segments", name), f"{identity.digest} does not go to it", near=name, among=known)
        _check_row(override.subject, override.preheader, ("segments", name))
        _check_sections(project, override.sections, ("segments", name, "sections"))
    if file.ignore:
        _check_ignored(file)
    if not isinstance(values.get("base"), str) or not file.base:
        raise Misfit(("base",), "must stay as `digest select` wrote it")


def _check_row(subject: str, preheader: str, path: tuple[str, ...]) -> None:
    for name, text in (("subject", subject), ("preheader", preheader)):
        if len(text) > LONGEST_SUBJECT or "\n" in text:
            raise Misfit((*path, name), f"is one line of at most {LONGEST_SUBJECT} characters")


def _check_ignored(file: EditionFile) -> None:
    # The rules bring the HTML parser with them, which a file without exceptions has no need of.
    from digest.check import RULES

    rules = tuple(rule.id for rule in RULES)
    for number, ignore in enumerate(file.ignore):
        where = ("ignore", str(number))
        if ignore.rule not in rules:
            raise Misfit((*where, "rule"), f'there is no rule "{ignore.rule}"', near=ignore.rule, among=rules)
        for key in ("reason", "by"):
            if not getattr(ignore, key).strip():
                raise Misfit((*where, key), "must say something: an ignored finding is signed")


def _check_sections(project: Project, sections: tuple[ListedSection, ...], path: tuple[str, ...]) -> None:
    seen: set[str] = set()
    listed: dict[str, str] = {}
    known = (LEAD, *project.settings.topics, LATEST)
    for number, section in enumerate(sections):
        where = (*path, str(number))
        if section.name not in known:
            raise Misfit(
                (*where, "name"),
                f'there is no section or topic "{section.name}"',
                near=section.name,
                among=known,
            )
        if section.name in seen:
            raise Misfit((*where, "name"), f'"{section.name}" stands twice; one section holds all its stories')
        seen.add(section.name)
        for place, story in enumerate(section.stories):
            here = (*where, "stories", str(place))
            if story.id in listed:
                raise Misfit(
                    (*here, "id"), f'the story "{story.id}" stands in {listed[story.id]} already; it can stand once'
                )
            listed[story.id] = section.name
            _check_words(story, here)


def _check_words(story: Listed, where: tuple[str, ...]) -> None:
    if story.title is not None and (
        not story.title.strip() or len(story.title) > LONGEST_LINE or "\n" in story.title
    ):
        raise Misfit((*where, "title"), "a headline is one line; leave the key away to keep the story's own")
    for line in story.lines or ():
        if not line.strip() or len(line) > LONGEST_LINE or "\n" in line:
            raise Misfit((*where, "lines"), f"each is one line of at most {LONGEST_LINE:,} characters")


def _with_whole_ids(project: Project, file: EditionFile) -> EditionFile:
    with project.store.database.read() as connection:

        def whole(key: str, path: tuple[str, ...]) -> str:
            found = stories.whole_id(connection, key)
            if found is None:
                what = f'no single story has an id that is or begins "{key}"'
                misfit = Misfit(path, what)
                misfit.hint = "digest stories list shows them"
                raise misfit
            return found

        def sections(given: tuple[ListedSection, ...], path: tuple[str, ...]) -> tuple[ListedSection, ...]:
            return tuple(
                ListedSection(
                    s.name,
                    tuple(
                        replace(story, id=whole(story.id, (*path, str(n), "stories", str(place), "id")))
                        for place, story in enumerate(s.stories)
                    ),
                )
                for n, s in enumerate(given)
            )

        def dropped(given: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(whole(key, (*path, str(number))) for number, key in enumerate(given))

        return replace(
            file,
            sections=sections(file.sections, ("sections",)),
            drop=dropped(file.drop, ("drop",)),
            segments={
                name: replace(
                    override,
                    sections=sections(override.sections, ("segments", name, "sections")),
                    drop=dropped(override.drop, ("segments", name, "drop")),
                )
                for name, override in file.segments.items()
            },
        )
