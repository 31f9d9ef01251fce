"""Take in files of readers, large ones too, and ones from other systems: in batches, each with how far it is, so that
an import that was killed goes on where it was when the same file is given again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digest.errors import UsageError
from digest.models.people import Subscription
from digest.pipeline.project import Project
from digest.readers import Row, RowError, Surveyed, read, survey
from digest.readers.refused import Refusals, place_for
from digest.store import arriving, imports, joining
from digest.store.joining import Joining

BATCH = 4000
_CHUNK = 1 << 20


@dataclass(slots=True)
class Imported:
    """What an import did so far. Every row of the file is counted exactly once in `rows`; `resumed` of them were done
    before. `lines` is about how many there will be, None when that cannot be told. `refused` is the file of the rows
    that were not taken."""

    rows: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    kept_out: int = 0
    suppressed: int = 0
    errors: list[RowError] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    failed: int = 0
    warned: int = 0
    resumed: int = 0
    lines: int | None = None
    refused: Path | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an import would do: the files with what becomes of their columns, the rows, people by what they would be
    (`active`, `left`, `bounced` …), and the reasons for which rows would not be taken."""

    files: tuple[Surveyed, ...]
    rows: int
    become: Mapping[str, int]
    refused: Mapping[str, int]
    warned: int
    errors: tuple[RowError, ...]


def import_csv(
    project: Project,
    path: Path,
    digest: str | None = None,
    *,
    keep: int = 1000,
    afresh: bool = False,
    rejects: Path | None = None,
) -> Iterator[Imported]:
    """Import subscribers from a CSV file, or an archive of another system; yields the result so far after each batch.

    A bad row is an error in the result and in the file of refused rows (`rejects`, else beside the file), and never
    stops the others; the first `keep` errors are kept whole, all are counted. A file whose import was interrupted
    goes on where it was, unless `afresh`: it is known by its content and the digest.

    Raises:
        UsageError: the file as a whole cannot be read, or says nothing about digests where there are several.
        Stale: another process is importing the same file.
    """
    default = _default(project, digest, survey(path))
    mark, lines = _mark(path, default)
    database = project.store.database
    with database.lock(f"import {mark}", f"importing {path.name}"):
        with database.begin() as connection:
            if afresh:
                imports.end(connection, mark)
            before = imports.progress(connection, mark)
            after = before["after"] if before else arriving.newest(connection)
        done = Imported(lines=lines)
        if before:
            for name in ("rows", "new", "known", "repeated", "kept_out", "suppressed", "failed", "warned"):
                setattr(done, name, before[name])
            done.resumed = done.rows
        refusals = Refusals(rejects or place_for(path), before["refusals"] if before else 0)
        try:
            yield from _rows(project, path, default, done, refusals, mark, after, keep)
        finally:
            refusals.close()


def foresee(project: Project, path: Path, digest: str | None = None, *, keep: int = 1000) -> Foreseen:
    """What `import_csv` would do with a file; nothing is stored.

    Raises:
        UsageError: as `import_csv`.
    """
    files = survey(path)
    become: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    errors: list[RowError] = []
    rows = warned = 0
    for row in _read(project, path, _default(project, digest, files)):
        rows += 1
        if isinstance(row, RowError):
            refused[row.what if len(refused) < keep or row.what in refused else "other reasons"] += 1
            if len(errors) < keep:
                errors.append(row)
            continue
        warned += len(row.warnings)
        become[
            row.suppression or (row.subscriptions[0].state.value if row.subscriptions else "without a digest")
        ] += 1
    return Foreseen(files, rows, become, refused, warned, tuple(errors))


def _rows(
    project: Project,
    path: Path,
    default: str | None,
    done: Imported,
    refusals: Refusals,
    mark: str,
    after: int,
    keep: int,
) -> Iterator[Imported]:
    batch: list[Joining] = []
    since = 0
    for row in _read(project, path, default, skip=done.rows):
        done.rows += 1
        since += 1
        if isinstance(row, RowError):
            done.failed += 1
            refusals.add(row)
            if len(done.errors) < keep:
                done.errors.append(row)
        else:
            done.warned += len(row.warnings)
            if row.warnings and len(done.warnings) < keep:
                done.warnings.extend((row.line, warning) for warning in row.warnings)
            batch.append(_joining(row))
        if since >= BATCH:
            _flush(project, batch, done, refusals, mark, after)
            since = 0
            yield done
    _flush(project, batch, done, refusals, mark, after)
    with project.store.database.begin() as connection:
        imports.end(connection, mark)
    yield done


def _flush(project: Project, batch: list[Joining], done: Imported, refusals: Refusals, mark: str, after: int) -> None:
    size = refusals.settle()
    with project.store.database.begin() as connection:
        joined = joining.join(connection, batch, project.store.suppression_key, project.now(), after=after)
        done.new += joined.new
        done.known += joined.known
        done.repeated += joined.repeated
        done.kept_out += joined.kept_out
        done.suppressed += joined.suppressed
        if size and done.refused is None:
            done.refused = refusals.path
            imports.note_rejects(connection, str(refusals.path.absolute()))
        imports.keep(connection, mark, _progress(done, after, size))
    batch.clear()


def _progress(done: Imported, after: int, size: int) -> dict[str, Any]:
    counted = ("rows", "new", "known", "repeated", "kept_out", "suppressed", "failed", "warned")
    return {name: getattr(done, name) for name in counted} | {"after": after, "refusals": size}


def _default(project: Project, digest: str | None, files: tuple[Surveyed, ...]) -> str | None:
    digests = project.settings.digests
    if digest is not None:
        project.digest(digest)
        return digest
    if len(digests) == 1:
        return next(iter(digests))
    if origin := next((file.origin for file in files if file.origin), ""):
        hint = f"say --digest with one of: {', '.join(digests)}"
        raise UsageError(
            f"{origin} does not say which of our digests its readers get", where=files[0].where, hint=hint
        )
    return None


def _read(project: Project, path: Path, default: str | None, skip: int = 0) -> Iterator[Row | RowError]:
    settings = project.settings
    return read(
        path,
        zone=project.zone,
        now=project.now(),
        known_topics=settings.topics,
        known_digests=settings.digests,
        default_digest=default,
        skip=skip,
    )


def _mark(path: Path, default: str | None) -> tuple[str, int | None]:
    """What an import is known by, and about how many rows the file has."""
    hashed = hashlib.sha256((default or "").encode())
    lines = 0
    start = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            start = start or chunk[:2]
            hashed.update(chunk)
            lines += chunk.count(b"\n")
    return hashed.hexdigest()[:32], None if start == b"PK" else max(lines - 1, 1)


def _joining(row: Row) -> Joining:
    return Joining(
        email=row.address,
        key=row.key,
        name=row.name or None,
        language=row.language or None,
        timezone=row.timezone or None,
        tags=row.tags or None,
        attributes=row.attributes,
        joined=row.joined,
        subscriptions=tuple(
            Subscription(0, s.digest, s.state, s.frequency, s.topics, s.paused_until) for s in row.subscriptions
        ),
        consent=row.consent,
        consented=row.consented,
        suppressed=row.suppression,
        text_only=row.text_only,
        ended=row.status_since,
        why=row.status_reason,
    )
