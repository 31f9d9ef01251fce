"""The file of rows that an import did not take: which line, why, what to do, and whose. It can be cut back to where
an interrupted import had come, and rows of one person can be taken out of it."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import IO, Final

from digest.errors import DigestError, Stopped, UsageError
from digest.readers.cells import guard, unguard
from digest.readers.row import RowError

COLUMNS: Final = ("line", "reason", "hint", "email", "file")
_SUFFIX: Final = ".rejected.csv"


def place_for(path: Path) -> Path:
    """Where the refused rows of a file stand: beside it."""
    return path.with_name(path.stem + _SUFFIX)


class Refusals:
    """Writes refused rows; the file is made with the first of them. `size` is how long it is, in octets."""

    def __init__(self, path: Path, size: int = 0) -> None:
        """`size` is how much of an earlier file is kept: what an import had written when it was interrupted.

        Raises:
            UsageError: another file stands in its place, or it cannot be written.
        """
        self.path = path
        self._file: IO[bytes] | None = None
        if path.is_symlink() or (path.exists() and not _is_ours(path)):
            raise UsageError("refused rows are to be written here, but another file is there", where=str(path))
        self.size = 0
        if size and path.exists():
            self.size = min(size, path.stat().st_size)

    def add(self, error: RowError) -> None:
        """Write one row.

        Raises:
            UsageError: the file cannot be written.
        """
        cells = (str(error.line), error.what, error.hint or "", error.email, error.file)
        self._write([guard(cell) for cell in cells])

    def settle(self) -> int:
        """Force to disk what was written; the size of the file."""
        if self._file:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as problem:
                raise self._words(problem) from problem
        return self.size

    def close(self) -> None:
        """Nothing more comes."""
        if self._file:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _write(self, cells: list[str]) -> None:
        if self._file is None:
            self._open()
        line = StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow(cells)
        octets = line.getvalue().encode("utf-8", "replace")
        assert self._file is not None
        try:
            self._file.write(octets)
        except OSError as problem:
            raise self._words(problem) from problem
        self.size += len(octets)

    def _words(self, problem: OSError) -> DigestError:
        if _full(problem):
            hint = "make room, then give the same command again: it goes on where it was"
            return Stopped("the disk is full, refused rows cannot be written", where=str(self.path), hint=hint)
        what = f"refused rows cannot be written: {problem.strerror}"
        return UsageError(what, where=str(self.path), hint="--rejects FILE names another place")

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._file = os.fdopen(os.open(self.path, flags, 0o600), "wb")
            self._file.truncate(self.size)
            self._file.seek(self.size)
        except OSError as problem:
            raise self._words(problem) from problem
        if not self.size:
            self._write(list(COLUMNS))


def _full(problem: OSError) -> bool:
    return problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def take_out(path: Path, theirs: Callable[[str], bool]) -> int:
    """Take the rows out of a file of refused rows whose address is somebody's; how many there were.

    Raises:
        OSError: it cannot be read or written.
    """
    if not path.is_file() or not _is_ours(path):
        return 0
    half = path.with_name(f".{path.name}.half")
    gone = 0
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with (
            path.open(encoding="utf-8", errors="replace", newline="") as old,
            os.fdopen(descriptor, "w", encoding="utf-8", newline="") as new,
        ):
            writer = csv.writer(new, lineterminator="\r\n")
            for cells in csv.reader(old):
                if len(cells) == len(COLUMNS) and theirs(unguard(cells[3])):
                    gone += 1
                else:
                    writer.writerow(cells)
            new.flush()
            os.fsync(new.fileno())
        if gone:
            half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return gone


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.readline(200)
    return not start or start.rstrip(b"\r\n") == ",".join(COLUMNS).encode()
