"""What a built edition was built from, in a few file times: while these are the same, so is the edition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from digest.audiences.load import FOLDER as AUDIENCES
from digest.content import template_roots
from digest.pipeline.edition_file import file_name
from digest.pipeline.project import Project
from digest.settings.load import LOCAL, MAIN

EDITIONS = "editions"
Marks = tuple[tuple[str, int, int], ...]


def setup_marks(root: Path) -> Marks:
    """Of the settings and the audiences."""
    return tuple(_marks([root / MAIN, root / LOCAL, *sorted((root / AUDIENCES).glob("*.toml"))]))


def people_marks(project: Project) -> Marks:
    """Of all that decides who is reached: settings, audiences and the store."""
    return (*setup_marks(project.root), *_store(project))


def draft_marks(project: Project) -> Marks:
    """Of all that decides what stands in an edition: settings, audiences, edition files and the store."""
    return (*people_marks(project), *_editions(project.root))


def edition_marks(project: Project) -> Marks:
    """Of all that an edition is made from: what decides what stands in it, templates and weather."""
    return (*draft_marks(project), *_looks(project))


def stamp(project: Project, edition: str | None = None) -> str:
    """A short word that changes when somebody saves a file that an edition is made from; with `edition` (its id), one
    that this edition is made from. What the store holds has no part in it: a running send would change it without
    end."""
    root = project.root
    files = _editions(root) if edition is None else _marks([root / file_name(edition)])
    marks = (*setup_marks(root), *files, *_looks(project))
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:16]


def _editions(root: Path) -> Iterator[tuple[str, int, int]]:
    return _marks(sorted((root / EDITIONS).glob("*.toml")))


def _looks(project: Project) -> Iterator[tuple[str, int, int]]:
    weather = project.settings.publication.weather
    files = [path for root in template_roots(project.root) for path in sorted(root.rglob("*.j2"))]
    return _marks([*files, *([project.root / weather.file] if weather and weather.file else [])])


def _store(project: Project) -> Iterator[tuple[str, int, int]]:
    """A commit grows or touches the write-ahead log of SQLite; in PostgreSQL it moves the position of the log."""
    path = project.store.database.path
    if path is not None:
        yield from _marks([path, path.with_name(path.name + "-wal")])
        return
    from sqlalchemy import String, cast, func, select

    with project.store.database.read() as connection:
        position = connection.scalar(select(cast(func.pg_current_wal_lsn(), String)))
    yield str(position), 0, 0


def _marks(files: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in files:
        try:
            found = path.stat()
        except OSError:
            yield str(path), 0, -1
        else:
            yield str(path), found.st_mtime_ns, found.st_size
