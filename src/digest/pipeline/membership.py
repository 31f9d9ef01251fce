"""People into the store and out of it: import, suppression, listing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from digest.errors import UsageError
from digest.models.people import Subscription
from digest.pipeline.project import Project
from digest.readers import BadAddress, Row, RowError, normalise, read
from digest.store import joining, suppression
from digest.store.joining import Joining

BATCH = 2000


@dataclass(slots=True)
class Imported:
    """What an import did so far. Every row of the file is counted exactly once in `rows`."""

    rows: int = 0
    new: int = 0
    known: int = 0
    kept_out: int = 0
    suppressed: int = 0
    errors: list[RowError] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    failed: int = 0
    warned: int = 0


def import_csv(project: Project, path: Path, digest: str | None = None, *, keep: int = 1000) -> Iterator[Imported]:
    """Import subscribers from a CSV file, in batches; yields the running result after each.

    A bad row is an error in the result and never stops the others; the first `keep` errors are kept whole, all
    are counted.

    Raises:
        UsageError: the file as a whole cannot be read.
    """
    settings = project.settings
    default = digest or (next(iter(settings.digests)) if len(settings.digests) == 1 else None)
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path))
    now = project.now()
    done = Imported()
    batch: list[Joining] = []
    rows = read(
        path,
        zone=project.zone,
        now=now,
        known_topics=settings.topics,
        known_digests=settings.digests,
        default_digest=default,
    )
    for row in rows:
        done.rows += 1
        if isinstance(row, RowError):
            done.failed += 1
            if len(done.errors) < keep:
                done.errors.append(row)
            continue
        done.warned += len(row.warnings)
        done.warnings.extend((row.line, warning) for warning in row.warnings[: max(keep - len(done.warnings), 0)])
        batch.append(_joining(row))
        if len(batch) >= BATCH:
            _flush(project, batch, done)
            yield done
    _flush(project, batch, done)
    yield done


def suppress(project: Project, email: str, reason: str, scope: str = suppression.EVERYWHERE) -> bool:
    """Never write to an address again; whether that is new.

    Raises:
        UsageError: that is no address.
    """
    try:
        key = normalise(email).key
    except BadAddress as problem:
        raise UsageError(f'"{email}" is no address: {problem}') from problem
    if scope != suppression.EVERYWHERE:
        project.digest(scope)
    with project.store.database.begin() as connection:
        return suppression.suppress(
            connection, key, project.store.suppression_key, reason, project.now(), scope=scope
        )


def _flush(project: Project, batch: list[Joining], done: Imported) -> None:
    if not batch:
        return
    with project.store.database.begin() as connection:
        joined = joining.join(connection, batch, project.store.suppression_key, project.now())
    done.new += joined.new
    done.known += joined.known
    done.kept_out += joined.kept_out
    done.suppressed += joined.suppressed
    batch.clear()


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
        suppressed=row.suppression,
    )
