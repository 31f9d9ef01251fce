"""Mail as files: `OUTBOX/EDITION/SEGMENT/DELIVERY.eml`, or as Maildirs, each whole or not there at all.

A message is written under another name, forced to disk, and only then given its own name; so a file is there
exactly when its message was accepted, and an interrupted run can be asked what it did.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.errors import SendError, Stopped
from digest.models.mail import Answer, Delivery, Message, State
from digest.send import maildir
from digest.send.base import Place, Setup
from digest.send.places import fsync_folder, mail_file, make_folders, segment_folder

WINDOW = 64
WRITERS = 8

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderSender:
    """Writes each message into a file. `outbox` is made when the first message needs it. With `maildir` the folder of
    each segment is a mailbox that mail programs open."""

    name = "folder"
    leaves = False

    def __init__(self, outbox: Path, *, maildir: bool = False) -> None:
        self.outbox = outbox
        self.maildir = maildir
        self._writers: ThreadPoolExecutor | None = None
        self._made: set[Path] = set()

    def __enter__(self) -> Self:
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="outbox")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writers:
            self._writers.shutdown()
            self._writers = None

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """Accepted for each message whose file is on disk. Files are forced to disk in windows of 64, so that a
        disk that is asked to is not asked once a message.

        Raises:
            Stopped: the disk is full. What was written whole has had its delivery.
            SendError: the outbox cannot be written to, or an id cannot be the name of a file.
        """
        source = iter(messages)
        while window := list(islice(source, WINDOW)):
            written, problem = self._write(window)
            for message in written:
                yield Delivery(message.id, State.ACCEPTED, reference=str(self._path(message)))
            if problem:
                raise problem

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Accepted where the file is there in either form, absent where it is not."""
        there = {
            place.id for place in places if mail_file(self.outbox, place.edition, place.segment, place.id).is_file()
        }
        for folder in sorted({segment_folder(self.outbox, place.edition, place.segment) for place in places}):
            there.update(delivery for delivery, _ in maildir.held(folder))
        return {place.id: Answer.ACCEPTED if place.id in there else Answer.ABSENT for place in places}

    def _write(self, window: Sequence[Message]) -> tuple[list[Message], Exception | None]:
        try:
            folders = sorted({self._path(message).parent for message in window} - self._made)
            for folder in folders:
                (maildir.make_maildir if self.maildir else make_folders)(folder, self.outbox)
                self._made.add(folder)
        except OSError as problem:
            return [], self._words(problem)
        if self._writers is None:
            outcomes = [self._half(message) for message in window]
        else:
            outcomes = list(self._writers.map(self._half, window))
        failure = next((problem for problem in outcomes if problem), None)
        whole = [message for message, bad in zip(window, outcomes, strict=True) if bad is None]
        written: list[Message] = []
        try:
            for message in whole:
                path = self._path(message)
                self._unfinished(path).replace(path)
                written.append(message)
            for folder in sorted({self._path(message).parent for message in written}):
                fsync_folder(folder)
        except OSError as problem:
            failure = failure or problem
            for message in whole[len(written) :]:
                _discard(self._unfinished(self._path(message)))
        return written, self._words(failure) if failure else None

    def _half(self, message: Message) -> OSError | None:
        half = self._unfinished(self._path(message))
        try:
            write_durably(half, (maildir.as_kept(message.raw),) if self.maildir else message.chunks)
        except OSError as problem:
            _discard(half)
            return problem
        return None

    def _path(self, message: Message) -> Path:
        place = maildir.message_file if self.maildir else mail_file
        return place(self.outbox, message.edition, message.segment, message.id)

    def _unfinished(self, path: Path) -> Path:
        return maildir.unfinished(path) if self.maildir else half_name(path)

    def _words(self, problem: OSError) -> Exception:
        if problem.errno in _FULL:
            hint = "make room, then run the same command with --resume; no half mail was left behind"
            return Stopped("the disk of the outbox is full", where=str(self.outbox), hint=hint)
        return SendError(f"the outbox cannot be written to: {problem.strerror}", where=str(self.outbox))


def half_name(path: Path) -> Path:
    """The name of a message that is not yet wholly on disk."""
    return path.with_name(f".{path.name}.half")


def _discard(half: Path) -> None:
    with suppress(OSError):
        half.unlink(missing_ok=True)


def write_durably(path: Path, chunks: Sequence[bytes]) -> None:
    """A new file with these octets, on disk when this returns.

    Raises:
        OSError: what the system says; the file may then be half there.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o640), "wb", buffering=0) as file:
        rest = memoryview(b"".join(chunks))
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def open(setup: Setup) -> FolderSender:  # noqa: A001 - the name by which every sender is found
    """The outbox of `[delivery] outbox`, relative to the root."""
    return FolderSender(setup.root / setup.delivery.outbox, maildir=setup.delivery.format == "maildir")
