"""The files that an import reads: one file, or those files of an archive that hold readers. An archive is never
unpacked: its files are read one after another, and no more of them than their bounds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any, Final

from digest.errors import UsageError
from digest.readers.lines import Record, Records, open_text, text_of
from digest.readers.origins import recognise

MAX_MEMBERS: Final = 2000
MAX_OCTETS: Final = 4 << 30
MAX_RATIO: Final = 200
_RATIO_FROM: Final = 1 << 20
# Who must not be mailed comes first, so that nobody is active for a moment who has left.
_ORDER: Final = ("cleaned", "unsubscribed", "nonsubscribed")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of readers; `member` is its name within an archive, empty when it stands alone."""

    path: Path
    member: str = ""

    @property
    def where(self) -> str:
        """How it is called in what people read."""
        return f"{self.path}:{self.member}" if self.member else str(self.path)

    @contextmanager
    def open(self) -> Iterator[IO[str]]:
        """Its text.

        Raises:
            UsageError: it cannot be read.
        """
        try:
            if not self.member:
                with open_text(self.path) as stream:
                    yield stream
                return
            with zipfile.ZipFile(self.path) as archive:
                info = archive.getinfo(self.member)
                with archive.open(info) as raw, text_of(BufferedReader(_Bounded(raw, info, self.where))) as stream:
                    yield stream
        except OSError as problem:
            raise UsageError(f"cannot be read: {problem.strerror or problem}", where=self.where) from problem
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as problem:
            what = "needs a password" if "password" in str(problem) else f"is damaged: {problem}"
            raise UsageError(f"the archive {what}", where=self.where) from problem


def parts(path: Path) -> tuple[Part, ...]:
    """The files of readers in `path`, in the order in which to read them.

    Raises:
        UsageError: there is no such file, or an archive holds nothing that is known to be a list of readers.
    """
    if not path.is_file():
        raise UsageError("cannot be read: there is no such file", where=str(path))
    try:
        zipped = zipfile.is_zipfile(path)
        if not zipped:
            return (Part(path),)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except OSError as problem:
        raise UsageError(f"cannot be read: {problem.strerror}", where=str(path)) from problem
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as problem:
        raise UsageError(f"the archive is damaged: {problem}", where=str(path)) from problem
    if len(members) > MAX_MEMBERS:
        raise UsageError(f"the archive holds {len(members)} files, {MAX_MEMBERS} is the most", where=str(path))
    tables = [Part(path, info.filename) for info in members if info.filename.lower().endswith((".csv", ".txt"))]
    found = [part for part in tables if _is_known(part)]
    if not found:
        hint = (
            "it should hold the lists that Mailchimp or Substack export; another list: unpack it, then name the file"
        )
        raise UsageError("the archive holds no list of readers that is known", where=str(path), hint=hint)
    return tuple(sorted(found, key=_order))


def _is_known(part: Part) -> bool:
    with part.open() as stream:
        heading = Records(stream).heading()
    return isinstance(heading, Record) and recognise(heading.cells) is not None


def _order(part: Part) -> tuple[int, str]:
    name = part.member.rpartition("/")[2].lower()
    place = next((place for place, start in enumerate(_ORDER) if name.startswith(start)), len(_ORDER))
    return place, part.member


class _Bounded(RawIOBase):
    """A file of an archive that ends in an error when it turns out larger than can be honest."""

    def __init__(self, raw: Any, info: zipfile.ZipInfo, where: str) -> None:
        super().__init__()
        self._raw = raw
        self._most = min(MAX_OCTETS, max(_RATIO_FROM, info.compress_size * MAX_RATIO))
        self._where = where
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            found = self._raw.read(len(buffer))
        except OSError as problem:
            raise UsageError(f"the archive is damaged: {problem}", where=self._where) from problem
        self._read += len(found)
        if self._read > self._most:
            raise UsageError(
                "the file in the archive is far larger than its packed size allows",
                where=self._where,
                hint="if you trust it, unpack it and name the file itself",
            )
        buffer[: len(found)] = found
        return len(found)
