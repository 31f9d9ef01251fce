"""Open the publication's database and hand out transactions: SQLite in WAL with full sync, or PostgreSQL by URL."""

from __future__ import annotations

import contextlib
import fcntl
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.errors import Stale, Stopped, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 20
# PostgreSQL's codes for a key that somebody else wrote first, and for transactions that stand in each other's way.
# SQLite has one writer at a time, so that there a key that is there already is a bug of ours.
_AT_ONCE = frozenset({"23505", "40001", "40P01"})


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `path` is the file of an SQLite store, None for PostgreSQL."""

    engine: Engine
    path: Path | None

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write. In SQLite it takes the write lock at once, so that it cannot fail later.

        Raises:
            Stale: another process kept the database locked.
            Stopped: the disk is full; nothing of this transaction was kept.
            StoreError: any other trouble with the database.
        """
        writing = self.engine.connect().execution_options(digest_writes=True)
        with _spoken(self), writing as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view to read from."""
        with _spoken(self), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def lock(self, name: str, doing: str) -> Iterator[None]:
        """Hold `name` for as long as the block runs. The kernel (or PostgreSQL) lets go when the process dies.

        Raises:
            Stale: somebody else holds it; `doing` says what in words.
        """
        if self.path is None:
            with self._advisory_lock(name, doing):
                yield
            return
        folder = self.path.parent / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{zlib.crc32(name.encode()):08x}.lock"
        with file.open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                owner = handle.read(40).strip()
                raise Stale(
                    f"another process{f' ({owner})' if owner else ''} is {doing}",
                    hint="it goes on there; `digest status` shows how far it is",
                ) from None
            handle.truncate(0)
            handle.write(f"pid {os.getpid()}")
            handle.flush()
            yield

    @contextlib.contextmanager
    def _advisory_lock(self, name: str, doing: str) -> Iterator[None]:
        from sqlalchemy import func, select

        key = zlib.crc32(name.encode())
        with _spoken(self), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(key))):
                raise Stale(f"another process is {doing}", hint="`digest status` shows how far it is")
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(key)))


def open_database(url: str, root: Path, *, create: bool) -> Database:
    """The database at `url`; a relative SQLite path counts from `root`.

    Raises:
        StoreError: it is not there and `create` is false, or it cannot be reached.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
            return Database(engine, None)
    except (ArgumentError, NoSuchModuleError, ImportError) as problem:
        raise StoreError(f"cannot open the store: {problem}", where="[store] url") from problem
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreError("the store is an sqlite:///file or a postgresql:// address", where="[store] url")
    path = root / parsed.database
    if not path.exists() and not create:
        raise StoreError("there is no store yet", where=str(path), hint="digest ingest makes it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreError(f"the folder cannot be made: {problem.strerror}", where=str(path.parent)) from problem
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)
    return Database(engine, path)


def _pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("digest_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _spoken(database: Database) -> Iterator[None]:
    """Database errors in words."""
    from sqlalchemy.exc import DatabaseError, InterfaceError

    where = str(database.path or database.engine.url.render_as_string(hide_password=True))
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        text = str(problem.orig)
        if "locked" in text or "busy" in text:
            raise Stale(
                "another process keeps the store locked", where=where, hint="try again in a moment"
            ) from problem
        if getattr(problem.orig, "sqlstate", "") in _AT_ONCE:
            raise Stale(
                f"another process wrote the same at the same moment: {text.splitlines()[0]}",
                where=where,
                hint="try again in a moment",
            ) from problem
        if "disk is full" in text or "No space left" in text or "disk I/O error" in text:
            raise Stopped(
                "the disk is full; what was done so far is kept",
                where=where,
                hint="free some space, then go on with --resume",
            ) from problem
        if "readonly" in text:
            raise StoreError("the store cannot be written to", where=where) from problem
        raise StoreError(text.splitlines()[0], where=where, hint="`digest doctor` looks closer") from problem
